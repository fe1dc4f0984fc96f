// What choosing the best of many is worth by chance alone.

import { normalTail } from "../metrics/distributions.ts";

const STEPS = 4000;
const REACH = 9;

/**
 * E[max(Z_1, …, Z_n)] of n independent standard normal figures, to 1e-8: ∫ (1 − Φ(x)ⁿ) − (1 − Φ(−x))ⁿ dx over x > 0,
 * by Simpson's rule. So much better than their mean, in standard deviations, the best of n equal models looks.
 */
export function expectedMaximum(n: number): number {
  const width = REACH / STEPS;
  let sum = 0;
  for (let i = 0; i <= STEPS; i++) {
    const tail = normalTail(i * width);
    const weight = i === 0 || i === STEPS ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * (1 - (1 - tail) ** n - tail ** n);
  }
  return (sum * width) / 3;
}

/** The spread of one figure over seeds, pooled over several models; null where no model has two seeds. */
export function pooledDeviation(
  figures: readonly (readonly number[])[],
): { deviation: number; degrees: number } | null {
  let [squares, degrees] = [0, 0];
  for (const model of figures) {
    const mean = model.reduce((sum, value) => sum + value, 0) / model.length;
    squares += model.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    degrees += Math.max(0, model.length - 1);
  }
  return degrees > 0 ? { deviation: Math.sqrt(squares / degrees), degrees } : null;
}
