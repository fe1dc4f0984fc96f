// The parts that FINAL is made of, in plain tfjs operations, each with the gradient that tfjs lacks or computes slowly.
// B rows in a batch, F fields, D embedding size, V table rows.

import * as tf from "@tensorflow/tfjs";
import type { Activation } from "./config.ts";

/** x·W + b, `[B, in]·[in, out]`. */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return tf.add(product(x, weight), bias);
}

/** x + bias, whose bias is known to have no gradient (`biasCancels`). */
export function addFixedBias(x: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  const op = tf.customGrad((x, bias) => ({
    value: tf.add(x as tf.Tensor2D, bias as tf.Tensor1D),
    gradFunc: (dy: tf.Tensor) => [dy, tf.zerosLike(bias as tf.Tensor1D)],
  }));
  return op(x, bias) as tf.Tensor2D;
}

/**
 * The matrix product a·b. Its gradients transpose explicitly: on WASM `matMul` with a transposed operand runs 15 times
 * slower than a transposed copy followed by a plain product (DESIGN section 5).
 */
export function product(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const op = tf.customGrad((a, b, save) => {
    (save as tf.GradSaveFunc)([a as tf.Tensor, b as tf.Tensor]);
    return {
      value: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [
        tf.matMul(dy as tf.Tensor2D, tf.transpose(saved[1]!)),
        tf.matMul(tf.transpose(saved[0]!), dy as tf.Tensor2D),
      ],
    };
  });
  return op(a, b) as tf.Tensor2D;
}

/**
 * Embedding rows times their weights, `[B, F, D]`. The gradient adds up the rows of each id (UnsortedSegmentSum);
 * tfjs' own gather gradient transposes the whole table twice and fails above 1,048,560 rows on WebGPU.
 */
export function lookup(table: tf.Tensor2D, ids: tf.Tensor2D, weights: tf.Tensor2D): tf.Tensor3D {
  const [tableRows, D] = table.shape;
  const [B, F] = ids.shape;
  const flatIds = tf.reshape<tf.Rank.R1>(ids, [B * F]);
  const column = tf.reshape<tf.Rank.R2>(weights, [B * F, 1]);
  const op = tf.customGrad((table, save) => {
    (save as tf.GradSaveFunc)([column, flatIds]);
    return {
      value: tf.mul(tf.gather(table as tf.Tensor2D, flatIds), column),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [column, ids] = saved as [tf.Tensor2D, tf.Tensor1D];
        return tf.unsortedSegmentSum(tf.mul<tf.Tensor2D>(dy, column), ids, tableRows);
      },
    };
  });
  return tf.reshape<tf.Rank.R3>(op(table), [B, F, D]);
}

/** The activation of each element. */
export function activate(x: tf.Tensor2D, activation: Activation): tf.Tensor2D {
  switch (activation) {
    case "linear":
      return x;
    case "relu":
      return tf.relu(x);
    case "tanh":
      return tf.tanh(x);
    case "sigmoid":
      return tf.sigmoid(x);
  }
}

/** Statistics of one batch-normalised unit, `[size]` each. The variance is the biased one. */
export interface BatchStatistics {
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
}

export const BATCH_NORM_EPSILON = 1e-5;
/** Share of the old running value that stays. */
export const BATCH_NORM_MOMENTUM = 0.9;

/** (x − mean)/√(variance + ε)·γ + β, by column. */
export function batchNorm(
  x: tf.Tensor2D,
  { mean, variance }: BatchStatistics,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
): tf.Tensor2D {
  const scale = tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON));
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), scale), gamma), beta);
}

/** Mean and biased variance over the batch, differentiable. */
export function batchStatistics(x: tf.Tensor2D): BatchStatistics {
  const mean = tf.mean<tf.Tensor1D>(x, 0);
  return { mean, variance: tf.mean<tf.Tensor1D>(tf.square(tf.sub(x, mean)), 0) };
}

/**
 * Log loss on logits, by row: max(z, 0) − z·t + ln(1 + e^−|z|). Its gradient σ(z) − t goes to the logits alone,
 * so a teacher may stand for the target t without being taught.
 */
export function logLoss(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((z, save) => {
    const logit = z as tf.Tensor;
    (save as tf.GradSaveFunc)([logit, targets]);
    return {
      value: tf.add(tf.sub(tf.relu(logit), tf.mul(logit, targets)), tf.log1p(tf.exp(tf.neg(tf.abs(logit))))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.sub(tf.sigmoid(saved[0]!), saved[1]!)),
    };
  });
  return op(logits);
}

/** ½·l2·Σ x². Its gradient is l2·x: tfjs' own would upload an array of ones as large as the table. */
export function halfSquares(x: tf.Tensor, l2: number): tf.Scalar {
  const op = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor]);
    return {
      value: tf.mul(tf.sum(tf.square(x as tf.Tensor)), l2 / 2),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.mul(saved[0]!, l2), dy),
    };
  });
  return op(x) as tf.Scalar;
}
