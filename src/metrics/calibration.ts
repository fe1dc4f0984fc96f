// Whether predicted probabilities are true: reliability curve, expected calibration error, COPC.

import { normalQuantile } from "./distributions.ts";
import { risingOrder } from "./order.ts";

/** Rows of about equal prediction. */
export interface ReliabilityBin {
  rows: number;
  /** Mean predicted probability. */
  predicted: number;
  /** Share of clicked rows. */
  clicked: number;
  /** Wilson's 95 % interval of the click probability. */
  low: number;
  high: number;
}

export interface Calibration {
  /** By rising prediction. */
  bins: ReliabilityBin[];
  /** Expected calibration error: mean over rows of |predicted − clicked| of their bin. */
  ece: number;
  /** Clicks over predicted clicks: above 1 the model predicts too little. */
  copc: number;
}

const Z = normalQuantile(0.025);

/**
 * Calibration of `logits` against `labels` in at most `binCount` bins of about equally many rows; rows of equal logit
 * share a bin. null for no rows or a logit that is NaN.
 */
export function calibration(logits: Float32Array, labels: Float32Array, binCount = 15): Calibration | null {
  const order = risingOrder(logits);
  const total = logits.length;
  if (!order || total === 0) return null;
  const groups: RowGroupSums[] = [];
  for (let start = 0; start < total; ) {
    let end = Math.max(start + 1, Math.round(((groups.length + 1) * total) / binCount));
    while (end < total && logits[order[end]!] === logits[order[end - 1]!]) end++;
    let predicted = 0;
    let clicks = 0;
    for (let i = start; i < end; i++) {
      predicted += 1 / (1 + Math.exp(-logits[order[i]!]!));
      clicks += labels[order[i]!]!;
    }
    groups.push({ rows: end - start, clicks, predicted });
    start = end;
  }
  return reliability(groups);
}

/** Rows, clicks and predicted clicks of rows of about equal prediction. */
interface RowGroupSums {
  rows: number;
  clicks: number;
  predicted: number;
}

/** Calibration out of groups of rows by rising prediction. */
export function reliability(groups: RowGroupSums[]): Calibration {
  const bins: ReliabilityBin[] = [];
  let predictedClicks = 0;
  let clicks = 0;
  let gap = 0;
  let total = 0;
  for (const { rows, clicks: clicked, predicted } of groups) {
    bins.push({ rows, predicted: predicted / rows, clicked: clicked / rows, ...wilson(clicked, rows) });
    predictedClicks += predicted;
    clicks += clicked;
    gap += Math.abs(predicted - clicked);
    total += rows;
  }
  return { bins, ece: gap / total, copc: clicks / predictedClicks };
}

/** Wilson's score interval (1927), which stays within 0 and 1 and does not collapse without clicks. */
function wilson(clicked: number, rows: number): { low: number; high: number } {
  const share = clicked / rows;
  const scale = 1 + (Z * Z) / rows;
  const centre = (share + (Z * Z) / (2 * rows)) / scale;
  const radius = (Z * Math.sqrt((share * (1 - share)) / rows + (Z * Z) / (4 * rows * rows))) / scale;
  return { low: Math.max(0, centre - radius), high: Math.min(1, centre + radius) };
}
