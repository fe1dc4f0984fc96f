import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../src/base/random.ts";
import { createConfidenceSequence, isClear } from "../../src/metrics/confidenceSequence.ts";
import { streams } from "./streams.ts";

const BATCHES = 400;
const ROWS = 1024;
const STREAMS = 2000;

/** Whether a stream's interval excludes 0 after any batch, and whether it does after the last. */
function watch(
  next: (batch: number) => number,
  { alpha = 0.05, batches = BATCHES } = {},
): { ever: boolean; last: boolean } {
  const sequence = createConfidenceSequence({ alpha, batches });
  let [ever, last] = [false, false];
  for (let batch = 0; batch < batches; batch++) {
    sequence.add(next(batch), ROWS);
    const { current } = sequence;
    last = current !== null && isClear(current);
    ever ||= last;
  }
  return { ever, last };
}

function share(count: number, of: (index: number) => boolean): number {
  let yes = 0;
  for (let i = 0; i < count; i++) if (of(i)) yes++;
  return yes / count;
}

describe("a confidence sequence that is looked at after every batch", () => {
  for (const [name, make] of Object.entries(streams))
    it.each([BATCHES, 100])(
      `claims a difference in at most 6.5 % of 2,000 streams ${name}, of %i batches`,
      (batches) => {
        const claimed = share(STREAMS, (i) => watch(make(createRandom(41, i), batches), { batches }).ever);
        expect(claimed).toBeLessThanOrEqual(0.065);
      },
    );

  it("finds a true difference of half a standard deviation of a batch within 100 batches in at least 80 %", () => {
    const found = share(500, (i) => {
      const random = createRandom(42, i);
      return watch(() => 0.5 + random.normal(), { batches: 100 }).last;
    });
    expect(found).toBeGreaterThanOrEqual(0.8);
  });

  it("claims nothing before 60 batches are counted, however clear", () => {
    const random = createRandom(50);
    const sequence = createConfidenceSequence({ alpha: 0.05, batches: 100 });
    const clearAfter: number[] = [];
    for (let batch = 1; batch <= 100; batch++) {
      sequence.add(5 + random.normal(), ROWS);
      if (sequence.current && isClear(sequence.current)) clearAfter.push(batch);
    }
    expect(clearAfter[0]).toBe(70);
  });

  it("is needed: the interval for a sample fixed beforehand claims one in over 30 % when looked at so", () => {
    const claimed = share(500, (i) => {
      const random = createRandom(41, i);
      let [sum, squares, ever] = [0, 0, false];
      for (let batch = 1; batch <= BATCHES; batch++) {
        const difference = random.normal();
        sum += difference;
        squares += difference * difference;
        if (batch > 20 && Math.abs(sum) > 1.96 * Math.sqrt(squares)) ever = true;
      }
      return ever;
    });
    expect(claimed).toBeGreaterThan(0.3);
  });

  it("finds a true difference of 0.22 standard deviations of a batch within 400 batches in at least 80 %", () => {
    const found = share(500, (i) => {
      const random = createRandom(42, i);
      return watch(() => 0.22 + random.normal()).last;
    });
    expect(found).toBeGreaterThanOrEqual(0.8);
  });

  it("finds a difference of 0.3 standard deviations in heavy-tailed streams in at least 80 %", () => {
    const found = share(500, (i) => {
      const next = streams["of heavy tails"]!(createRandom(43, i), BATCHES);
      return watch((batch) => 0.3 * Math.sqrt(3) + next(batch)).last;
    });
    expect(found).toBeGreaterThanOrEqual(0.8);
  });

  it("with α / 15 claims any of 15 pairs' differences in at most 6.5 % of 300 arenas", () => {
    const claimed = share(300, (i) => {
      const random = createRandom(44, i);
      const members = Array.from({ length: 6 }, () => streams["of heavy tails"]!(random, BATCHES));
      const losses = members.map((next) => Array.from({ length: BATCHES }, (_, batch) => next(batch)));
      return losses.some((a, first) =>
        losses
          .slice(first + 1)
          .some((b) => watch((batch) => b[batch]! - a[batch]!, { alpha: 0.05 / 15 }).ever),
      );
    });
    expect(claimed).toBeLessThanOrEqual(0.065);
  });

  it("covers the running mean of conditional means that drift", () => {
    const missed = share(500, (i) => {
      const random = createRandom(45, i);
      const sequence = createConfidenceSequence({ alpha: 0.05, batches: BATCHES });
      let [truth, counted, missed] = [0, 0, false];
      for (let batch = 0; batch < BATCHES; batch++) {
        const mean = 2 - (4 * batch) / BATCHES;
        const before = sequence.current?.rows ?? 0;
        sequence.add(mean + random.normal(), ROWS);
        const { current } = sequence;
        if (!current || current.rows === before) continue;
        truth += mean;
        counted++;
        if (Math.abs(current.mean - truth / counted) > current.radius) missed = true;
      }
      return missed;
    });
    expect(missed).toBeLessThanOrEqual(0.065);
  });
});

