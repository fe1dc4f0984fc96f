// Why fusing helps: where the branches' logits differ, their mean is better than they are on average.

import { logLoss, rowLogLoss } from "./logLoss.ts";

export interface Disagreement {
  /**
   * Mean over rows of ½·p(1−p)·Σ_b w_b·(z_b − z̄)², z̄ the fused logit and p its probability: the fusion gain to second
   * order, without a look at the labels. null where the weights w are not known, and where the logits are summed.
   */
  expectedGain: number | null;
  /** Mean over rows of Σ_b w_b·loss(z_b) − loss(z̄); null where the weights are not known. */
  measuredGain: number | null;
  /** Log loss of the best branch − that of the fusion: below 0 a branch alone would have been better. */
  gainOverBest: number;
  /** Pearson's correlation of each two branches' logits; null where one is constant. */
  correlations: { first: number; second: number; correlation: number | null }[];
}

// Branches whose logits correlate this closely have nothing left to add to each other.
const COLLAPSED = 0.995;

/**
 * How branches are fused: equally weighted; by a gate whose weights follow from the logits; by weights that are given; as a
 * sum, which is no mean of the branches, so that nothing is said of a gain.
 */
export type Fusion = "mean" | "gate" | "sum" | readonly Float32Array[];

/**
 * The disagreement of `branches` (a logit a row each) under the `fused` logits. A gate's weights change from row to row
 * and follow from the logits for two branches; for more they must be given, one array a branch.
 */
export function disagreement(
  branches: Float32Array[],
  fused: Float32Array,
  labels: Float32Array,
  fusion: Fusion,
): Disagreement {
  const rows = labels.length;
  const weights = new Float64Array(branches.length);
  let expected = 0;
  let measured = 0;
  for (let r = 0; r < rows; r++) {
    const z = fused[r]!;
    const p = 1 / (1 + Math.exp(-z));
    if (typeof fusion !== "string") for (const [b, given] of fusion.entries()) weights[b] = given[r]!;
    else if (fusion !== "gate" || branches.length === 1) weights.fill(1 / branches.length);
    else if (branches.length === 2) twoWeights(weights, branches[0]![r]!, branches[1]![r]!, z);
    let spread = 0;
    let loss = 0;
    for (const [b, branch] of branches.entries()) {
      spread += weights[b]! * (branch[r]! - z) ** 2;
      loss += weights[b]! * rowLogLoss(branch[r]!, labels[r]!);
    }
    expected += (p * (1 - p) * spread) / 2;
    measured += loss - rowLogLoss(z, labels[r]!);
  }
  const known = fusion !== "sum" && (fusion !== "gate" || branches.length <= 2);
  const best = Math.min(...branches.map((branch) => logLoss(branch, labels)));
  return {
    expectedGain: known ? expected / rows : null,
    measuredGain: known ? measured / rows : null,
    gainOverBest: best - logLoss(fused, labels),
    correlations: branches.flatMap((first, i) =>
      branches
        .slice(i + 1)
        .map((second, k) => ({ first: i, second: i + 1 + k, correlation: correlation(first, second) })),
    ),
  };
}

/** Says which branches have collapsed into one, if any; numbers of branches count from 1, as people see them. */
export function collapseSentence({ correlations }: Disagreement): string | null {
  const collapsed = correlations.filter(({ correlation }) => correlation !== null && correlation > COLLAPSED);
  if (collapsed.length === 0) return null;
  const pairs = collapsed.map(
    (pair) => `${pair.first + 1} and ${pair.second + 1} (correlation ${pair.correlation!.toFixed(3)})`,
  );
  return `Branches ${pairs.join(", ")} have collapsed: their logits move together, so fusing them gains almost nothing.`;
}

/** Weights with w₁·z₁ + w₂·z₂ = z and w₁ + w₂ = 1, within [0, 1]; equal logits leave them open. */
function twoWeights(weights: Float64Array, first: number, second: number, fused: number): void {
  const share = first === second ? 0.5 : (fused - second) / (first - second);
  weights[0] = Math.min(1, Math.max(0, share));
  weights[1] = 1 - weights[0];
}

function correlation(x: Float32Array, y: Float32Array): number | null {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let r = 0; r < x.length; r++) {
    const [dx, dy] = [x[r]! - mx, y[r]! - my];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}
