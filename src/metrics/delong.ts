// How sure an AUC is, and the difference of two AUCs on the same rows: DeLong, DeLong and Clarke-Pearson 1988,
// "Comparing the areas under two or more correlated receiver operating characteristic curves", with the ranks found in
// one sort as in Sun and Xu 2014, "Fast implementation of DeLong's algorithm".

import { normalQuantile, normalTail } from "./distributions.ts";
import { risingOrder } from "./order.ts";

/** What each row contributes to an AUC. */
export interface AucComponents {
  auc: number;
  /** V10: for each clicked row, in row order, the share of the others that score below it (equal ones half). */
  positives: Float64Array;
  /** V01: for each other row the share of the clicked ones that score above it (equal ones half). */
  negatives: Float64Array;
}

export interface AucInterval {
  auc: number;
  low: number;
  high: number;
}

export interface AucDifference {
  /** AUC of the second − AUC of the first. */
  difference: number;
  standardError: number;
  /** Two-sided, of no difference; null where the variance is 0 and there is nothing to test. */
  p: number | null;
}

/** The components of `scores`' AUC against `labels`; null with fewer than two rows of a class, or a score that is NaN. */
export function aucComponents(scores: Float32Array, labels: Float32Array): AucComponents | null {
  const total = labels.reduce((sum, label) => sum + (label > 0 ? 1 : 0), 0);
  const others = labels.length - total;
  const order = risingOrder(scores);
  if (!order || total < 2 || others < 2) return null;
  // For each row the rows of the other class below it (clicked) or above it (not clicked), equal ones half.
  const counts = new Float64Array(labels.length);
  let positivesBelow = 0;
  let negativesBelow = 0;
  let pairs = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let positives = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!])
      if (labels[order[end++]!]! > 0) positives++;
    const negatives = end - start - positives;
    const below = negativesBelow + negatives / 2;
    const above = total - positivesBelow - positives / 2;
    for (let i = start; i < end; i++) counts[order[i]!] = labels[order[i]!]! > 0 ? below : above;
    pairs += positives * below;
    positivesBelow += positives;
    negativesBelow += negatives;
    start = end;
  }
  return {
    auc: pairs / (total * others),
    positives: counts.filter((_, r) => labels[r]! > 0).map((count) => count / others),
    negatives: counts.filter((_, r) => !(labels[r]! > 0)).map((count) => count / total),
  };
}

/** The AUC with its 1 − `alpha` interval from the normal approximation, cut off at 0 and 1. */
export function aucInterval({ auc, positives, negatives }: AucComponents, alpha = 0.05): AucInterval {
  const variance =
    sampleVariance(positives) / positives.length + sampleVariance(negatives) / negatives.length;
  const radius = normalQuantile(alpha / 2) * Math.sqrt(variance);
  return { auc, low: Math.max(0, auc - radius), high: Math.min(1, auc + radius) };
}

/**
 * The difference of two AUCs on the same rows. Its variance is DeLong's var A + var B − 2 cov(A, B), computed from the
 * components' differences, so that equal rankings give exactly 0.
 */
export function aucDifference(first: AucComponents, second: AucComponents): AucDifference {
  const positives = second.positives.map((v, i) => v - first.positives[i]!);
  const negatives = second.negatives.map((v, i) => v - first.negatives[i]!);
  const variance =
    sampleVariance(positives) / positives.length + sampleVariance(negatives) / negatives.length;
  const difference = second.auc - first.auc;
  const standardError = Math.sqrt(variance);
  const p = variance > 0 ? 2 * normalTail(Math.abs(difference) / standardError) : null;
  return { difference, standardError, p };
}

/** Unbiased; two passes, since components are nearly equal in a good model. */
function sampleVariance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
