import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { describeNumbers } from "../../src/preprocess/describeNumbers.ts";
import { countNumbers, emptyNumberCounts, mergeNumberCounts } from "../../src/preprocess/numberCounts.ts";
import { MISSING } from "../../src/shards/rows.ts";

const rules = { rule: "at-least", threshold: 2 } as const;

function counted(values: number[], fractions: boolean) {
  const counts = emptyNumberCounts(fractions);
  countNumbers(counts, fractions ? Float32Array.from(values) : Int32Array.from(values), values.length);
  return counts;
}

function described(values: number[], fractions: boolean) {
  return describeNumbers("I1", counted(values, fractions), rules, 1);
}

const integers = fc.array(
  fc.oneof(
    fc.integer({ min: -2147483647, max: 2147483647 }),
    fc.integer({ min: -9, max: 9000 }),
    fc.constant(MISSING),
  ),
  { maxLength: 300 },
);
const fractions = fc.array(fc.float({ noDefaultInfinity: true }), { maxLength: 300 });

describe("numbers", () => {
  it.each([
    ["integers", false, integers],
    ["fractions", true, fractions],
  ] as const)(
    "of a column are described alike however they are dealt to threads: %s",
    (_, areFractions, drawn) => {
      fc.assert(
        fc.property(drawn as fc.Arbitrary<number[]>, fc.integer({ min: 1, max: 5 }), (values, parts) => {
          const all = emptyNumberCounts(areFractions);
          for (let p = 0; p < parts; p++)
            mergeNumberCounts(
              all,
              counted(
                values.filter((_, i) => i % parts === p),
                areFractions,
              ),
            );
          expect(describeNumbers("I1", all, rules, 1)).toEqual(described(values, areFractions));
        }),
      );
    },
  );

  it.each([
    ["integers", false, integers],
    ["fractions", true, fractions],
  ] as const)("have their exact mean, deviation and bounds: %s", (_, areFractions, drawn) => {
    fc.assert(
      fc.property(drawn as fc.Arbitrary<number[]>, (values) => {
        const there = values.filter((value) => !Number.isNaN(value) && value !== MISSING);
        const { statistics, minimum, maximum, missing } = described(values, areFractions);
        expect(missing).toBe(values.length - there.length);
        if (there.length === 0) {
          expect([statistics, minimum, maximum]).toEqual([null, null, null]);
          return;
        }
        expect([minimum, maximum]).toEqual([Math.min(...there) + 0, Math.max(...there) + 0]);
        const largest = Math.max(...there.map(Math.abs), Number.MIN_VALUE);
        const mean = there.reduce((sum, value) => sum + value / largest / there.length, 0) * largest;
        const deviation =
          Math.sqrt(there.reduce((sum, value) => sum + ((value - mean) / largest) ** 2 / there.length, 0)) *
          largest;
        expect(Math.abs(statistics!.mean - mean) / largest).toBeLessThan(1e-12);
        expect(Math.abs(statistics!.deviation - deviation) / largest).toBeLessThan(1e-9);
        expect(statistics).toMatchObject({
          values: new Set(there.map((value) => value + 0)).size,
          estimated: false,
          negative: there.filter((value) => value < 0).length,
        });
      }),
    );
  });
});

describe("a column of very many numbers", () => {
  const random = createRandom(7);
  const rows = 300_000;
  const wide = Array.from({ length: rows }, () => Math.round(1000 * Math.exp(3 * random.normal())));
  const negative = wide.map((value) => -value - 1);
  const fine = Array.from({ length: rows }, () => 1000 + random.normal());

  it.each([
    ["a long tail", wide, false],
    ["a long tail below 0", negative, false],
    ["fractions", fine, true],
  ] as const)("takes little of the manifest, and is right within 5 %: %s", (_, values, areFractions) => {
    const kept = areFractions ? values.map(Math.fround) : values;
    const column = described([...kept], areFractions);
    expect(JSON.stringify(column).length).toBeLessThan(100_000);
    const { statistics } = column;
    const distinct = new Set(kept).size;
    expect(distinct).toBeGreaterThan(20_000);
    expect(statistics!.estimated).toBe(true);
    expect(statistics!.values / distinct).toBeCloseTo(1, 1);
    const sorted = kept.toSorted((a, b) => a - b);
    for (const [i, share] of [0.001, 0.25, 0.5, 0.75, 0.999].entries()) {
      const exact = sorted[Math.ceil(share * rows) - 1]!;
      expect(Math.abs(statistics!.percentiles[i]! - exact)).toBeLessThanOrEqual(0.01 * Math.abs(exact) + 1);
    }
    expect(statistics!.quantiles).toHaveLength(63);
  });

  it("is the same on one thread and on three", () => {
    const parts = [0, 1, 2].map((p) =>
      counted(
        wide.filter((_, i) => i % 3 === p),
        false,
      ),
    );
    const merged = emptyNumberCounts(false);
    for (const part of parts.reverse()) mergeNumberCounts(merged, part);
    expect(describeNumbers("I1", merged, rules, 1)).toEqual(described(wide, false));
  });
});
