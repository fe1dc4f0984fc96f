import { describe, expect, it } from "vitest";
import { collapseSentence, disagreement } from "../../src/metrics/disagreement.ts";
import { logitDensity } from "../../src/metrics/logitDensity.ts";
import { logLoss } from "../../src/metrics/logLoss.ts";
import { noisy, trueRows } from "./rows.ts";

const { labels, logits } = trueRows(20_000, 1);
const [first, second, third] = [2, 3, 4].map((seed) => noisy(logits, 0.3, seed)) as [
  Float32Array,
  Float32Array,
  Float32Array,
];
const fuse = (weight: (row: number) => number, a: Float32Array, b: Float32Array) =>
  a.map((z, r) => weight(r) * z + (1 - weight(r)) * b[r]!);
const half = fuse(() => 0.5, first, second);

describe("the disagreement of branches", () => {
  it("explains the fusion gain that is measured", () => {
    const found = disagreement([first, second], half, labels, "mean");
    const measured = (logLoss(first, labels) + logLoss(second, labels)) / 2 - logLoss(half, labels);
    expect(found.measuredGain).toBeCloseTo(measured, 12);
    expect(found.expectedGain! / measured).toBeGreaterThan(0.97);
    expect(found.expectedGain! / measured).toBeLessThan(1.03);
  });

  it("is ½·p(1−p)·Σ w·(z − z̄)² of each row", () => {
    const one = (z: number) => Float32Array.from([z]);
    const found = disagreement([one(1), one(-0.5), one(0.25)], one(0.25), one(1), "mean");
    const p = 1 / (1 + Math.exp(-0.25));
    expect(found.expectedGain).toBeCloseTo((0.5 * p * (1 - p) * (0.75 ** 2 + 0.75 ** 2)) / 3, 12);
  });

  it("takes a gate's weights of two branches from the logits, and does not guess those of three", () => {
    const weight = (row: number) => 0.1 + 0.8 * ((row % 10) / 10);
    const gated = fuse(weight, first, second);
    const found = disagreement([first, second], gated, labels, "gate");
    let measured = 0;
    for (const [r, y] of labels.entries()) {
      const loss = (z: number) => logLoss(Float32Array.from([z]), Float32Array.from([y]));
      measured += weight(r) * loss(first[r]!) + (1 - weight(r)) * loss(second[r]!) - loss(gated[r]!);
    }
    expect(found.measuredGain).toBeCloseTo(measured / labels.length, 6);
    expect(disagreement([first, second, third], gated, labels, "gate")).toMatchObject({
      expectedGain: null,
      measuredGain: null,
    });
  });

  it("sets the fusion against the best branch, which it need not beat", () => {
    const poor = noisy(logits, 2.5, 5);
    const fused = fuse(() => 0.5, first, poor);
    const found = disagreement([first, poor], fused, labels, "mean");
    expect(found.measuredGain).toBeGreaterThan(0);
    expect(found.gainOverBest).toBeCloseTo(logLoss(first, labels) - logLoss(fused, labels), 12);
    expect(found.gainOverBest).toBeLessThan(0);
  });

  it("says in words that branches have collapsed, and which", () => {
    const twin = noisy(first, 0.01, 6);
    const found = disagreement([first, second, twin], half, labels, "mean");
    expect(found.correlations.map((pair) => [pair.first, pair.second])).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(collapseSentence(found)).toBe(
      "Branches 1 and 3 (correlation 1.000) have collapsed: their logits move together, so fusing them gains almost nothing.",
    );
    expect(collapseSentence(disagreement([first, second], half, labels, "mean"))).toBeNull();
  });

  it("has no correlation with a constant, and none at all for one branch", () => {
    const constant = new Float32Array(labels.length).fill(-1);
    expect(disagreement([first, constant], half, labels, "mean").correlations[0]!.correlation).toBeNull();
    expect(disagreement([first], first, labels, "gate")).toMatchObject({
      expectedGain: 0,
      measuredGain: 0,
      correlations: [],
    });
  });
});

describe("the density of two branches' logits", () => {
  it("counts every row and click once, in the cell of its two logits", () => {
    const density = logitDensity(first, second, labels, 20);
    expect(density.rows.reduce((sum, n) => sum + n, 0)).toBe(20_000);
    expect(density.clicks.reduce((sum, n) => sum + n, 0)).toBe(labels.reduce((sum, y) => sum + y, 0));
    const small = logitDensity(
      Float32Array.from([0.1, 3.9, 0.1]),
      Float32Array.from([2.1, 9, 2.9]),
      Float32Array.from([1, 1, 0]),
      4,
      { low: 0, high: 4 },
    );
    expect([small.rows[2 * 4 + 0], small.clicks[2 * 4 + 0]]).toEqual([2, 1]);
    // Beyond the axes' reach a row counts at the edge.
    expect([small.rows[3 * 4 + 3], small.clicks[3 * 4 + 3]]).toEqual([1, 1]);
  });

  it("has axes even where all logits are equal", () => {
    const zeros = new Float32Array(5);
    const { low, high, rows } = logitDensity(zeros, zeros, zeros, 2);
    expect([low, high]).toEqual([-0.5, 0.5]);
    expect(Array.from(rows)).toEqual([0, 0, 0, 5]);
  });
});
