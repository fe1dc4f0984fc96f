import { describe, expect, it } from "vitest";
import { calibration } from "../../src/metrics/calibration.ts";
import { inspect } from "../../src/metrics/inspection.ts";
import { noisy, trueRows } from "./rows.ts";

const { labels, logits } = trueRows(50_000, 1);
const first = noisy(logits, 0.3, 2);
const second = noisy(logits, 0.3, 3);
const fused = first.map((z, r) => (z + second[r]!) / 2);

describe("the inspection of a model's heads", () => {
  it("takes the same evenly spread rows each time, at most 20,000", () => {
    const { rows, calibrations } = inspect(
      { labels, logits: [first, second, fused], fusionWeights: null },
      "mean",
    );
    expect(rows).toBe(16_667);
    const third = (values: Float32Array) => values.filter((_, r) => r % 3 === 0);
    expect(calibrations).toEqual(
      [first, second, fused].map((head) => calibration(third(head), third(labels))),
    );
  });

  it("sets the branches against each other, and says when they have collapsed", () => {
    const apart = inspect({ labels, logits: [first, second, fused], fusionWeights: null }, "mean").branches!;
    expect(apart.collapse).toBeNull();
    expect(apart.density.rows.reduce((sum, n) => sum + n, 0)).toBe(16_667);
    expect(apart.measuredGain! / apart.expectedGain!).toBeCloseTo(1, 1);
    const twins = inspect({ labels, logits: [first, first, first], fusionWeights: null }, "mean").branches!;
    expect(twins.collapse).toMatch(/^Branches 1 and 2 \(correlation 1\.000\) have collapsed/);
  });

  it("weighs three branches by the weights that a gate had", () => {
    const third = noisy(logits, 0.3, 4);
    const fusionWeights = [0.5, 0.3, 0.2].map((weight) => first.map(() => weight));
    const gated = first.map((z, r) => 0.5 * z + 0.3 * second[r]! + 0.2 * third[r]!);
    const scores = { labels, logits: [first, second, third, gated] };
    expect(inspect({ ...scores, fusionWeights: null }, "gate").branches!.expectedGain).toBeNull();
    const { measuredGain, expectedGain } = inspect({ ...scores, fusionWeights }, "gate").branches!;
    expect(measuredGain).toBeGreaterThan(0);
    expect(measuredGain! / expectedGain!).toBeCloseTo(1, 1);
  });

  it("has nothing to compare in a model of one branch", () => {
    const { branches, calibrations } = inspect(
      { labels, logits: [first, first], fusionWeights: null },
      "mean",
    );
    expect(branches).toBeNull();
    expect(calibrations).toHaveLength(2);
  });
});
