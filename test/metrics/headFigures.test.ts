// Figures of evaluated rows with their intervals: against the definitions, and against draws of new rows.

import { expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { auc } from "../../src/metrics/auc.ts";
import { headFigures } from "../../src/metrics/headFigures.ts";
import { logLoss } from "../../src/metrics/logLoss.ts";

/** Rows whose labels follow their logits. */
function drawnRows(rows: number, seed: number) {
  const random = createRandom(seed);
  const logits = Float32Array.from({ length: rows }, () => 3 * random.uniform() - 2);
  const labels = logits.map((logit) => (random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0));
  return { logits, labels };
}

it("gives log loss and AUC of all rows, and their calibration", () => {
  const { logits, labels } = drawnRows(5000, 1);
  const figures = headFigures(logits, labels)!;
  expect(figures.logLoss.value).toBeCloseTo(logLoss(logits, labels), 12);
  expect(figures.auc!.value).toBeCloseTo(auc(logits, labels)!, 12);
  expect(figures.calibration!.copc).toBeCloseTo(1, 1);
});

it("has the true log loss in about 95 of 100 intervals", () => {
  const { logits, labels } = drawnRows(400_000, 2);
  const truth = logLoss(logits, labels);
  const studies = 400;
  let covered = 0;
  for (let study = 0; study < studies; study++) {
    const rows = drawnRows(400, 100 + study);
    const { low, high } = headFigures(rows.logits, rows.labels)!.logLoss;
    if (low <= truth && truth <= high) covered++;
  }
  expect(covered / studies).toBeGreaterThan(0.92);
  expect(covered / studies).toBeLessThan(0.98);
});

it("has no AUC of one class, and nothing of a logit that is not a number", () => {
  expect(headFigures(new Float32Array([1, 2, 3]), new Float32Array(3))!.auc).toBeNull();
  expect(headFigures(new Float32Array([1, Number.NaN]), new Float32Array(2))).toBeNull();
  expect(headFigures(new Float32Array(0), new Float32Array(0))).toBeNull();
});
