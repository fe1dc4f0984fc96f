// Several tests at once, and configurations over seeds.

import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../src/base/random.ts";
import { createConfidenceSequence } from "../../src/metrics/confidenceSequence.ts";
import { holm } from "../../src/metrics/holm.ts";
import { pairedT } from "../../src/metrics/pairedT.ts";
import { configurationVerdict } from "../../src/metrics/verdict.ts";
import { streams } from "./streams.ts";

describe("Holm's adjustment", () => {
  it("multiplies the smallest p by the number of tests, the next by one less, and never falls", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
  });

  it("does not count tests that were not made", () => {
    expect(holm([null, 0.02, null, 0.03])).toEqual([null, 0.04, null, 0.04]);
    expect(holm([])).toEqual([]);
  });
});

describe("a paired t interval", () => {
  it("is SciPy's ttest_1samp and t.interval", () => {
    const { mean, radius, p } = pairedT([0.001, 0.0014, 0.0007, 0.0021, 0.0003], 0.05);
    expect(mean).toBeCloseTo(0.0011, 15);
    expect(radius).toBeCloseTo(0.0019557578542477973 - 0.0011, 14);
    expect(p).toBeCloseTo(0.023399368027593577, 13);
  });

  it("has no p where all differences are equal, and needs two", () => {
    expect(pairedT([0.5, 0.5, 0.5], 0.05)).toEqual({ mean: 0.5, radius: 0, p: null });
    expect(() => pairedT([1], 0.05)).toThrow("over 1 seeds");
  });
});

describe("the verdict about configurations", () => {
  const BATCHES = 60;

  /** The running mean that a seed ends with; `shift` is the true difference of the two configurations. */
  function seedMean(random: Random, shift: number): number {
    const next = streams["of heavy tails"]!(random, BATCHES);
    const sequence = createConfidenceSequence({ alpha: 0.05, batches: BATCHES });
    // What the seed itself does to the difference: initial values, order of rows.
    const luck = 0.3 * random.normal();
    for (let batch = 0; batch < BATCHES; batch++) sequence.add(shift + luck + next(batch), 1024);
    return sequence.current!.mean;
  }

  function claims(seeds: number, shift: number, experiments: number): number {
    let claimed = 0;
    for (let i = 0; i < experiments; i++) {
      const differences = Array.from({ length: seeds }, (_, seed) =>
        seedMean(createRandom(51, i, seed), shift),
      );
      const { better } = configurationVerdict({
        first: "A",
        second: "B",
        identical: false,
        seeds,
        declaredSeeds: seeds,
        rows: 50_000,
        auc: null,
        logLoss: pairedT(differences, 0.05),
      });
      if (better) claimed++;
    }
    return claimed / experiments;
  }

  it("claims a difference of A and A in at most 6.5 % of 2,000 arenas, with 3 seeds and with 5", () => {
    expect(claims(3, 0, 2000)).toBeLessThanOrEqual(0.065);
    expect(claims(5, 0, 2000)).toBeLessThanOrEqual(0.065);
  });

  it("finds with 5 seeds in at least 80 % a difference of 2 standard deviations between seeds, with 3 hardly ever", () => {
    // A seed's mean varies by its luck and by the mean of its 50 batches counted.
    const deviation = Math.sqrt(0.3 ** 2 + 3 / 50);
    expect(claims(5, 2 * deviation, 500)).toBeGreaterThan(0.8);
    expect(claims(3, 2 * deviation, 500)).toBeLessThan(0.6);
  });
});
