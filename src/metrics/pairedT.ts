// Configurations compared over seeds: every seed serves both, so their difference for a seed is one observation.

import { studentQuantile, studentTail } from "./distributions.ts";

export interface PairedT {
  mean: number;
  /** Half the width of the 1 − α interval. */
  radius: number;
  /** Two-sided, of mean 0; null where all differences are equal and there is nothing to test. */
  p: number | null;
}

/** Student's t interval and test for the mean of paired differences, one a seed; at least two. */
export function pairedT(differences: number[], alpha: number): PairedT {
  const count = differences.length;
  if (count < 2) throw new Error(`a t interval over ${count} seeds`);
  const mean = differences.reduce((sum, d) => sum + d, 0) / count;
  const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (count - 1);
  const standardError = Math.sqrt(variance / count);
  const p = standardError > 0 ? 2 * studentTail(Math.abs(mean) / standardError, count - 1) : null;
  return { mean, radius: studentQuantile(alpha / 2, count - 1) * standardError, p };
}
