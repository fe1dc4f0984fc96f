// What fusing the branches' logits gains over the branches.

// Rounding of float32 means, relative to a loss of about 1.
const TOLERANCE = 1e-5;

/**
 * Weighted mean of the branches' log losses − fused log loss, weights of the fusion; null where the logits are summed: their
 * sum is no mean of the branches, and no branch answers the question alone.
 */
export function fusionGain(
  weightedBranches: number,
  fused: number,
  fusion: "mean" | "gate" | "sum",
): number | null {
  return fusion === "sum" ? null : weightedBranches - fused;
}

/** Log loss is convex in the logit, so the gain is ≥ 0 for every row; a value below rounding is a fault of ours. */
export function breaksConvexity(gain: number, loss: number): boolean {
  return gain < -TOLERANCE * (1 + loss);
}
