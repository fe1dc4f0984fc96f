// What a batch's summed losses say, on either backend.

import type { Config } from "../model/config.ts";
import type { GradientSource, Losses } from "./engine.ts";

/** Sums over a batch's rows, in nats. */
export interface LossSums {
  fused: number;
  weightedBranches: number;
  teacherEntropy: number;
  /** One a branch. */
  branches: ArrayLike<number>;
  distillation: ArrayLike<number>;
  /** Σ E² over the rows that L2 acts on. */
  squares: number;
}

/** Means over `rows` rows, and what is minimised (DESIGN section 3). */
export function lossesOf(
  { branches: { length: n }, distillationWeight, l2Embedding }: Config,
  rows: number,
  sums: LossSums,
): Losses {
  const byBranch = (values: ArrayLike<number>) => Array.from({ length: n }, (_, b) => values[b]! / rows);
  const distillation = byBranch(sums.distillation);
  const taught = n > 1 ? distillationWeight * distillation.reduce((a, b) => a + b, 0) : 0;
  const l2 = (l2Embedding / 2) * sums.squares;
  const fused = sums.fused / rows;
  return {
    fused,
    weightedBranches: sums.weightedBranches / rows,
    teacherEntropy: sums.teacherEntropy / rows,
    branches: byBranch(sums.branches),
    distillation,
    l2,
    total: fused + taught + l2,
  };
}

/** What the two losses' gradients are multiplied by; 0 for the one that is not `source`. */
export function lossWeights(
  { distillationWeight }: Config,
  source: GradientSource | undefined,
): { clickWeight: number; distillationWeight: number } {
  return {
    clickWeight: source === "distillation" ? 0 : 1,
    distillationWeight: source === "clicks" ? 0 : distillationWeight,
  };
}
