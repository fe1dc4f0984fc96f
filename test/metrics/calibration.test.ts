import { describe, expect, it } from "vitest";
import { calibration } from "../../src/metrics/calibration.ts";
import { trueRows } from "./rows.ts";

const { labels, logits } = trueRows(6000, 1);
const probability = (z: number) => 1 / (1 + Math.exp(-z));
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe("calibration", () => {
  it("finds the bins, ECE and COPC that a plain sort finds", () => {
    const found = calibration(logits, labels)!;
    const rows = [...logits].map((z, r) => ({ p: probability(z), y: labels[r]! })).sort((a, b) => a.p - b.p);
    let ece = 0;
    for (let bin = 0; bin < 15; bin++) {
      const inside = rows.slice(bin * 400, (bin + 1) * 400);
      const predicted = sum(inside.map(({ p }) => p)) / 400;
      const clicked = sum(inside.map(({ y }) => y)) / 400;
      ece += Math.abs(predicted - clicked) / 15;
      expect(found.bins[bin]!.rows).toBe(400);
      expect(found.bins[bin]!.predicted).toBeCloseTo(predicted, 12);
      expect(found.bins[bin]!.clicked).toBeCloseTo(clicked, 12);
    }
    expect(found.bins).toHaveLength(15);
    expect(found.ece).toBeCloseTo(ece, 12);
    expect(found.copc).toBeCloseTo(sum(labels) / sum(rows.map(({ p }) => p)), 12);
  });

  it("finds true probabilities calibrated, and probabilities that are too large not", () => {
    const { ece, copc, bins } = calibration(logits, labels)!;
    expect(ece).toBeLessThan(0.03);
    expect(copc).toBeGreaterThan(0.95);
    expect(copc).toBeLessThan(1.05);
    expect(
      bins.filter(({ low, high, predicted }) => low <= predicted && predicted <= high).length,
    ).toBeGreaterThan(12);
    const larger = calibration(
      logits.map((z) => z + 1),
      labels,
    )!;
    expect(larger.copc).toBeLessThan(0.7);
    expect(larger.ece).toBeGreaterThan(0.1);
  });

  it("gives Wilson's interval", () => {
    // 10 rows of equal logit, 2 clicked: statsmodels' proportion_confint(2, 10, method="wilson").
    const ten = calibration(new Float32Array(10), Float32Array.from([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]))!;
    expect(ten.bins).toHaveLength(1);
    expect(ten.bins[0]!.low).toBeCloseTo(0.0566822, 6);
    expect(ten.bins[0]!.high).toBeCloseTo(0.5098375, 6);
  });

  it("keeps rows of equal logit in one bin, and every row in some bin", () => {
    const coarse = logits.map((z) => Math.round(z));
    const { bins } = calibration(coarse, labels)!;
    expect(sum(bins.map(({ rows }) => rows))).toBe(6000);
    expect(new Set(bins.map(({ predicted }) => predicted)).size).toBe(bins.length);
    expect(bins.length).toBeLessThanOrEqual(new Set(coarse).size);
  });

  it("says nothing of no rows, or of a logit that is not a number", () => {
    expect(calibration(new Float32Array(0), new Float32Array(0))).toBeNull();
    expect(calibration(Float32Array.from([Number.NaN, 1]), Float32Array.from([0, 1]))).toBeNull();
  });
});