describe("what the interval is made of", () => {
  /** A sequence after `values`, all of 100 rows but the last, which has 40. */
  function fed(values: number[], alpha = 0.05) {
    const sequence = createConfidenceSequence({ alpha, batches: values.length });
    for (const [i, value] of values.entries()) sequence.add(value, i === values.length - 1 ? 40 : 100);
    return sequence;
  }
  const noise = (random: Random, count: number, mean: number) =>
    Array.from({ length: count }, () => mean + 0.01 * random.normal());

  it("is the mixture's radius with the first tenth of 100 batches left out, computed anew", () => {
    const values = noise(createRandom(46), 100, 0.002);
    const rows = values.map((_, i) => (i === 99 ? 40 : 100));
    let [sum, weight] = [0, 0];
    const deviations = values.map((value, i) => {
      const deviation = rows[i]! * (value - (weight > 0 ? sum / weight : 0));
      sum += rows[i]! * value;
      weight += rows[i]!;
      return deviation;
    });
    const scale =
      deviations
        .slice(5, 10)
        .map((d) => d * d)
        .sort((a, b) => a - b)[2]! / 0.4549;
    const rho = 0.1 * scale * 90;
    const v = deviations.slice(10).reduce((total, d) => total + d * d, 0);
    const largest = Math.max(...deviations.slice(5).map(Math.abs));
    const counted = rows.slice(10).reduce((total, r) => total + r, 0);
    const mean = values.slice(10).reduce((total, value, i) => total + value * rows[i + 10]!, 0) / counted;
    const radius =
      (Math.sqrt((v + rho) * Math.log((v + rho) / (0.0025 * rho))) + (Math.log(40) / 3) * largest) / counted;
    const { current } = fed(values);
    expect(counted).toBe(8940);
    expect(current!.rows).toBe(8940);
    expect(current!.mean).toBeCloseTo(mean, 14);
    expect(current!.radius).toBeCloseTo(radius, 12);
  });

  it("scales with the differences, whatever their unit", () => {
    const values = noise(createRandom(47), 200, 0);
    const [small, large] = [fed(values.map((v) => v / 1024)).current!, fed(values).current!];
    expect(small.radius).toBeCloseTo(large.radius / 1024, 12);
  });

  it("is not there while the scale is being set, nor for members that never differ", () => {
    expect(fed(noise(createRandom(48), 9, 0)).current).toBeNull();
    const same = fed(Array.from({ length: 300 }, () => 0));
    expect(same.current).toBeNull();
    expect(same.rowsToTell()).toBeNull();
  });

  it("forecasts roughly the rows that the interval takes to exclude 0", () => {
    const ratios = Array.from({ length: 101 }, (_, stream) => {
      const random = createRandom(49, stream);
      const sequence = createConfidenceSequence({ alpha: 0.05, batches: 4000 });
      let forecast: number | null = 0;
      for (let batch = 0; ; batch++) {
        sequence.add(0.07 + random.normal(), 100);
        if (batch === 600) forecast = sequence.rowsToTell();
        if (batch >= 600 && sequence.rowsToTell() === 0)
          return forecast === 0 ? 1 : (forecast ?? Number.POSITIVE_INFINITY) / (100 * (batch - 600));
      }
    }).sort((a, b) => a - b);
    expect(ratios[50]).toBeGreaterThan(0.6);
    expect(ratios[50]).toBeLessThan(1.6);
  });
});
