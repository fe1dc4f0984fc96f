// How sure the log losses of an evaluation are: this trained model, on new rows like these.

import { normalQuantile } from "./distributions.ts";
import { rowLogLoss } from "./logLoss.ts";

interface Ends {
  low: number;
  high: number;
}

export interface LossIntervals {
  /** Of the fused log loss, in nats a row. */
  logLoss: Ends;
  /**
   * Of the best branch's log loss − the fused one; null for one branch. It holds for every branch at once (Bonferroni), since
   * the best one is chosen on these very rows.
   */
  bestBranchGap: Ends | null;
}

/**
 * 95 % intervals from the normal approximation, the gap's from differences row by row; null with fewer than two rows or a
 * loss that is not a number.
 * @param logits one array a head: each branch, then the fused output
 * @param labels 0 or 1
 * @param losses the log loss of each head over these rows
 */
export function lossIntervals(
  logits: readonly Float32Array[],
  labels: Float32Array,
  losses: readonly number[],
): LossIntervals | null {
  const rows = labels.length;
  if (rows < 2 || losses.some((loss) => !Number.isFinite(loss))) return null;
  const ofBranches = losses.slice(0, -1);
  const fusedLoss = losses.at(-1)!;
  const bestLoss = Math.min(...ofBranches);
  const gap = bestLoss - fusedLoss;
  const [best, fused] = [logits[ofBranches.indexOf(bestLoss)]!, logits.at(-1)!];
  let lossSquares = 0;
  let gapSquares = 0;
  for (let r = 0; r < rows; r++) {
    const loss = rowLogLoss(fused[r]!, labels[r]!);
    lossSquares += (loss - fusedLoss) ** 2;
    gapSquares += (rowLogLoss(best[r]!, labels[r]!) - loss - gap) ** 2;
  }
  const around = (mean: number, squares: number, alpha: number) => {
    const radius = normalQuantile(alpha / 2) * Math.sqrt(squares / (rows - 1) / rows);
    return { low: mean - radius, high: mean + radius };
  };
  const { low, high } = around(fusedLoss, lossSquares, 0.05);
  return {
    logLoss: { low: Math.max(0, low), high },
    bestBranchGap: ofBranches.length < 2 ? null : around(gap, gapSquares, 0.05 / ofBranches.length),
  };
}
