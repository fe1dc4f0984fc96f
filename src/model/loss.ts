// What FINAL minimises, and the curves that are drawn beside it (DESIGN section 3).

import * as tf from "@tensorflow/tfjs";
import type { Config } from "./config.ts";
import type { Output } from "./final.ts";
import { halfSquares, logLoss } from "./layers.ts";

/** Every loss of a batch, each a mean over its rows. */
export interface LossTensors {
  fused: tf.Scalar;
  /** [branches] */
  branches: tf.Tensor1D;
  /** [branches] */
  distillation: tf.Tensor1D;
  teacherEntropy: tf.Scalar;
  weightedBranches: tf.Scalar;
  /** What distillation adds to `total`: λ times its sum. */
  taught: tf.Scalar;
  l2: tf.Scalar;
  total: tf.Scalar;
}

/**
 * Labels teach the fused output, the fused output teaches each branch:
 * total = BCE(fused, label) + λ·Σ_b BCE(branch b, stop-gradient σ(fused)) + ½·l2·Σ E².
 * One branch has nothing to learn from itself: there the distillation is listed and not added.
 * @param penalised what L2 acts on, the embeddings and each wide part's weights: all rows, or the batch's with lazy updates.
 */
export function finalLoss(
  config: Config,
  output: Output,
  labels: tf.Tensor1D,
  penalised: tf.Tensor2D[],
): LossTensors {
  const { branchLogits, fusedLogits, fusionWeights } = output;
  const teacher = tf.sigmoid(fusedLogits);
  const fused = tf.mean<tf.Scalar>(logLoss(fusedLogits, labels));
  const byRow = logLoss(branchLogits, tf.expandDims(labels, 1)) as tf.Tensor2D;
  const distillation = tf.mean<tf.Tensor1D>(logLoss(branchLogits, tf.expandDims(teacher, 1)), 0);
  const l2 = tf.addN(penalised.map((rows) => halfSquares(rows, config.l2Embedding))) as tf.Scalar;
  const weight = config.branches.length > 1 ? config.distillationWeight : 0;
  const taught = tf.mul<tf.Scalar>(tf.sum(distillation), weight);
  return {
    fused,
    branches: tf.mean(byRow, 0),
    distillation,
    teacherEntropy: tf.mean(logLoss(fusedLogits, teacher)),
    weightedBranches: tf.mean(tf.sum(tf.mul(byRow, fusionWeights), 1)),
    taught,
    l2,
    total: tf.addN([fused, taught, l2]) as tf.Scalar,
  };
}
