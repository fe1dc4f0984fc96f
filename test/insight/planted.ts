// Rows and a model whose logit is known term by term, for tests of what looks into a model.

import { createRandom } from "../../src/base/random.ts";
import type { Evaluate, Sample } from "../../src/insight/sample.ts";

export const FIELDS = 8;
const VALUES = 4;
/** Value v of any column; mean 0 and variance 1 over the four values. */
const SCORES = [-1.3416407864998738, -0.4472135954999579, 0.4472135954999579, 1.3416407864998738];

/** Column 7 is not used; the variances of the terms are 1, 0.25, 0.64 and 0.36. */
export function plantedLogit(score: (column: number) => number): number {
  return score(0) + 0.5 * score(1) + 0.8 * score(2) * score(3) + 0.6 * score(4) * score(5) * score(6);
}
export const PLANTED_VARIANCE = 2.25;

/** Independent columns of four equally frequent values each, and clicks by the planted logit. */
export function plantedSample(rows: number, seed: number): Sample {
  const random = createRandom(seed);
  const ids = Int32Array.from(
    { length: rows * FIELDS },
    (_, i) => (i % FIELDS) * VALUES + Math.floor(random.uniform() * VALUES),
  );
  const sample = { rows, fields: FIELDS, ids, weights: new Float32Array(ids.length).fill(1) };
  const labels = Float32Array.from({ length: rows }, (_, r) => {
    const logit = plantedLogit((column) => scoreOf(ids, r, column));
    return random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  return { ...sample, labels };
}

/** Two branches, the first without the triple, and the planted logit as the fused output. */
export const evaluatePlanted: Evaluate = async ({ rowCount, ids }) => {
  const logits = new Float32Array(3 * rowCount);
  for (let r = 0; r < rowCount; r++) {
    const score = (column: number) => scoreOf(ids, r, column);
    logits[3 * r] = plantedLogit((column) => (column === 6 ? 0 : score(column)));
    logits[3 * r + 1] = score(0);
    logits[3 * r + 2] = plantedLogit(score);
  }
  return logits;
};

export function scoreOf(ids: Int32Array, row: number, column: number): number {
  return SCORES[ids[row * FIELDS + column]! % VALUES]!;
}
