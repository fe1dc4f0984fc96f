import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { auc } from "../../src/metrics/auc.ts";
import { type AucComponents, aucComponents, aucDifference, aucInterval } from "../../src/metrics/delong.ts";
import { noisy, trueRows } from "./rows.ts";

/** The definition: every clicked row against every other one. */
function slowComponents(scores: Float32Array, labels: Float32Array): AucComponents {
  const clicked = [...scores].filter((_, r) => labels[r] === 1);
  const others = [...scores].filter((_, r) => labels[r] === 0);
  const wins = (x: number, y: number) => (x > y ? 1 : x === y ? 0.5 : 0);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const positives = clicked.map((x) => mean(others.map((y) => wins(x, y))));
  const negatives = others.map((y) => mean(clicked.map((x) => wins(x, y))));
  return {
    auc: mean(positives),
    positives: Float64Array.from(positives),
    negatives: Float64Array.from(negatives),
  };
}

/** Standard deviation of a statistic over resampled rows. */
function bootstrap(rows: number, resamples: number, seed: number, of: (picked: number[]) => number): number {
  const random = createRandom(seed);
  const values = Array.from({ length: resamples }, () =>
    of(Array.from({ length: rows }, () => Math.floor(random.uniform() * rows))),
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / resamples;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (resamples - 1));
}

const { labels, logits } = trueRows(1200, 1);
const fine = noisy(logits, 0.5, 2);
const coarse = noisy(logits, 0.7, 3, 0.25);
const at = (values: Float32Array, rows: number[]) => Float32Array.from(rows, (r) => values[r]!);

describe("DeLong's method", () => {
  it("finds the components that comparing every pair finds, ties included", () => {
    for (const scores of [fine, coarse]) {
      const [fast, slow] = [aucComponents(scores, labels)!, slowComponents(scores, labels)];
      expect(fast.auc).toBeCloseTo(slow.auc, 14);
      expect(fast.auc).toBe(auc(scores, labels));
      for (const side of ["positives", "negatives"] as const)
        for (const [i, value] of fast[side].entries()) expect(value).toBeCloseTo(slow[side][i]!, 13);
    }
  });

  it("gives an AUC's interval the width that a slow bootstrap gives it", () => {
    const { low, high } = aucInterval(aucComponents(fine, labels)!);
    const spread = bootstrap(labels.length, 1000, 4, (rows) => auc(at(fine, rows), at(labels, rows))!);
    expect((high - low) / (2 * 1.959964)).toBeGreaterThan(0.93 * spread);
    expect((high - low) / (2 * 1.959964)).toBeLessThan(1.07 * spread);
  });

  it("gives a paired difference the standard error that a slow bootstrap gives it", () => {
    const { difference, standardError } = aucDifference(
      aucComponents(fine, labels)!,
      aucComponents(coarse, labels)!,
    );
    expect(difference).toBeCloseTo(auc(coarse, labels)! - auc(fine, labels)!, 14);
    const spread = bootstrap(labels.length, 1000, 5, (rows) => {
      const picked = at(labels, rows);
      return auc(at(coarse, rows), picked)! - auc(at(fine, rows), picked)!;
    });
    expect(standardError).toBeGreaterThan(0.93 * spread);
    expect(standardError).toBeLessThan(1.07 * spread);
  });

  it("rejects no difference in about 5 % of tests where there is none", () => {
    let rejected = 0;
    for (let i = 0; i < 1000; i++) {
      const rows = trueRows(400, 1000 + i);
      const members = [noisy(rows.logits, 0.7, 5000 + i), noisy(rows.logits, 0.7, 9000 + i)];
      const [a, b] = members.map((scores) => aucComponents(scores, rows.labels)!) as [
        AucComponents,
        AucComponents,
      ];
      if (aucDifference(a, b).p! < 0.05) rejected++;
    }
    expect(rejected).toBeGreaterThan(30);
    expect(rejected).toBeLessThan(70);
  });

  it("covers the true AUC in about 95 % of intervals", () => {
    const whole = trueRows(200_000, 6);
    const truth = auc(whole.logits, whole.labels)!;
    let covered = 0;
    for (let i = 0; i < 500; i++) {
      const rows = {
        labels: whole.labels.subarray(i * 400, (i + 1) * 400),
        logits: whole.logits.subarray(i * 400, (i + 1) * 400),
      };
      const { low, high } = aucInterval(aucComponents(rows.logits, rows.labels)!);
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered / 500).toBeGreaterThan(0.92);
    expect(covered / 500).toBeLessThan(0.98);
  });

  it("gives no p where the variance is 0: equal scores, equal rankings, two perfect models", () => {
    const components = aucComponents(fine, labels)!;
    const sameOrder = aucComponents(
      fine.map((z) => 3 * z - 1),
      labels,
    )!;
    for (const other of [components, sameOrder])
      expect(aucDifference(components, other)).toEqual({ difference: 0, standardError: 0, p: null });
    const [perfect, surer] = [labels.map((y) => y), labels.map((y) => 9 * y)].map(
      (z) => aucComponents(z, labels)!,
    );
    expect(aucDifference(perfect!, surer!)).toMatchObject({ difference: 0, p: null });
    expect(aucInterval(perfect!)).toEqual({ auc: 1, low: 1, high: 1 });
  });

  it("says nothing of fewer than two rows of a class, or of a score that is not a number", () => {
    const scores = Float32Array.from([1, 2, 3]);
    expect(aucComponents(scores, Float32Array.from([0, 0, 1]))).toBeNull();
    expect(aucComponents(scores, Float32Array.from([1, 1, 1]))).toBeNull();
    const broken = Float32Array.from([1, Number.NaN, 3, 4]);
    expect(aucComponents(broken, Float32Array.from([0, 0, 1, 1]))).toBeNull();
  });
});
