// Rows whose click probabilities are known, for tests of metrics.

import { createRandom } from "../../src/base/random.ts";

export interface TrueRows {
  labels: Float32Array;
  /** Logit of each row's true click probability. */
  logits: Float32Array;
}

export function trueRows(count: number, seed: number): TrueRows {
  const random = createRandom(seed);
  const logits = Float32Array.from({ length: count }, () => -1.2 + 1.1 * random.normal());
  const labels = logits.map((z) => (random.uniform() < 1 / (1 + Math.exp(-z)) ? 1 : 0));
  return { labels, logits };
}

/** The logits with noise on them: what a worse model would say. `step` rounds them, so that rows tie. */
export function noisy(logits: Float32Array, scale: number, seed: number, step = 0): Float32Array {
  const random = createRandom(seed);
  return logits.map((z) => {
    const value = z + scale * random.normal();
    return step > 0 ? Math.round(value / step) * step : value;
  });
}
