// Area under the ROC curve, exactly: the share of pairs (click, no click) that the scores order rightly, ties half.

/**
 * AUC of `scores` (any monotone function of the probability will do, logits for instance) against `labels` (0 or 1);
 * null where one class is missing or a score is not a number. Sorts a copy: O(n log n) time, 8 bytes a row.
 */
export function auc(scores: Float32Array, labels: Float32Array): number | null {
  const sorted = sortedByScore(scores, labels);
  return sorted && areaOf(sorted);
}

/**
 * Σ over groups of equal scores of negatives · (positives above + half of those in the group), over all pairs
 * (Mann and Whitney 1947). Counts are integers below 2⁵³, so the area does not depend on the order of summing.
 */
function areaOf(sorted: Float64Array): number | null {
  const total = sorted.length;
  let positives = 0;
  for (const entry of sorted) positives += entry % 2;
  const negatives = total - positives;
  if (positives === 0 || negatives === 0) return null;
  let positivesBelow = 0;
  // Twice the number of rightly ordered pairs.
  let ordered = 0;
  for (let start = 0; start < total; ) {
    const score = Math.floor(sorted[start]! / 2);
    let end = start;
    let inGroup = 0;
    while (end < total && Math.floor(sorted[end]! / 2) === score) inGroup += sorted[end++]! % 2;
    const negativesInGroup = end - start - inGroup;
    ordered += negativesInGroup * (2 * (positives - positivesBelow) - inGroup);
    positivesBelow += inGroup;
    start = end;
  }
  return ordered / 2 / (positives * negatives);
}

/** Rows as one number each, 2 · (rank key of the score) + label, rising; null where a score is not a number. */
function sortedByScore(scores: Float32Array, labels: Float32Array): Float64Array | null {
  const bits = new Int32Array(scores.length);
  // + 0 makes −0 and 0 equal, as they are for every comparison of scores.
  new Float32Array(bits.buffer).set(scores.map((score) => score + 0));
  const rows = new Float64Array(scores.length);
  for (let r = 0; r < rows.length; r++) {
    if (Number.isNaN(scores[r]!)) return null;
    const b = bits[r]!;
    // A float's bits order as an unsigned integer once negative ones are inverted and positive ones get the top bit.
    const key = (b < 0 ? ~b : b ^ 0x80000000) >>> 0;
    rows[r] = 2 * key + (labels[r]! > 0 ? 1 : 0);
  }
  return rows.sort();
}
