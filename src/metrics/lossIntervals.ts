// How sure the log losses of an evaluation are: this trained model, on new rows like these.

import { normalQuantile } from "./distributions.ts";
import { logLoss, rowLogLoss } from "./logLoss.ts";

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
 * logit that is not a number.
 * @param logits one array a head: each branch, then the fused output
 * @param labels 0 or 1
 */
export function lossIntervals(logits: readonly Float32Array[], labels: Float32Array): LossIntervals | null {
  const losses = logits.map((head) => logLoss(head, labels));
  if (labels.length < 2 || losses.some((loss) => !Number.isFinite(loss))) return null;
  const fused = logits.at(-1)!;
  const fusedLoss = losses.pop()!;
  const ofFused = (r: number) => rowLogLoss(fused[r]!, labels[r]!);
  const { low, high } = meanInterval(fusedLoss, labels.length, 0.05, ofFused);
  const bestLoss = Math.min(...losses);
  const best = logits[losses.indexOf(bestLoss)]!;
  return {
    logLoss: { low: Math.max(0, low), high },
    bestBranchGap:
      losses.length < 2
        ? null
        : meanInterval(
            bestLoss - fusedLoss,
            labels.length,
            0.05 / losses.length,
            (r) => rowLogLoss(best[r]!, labels[r]!) - ofFused(r),
          ),
  };
}

/** Values are computed as they are needed: a column of them for tens of millions of rows would not be small. */
function meanInterval(mean: number, rows: number, alpha: number, valueAt: (row: number) => number): Ends {
  let squares = 0;
  for (let r = 0; r < rows; r++) squares += (valueAt(r) - mean) ** 2;
  const radius = normalQuantile(alpha / 2) * Math.sqrt(squares / (rows - 1) / rows);
  return { low: mean - radius, high: mean + radius };
}
