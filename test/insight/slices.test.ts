// Slices against plain loops, and their corrections for looking at many against chance.

import { expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { scoreSample } from "../../src/insight/sample.ts";
import { disputedRows, measureSlices, slicesOfColumn, slicesOfPrediction } from "../../src/insight/slices.ts";
import { auc } from "../../src/metrics/auc.ts";
import { logLoss } from "../../src/metrics/logLoss.ts";
import { evaluatePlanted, plantedSample } from "./planted.ts";

const sample = plantedSample(3000, 11);
const logits = await scoreSample(evaluatePlanted, sample, 3000);

it("gives the rows of each value what a loop over them gives", () => {
  const slices = measureSlices(sample.labels, logits, slicesOfColumn(sample, 2));
  expect(slices).toHaveLength(4);
  expect(slices.reduce((sum, { rows }) => sum + rows, 0)).toBe(3000);
  for (const { of, rows, clicks, heads } of slices) {
    const own = Array.from(sample.labels.keys()).filter(
      (r) => of.kind === "id" && sample.ids[8 * r + 2] === of.id,
    );
    const labels = Float32Array.from(own, (r) => sample.labels[r]!);
    expect([rows, clicks]).toEqual([own.length, labels.reduce((a, b) => a + b, 0)]);
    for (const [h, head] of heads.entries()) {
      const scores = Float32Array.from(own, (r) => logits[h]![r]!);
      expect(head.logLoss.value).toBeCloseTo(logLoss(scores, labels), 10);
      expect(head.auc!.value).toBeCloseTo(auc(scores, labels)!, 10);
      expect(head.auc!.low).toBeLessThan(head.auc!.value);
      const expected = scores.reduce((sum, z) => sum + 1 / (1 + Math.exp(-z)), 0);
      expect(head.copc.value).toBeCloseTo(clicks / expected, 6);
    }
  }
});

it("cuts predictions into ten equal parts, rising", () => {
  const slices = measureSlices(sample.labels, logits, slicesOfPrediction(logits));
  const predicted = slices.map(({ heads }) => heads[2]!.predicted);
  expect(predicted).toEqual(predicted.toSorted((a, b) => a - b));
  expect(slices.length).toBeGreaterThan(7);
});

it("puts rare values together, and cuts weights where all rows have one id", () => {
  const ids = Int32Array.from({ length: 400 }, (_, r) => (r % 2 === 0 ? r % 20 : 100 + r));
  const weights = Float32Array.from({ length: 400 }, (_, r) => r / 400);
  const one = { rows: 400, fields: 1, labels: new Float32Array(400), weights };
  const values = slicesOfColumn({ ...one, ids, weights: new Float32Array(400).fill(1) }, 0);
  expect(values.of).toHaveLength(12);
  expect(values.of.at(-1)).toEqual({ kind: "others", ids: 199 });
  const numbers = slicesOfColumn({ ...one, ids: new Int32Array(400) }, 0);
  expect(numbers.of).toHaveLength(10);
  expect(numbers.of[0]).toMatchObject({ kind: "weight", low: 0 });
});

it("calls a slice of a true model wrong in at most about 5 % of looks, and finds a false one", () => {
  const random = createRandom(4);
  let looks = 0;
  let false_ = 0;
  for (let look = 0; look < 300; look++) {
    const z = Float32Array.from({ length: 1200 }, () => random.normal());
    const labels = z.map((logit) => (random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0));
    const slices = {
      of: Array.from({ length: 12 }, (_, id) => ({ kind: "id" as const, id })),
      slices: Int32Array.from(z, (_, r) => r % 12),
    };
    const found = measureSlices(labels, [z], slices);
    looks++;
    if (found.some(({ heads }) => heads[0]!.p! < 0.05)) false_++;
    const tilted = z.map((logit, r) => (r % 12 === 3 ? logit + 1.5 : logit));
    if (look === 0) expect(measureSlices(labels, [tilted], slices)[3]!.heads[0]!.p).toBeLessThan(0.001);
  }
  expect(false_ / looks).toBeLessThan(0.09);
});

it("lists the rows about which branches disagree most", () => {
  const rows = disputedRows(sample.labels, logits, 5);
  const gap = (row: number) => {
    const [a, b] = [0, 1].map((h) => 1 / (1 + Math.exp(-logits[h]![row]!)));
    return Math.abs(a! - b!);
  };
  const all = Array.from(sample.labels, (_, row) => gap(row)).toSorted((a, b) => b - a);
  expect(rows.map(({ row }) => gap(row))).toEqual(all.slice(0, 5).map((g) => expect.closeTo(g, 6)));
});
