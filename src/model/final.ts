// FINAL: Factorized Interaction Layer for CTR Prediction (Zhu et al., SIGIR 2023), with the released codes' variants.
// B rows in a batch, F fields, D embedding size, K order of a unit.

import * as tf from "@tensorflow/tfjs";
import {
  type BranchConfig,
  biasCancels,
  type Config,
  equalWeight,
  type FinalBranch,
  projectionWidth,
  type UnitConfig,
} from "./config.ts";
import { dropoutKey, dropoutMask } from "./dropout.ts";
import {
  activate,
  addFixedBias,
  type BatchStatistics,
  batchNorm,
  batchStatistics,
  linear,
  lookup,
  product,
} from "./layers.ts";

/** Tensors by the names of the golden files. */
export type Parameters = ReadonlyMap<string, tf.Tensor>;

export interface ModelInput {
  /** [B, F], int32. */
  ids: tf.Tensor2D;
  /** [B, F]. */
  weights: tf.Tensor2D;
}

/** Training draws dropout by `step` and normalises by the batch; evaluation does neither. */
export type Mode = { type: "training"; step: number } | { type: "evaluation"; running: Parameters };

export interface Output {
  /** [B, branches]. */
  branchLogits: tf.Tensor2D;
  /** [B]: the one that is served. */
  fusedLogits: tf.Tensor1D;
  /** w, each row's weights of the branches in the fused logit, [B, branches]; they add up to 1 but for `sum`, where each is 1. */
  fusionWeights: tf.Tensor2D;
  /** What batch norm saw while training, by the unit's name. */
  statistics: Map<string, BatchStatistics>;
}

/** The whole model: x = weighted embeddings, a logit from each branch, one fused logit. */
export function forward(config: Config, parameters: Parameters, input: ModelInput, mode: Mode): Output {
  const e = lookup(matrix(parameters, "embedding"), input.ids, input.weights); // [B, F, D]
  const x = flatten(e);
  const statistics = new Map<string, BatchStatistics>();
  const pass: Pass = { config, parameters, input, mode, statistics };
  const logits = config.branches.map((branch, b) => branchLogit(e, x, branch, b, pass));
  const branchLogits = tf.concat(logits, 1) as tf.Tensor2D;
  const fusionWeights = fusionOf(config, parameters, x, logits.length);
  const fusedLogits = tf.sum<tf.Tensor1D>(tf.mul(branchLogits, fusionWeights), 1);
  return { branchLogits, fusedLogits, fusionWeights, statistics };
}

/**
 * The factorised interaction of order K: z cut into K blocks of columns, gate σ.
 * cascade: y = z₀, then y ← y + y⊙σ(z_k); sum: y = Σ h_k with h_k = h_{k−1}⊙σ(z_k); concat: y = [h₀, …, h_{K−1}].
 */
export function interact(z: tf.Tensor2D, unit: UnitConfig): tf.Tensor2D {
  const width = projectionWidth(unit);
  const block = (k: number) => tf.slice2d(z, [0, k * width], [-1, width]);
  const h = [block(0)];
  for (let k = 1; k < unit.order; k++) {
    const last = h[k - 1]!;
    const gated = tf.mul<tf.Tensor2D>(last, activate(block(k), unit.gate));
    h.push(unit.interaction === "cascade" ? tf.add(last, gated) : gated);
  }
  switch (unit.interaction) {
    case "cascade":
      return h[h.length - 1]!;
    case "sum":
      return h.length === 1 ? h[0]! : (tf.addN(h) as tf.Tensor2D);
    case "concat":
      return h.length === 1 ? h[0]! : (tf.concat(h, 1) as tf.Tensor2D);
  }
}

/** Feature gating (FuxiCTR): g = e·W + b across fields, out = [e, e⊙g], so the number of fields doubles. */
function gateFields(e: tf.Tensor3D, parameters: Parameters, name: string): tf.Tensor3D {
  const [B, F, D] = e.shape;
  const columns = tf.reshape<tf.Rank.R2>(tf.transpose(e, [0, 2, 1]), [B * D, F]);
  const gated = dense(columns, parameters, name);
  const g = tf.transpose(tf.reshape<tf.Rank.R3>(gated, [B, D, F]), [0, 2, 1]); // [B, F, D]
  return tf.concat([e, tf.mul<tf.Tensor3D>(e, g)], 1) as tf.Tensor3D; // [B, 2F, D]
}

interface Pass {
  config: Config;
  parameters: Parameters;
  input: ModelInput;
  mode: Mode;
  statistics: Map<string, BatchStatistics>;
}

/** A branch's logit, [B, 1], from the weighted embeddings e and the same as rows, x. */
function branchLogit(
  e: tf.Tensor3D,
  x: tf.Tensor2D,
  branch: BranchConfig,
  b: number,
  pass: Pass,
): tf.Tensor2D {
  switch (branch.kind) {
    case "linear":
      return linearLogit(b, pass);
    case "fm":
      return tf.add(linearLogit(b, pass), pairwise(e));
    case "cross":
      return crossLogit(x, branch.layers, b, pass.parameters);
    case "final":
      return finalLogit(e, x, branch, b, pass);
  }
}

/** The wide part: Σ_f weight·a[id] + bias, [B, 1]. */
function linearLogit(b: number, { parameters, input: { ids, weights } }: Pass): tf.Tensor2D {
  const byField = lookup(matrix(parameters, `branch${b}/linear/weight`), ids, weights); // [B, F, 1]
  return tf.add(tf.sum<tf.Tensor2D>(byField, 1), vector(parameters, `branch${b}/linear/bias`));
}

/** Σ over pairs of fields of their embeddings' inner product: ½·Σ_d [(Σ_f e)² − Σ_f e²] (Rendle 2010), [B, 1]. */
function pairwise(e: tf.Tensor3D): tf.Tensor2D {
  const squareOfSum = tf.square(tf.sum<tf.Tensor2D>(e, 1));
  const sumOfSquares = tf.sum<tf.Tensor2D>(tf.square(e), 1);
  return tf.mul(tf.sum(tf.sub(squareOfSum, sumOfSquares), 1, true), 0.5);
}

/** DCN-v2's cross layers x_{l+1} = x_0 ⊙ (x_l·W_l + b_l) + x_l, and a head, [B, 1]. */
function crossLogit(x: tf.Tensor2D, layers: number, b: number, parameters: Parameters): tf.Tensor2D {
  let h = x;
  for (let l = 0; l < layers; l++) h = tf.add(tf.mul(x, dense(h, parameters, `branch${b}/cross${l}`)), h);
  return dense(h, parameters, `branch${b}/head`);
}

/** A stack of units, and the head that turns the last one into a logit, [B, 1]. */
function finalLogit(e: tf.Tensor3D, x: tf.Tensor2D, branch: FinalBranch, b: number, pass: Pass): tf.Tensor2D {
  let h = branch.featureGating ? flatten(gateFields(e, pass.parameters, `branch${b}/gating`)) : x;
  for (const [u, unit] of branch.units.entries()) h = unitOutput(h, unit, b, u, pass);
  return dense(h, pass.parameters, `branch${b}/head`);
}

/** Interaction, then batch norm, activation and dropout where the unit has them. */
function unitOutput(x: tf.Tensor2D, unit: UnitConfig, b: number, u: number, pass: Pass): tf.Tensor2D {
  const { config, parameters, mode, statistics } = pass;
  const name = `branch${b}/unit${u}`;
  const z = biasCancels(unit)
    ? addFixedBias(product(x, matrix(parameters, `${name}/weight`)), vector(parameters, `${name}/bias`))
    : dense(x, parameters, name);
  let y = interact(z, unit);
  if (unit.batchNorm) {
    const seen = mode.type === "training" ? batchStatistics(y) : runningStatistics(mode.running, name);
    if (mode.type === "training") statistics.set(name, seen);
    y = batchNorm(y, seen, vector(parameters, `${name}/gamma`), vector(parameters, `${name}/beta`));
  }
  y = activate(y, unit.activation);
  if (unit.dropout > 0 && mode.type === "training") {
    const mask = dropoutMask(y.size, unit.dropout, dropoutKey(config.seed, mode.step, b, u));
    y = tf.mul(y, tf.tensor2d(mask, y.shape));
  }
  return y;
}

/** mean: 1/branches each. sum: 1 each. gate: softmax(x·W + b), the README's figure of the released code. */
function fusionOf(config: Config, parameters: Parameters, x: tf.Tensor2D, branches: number): tf.Tensor2D {
  if (config.fusion !== "gate") return tf.fill([x.shape[0], branches], equalWeight(config));
  return tf.softmax(dense(x, parameters, "fusion"));
}

function flatten(e: tf.Tensor3D): tf.Tensor2D {
  return tf.reshape<tf.Rank.R2>(e, [e.shape[0], e.shape[1] * e.shape[2]]);
}

/** x·W + b with the weight and bias of that name. */
function dense(x: tf.Tensor2D, parameters: Parameters, name: string): tf.Tensor2D {
  return linear(x, matrix(parameters, `${name}/weight`), vector(parameters, `${name}/bias`));
}

function runningStatistics(running: Parameters, unit: string): BatchStatistics {
  return { mean: vector(running, `${unit}/mean`), variance: vector(running, `${unit}/variance`) };
}

function matrix(parameters: Parameters, name: string): tf.Tensor2D {
  return named(parameters, name) as tf.Tensor2D;
}

function vector(parameters: Parameters, name: string): tf.Tensor1D {
  return named(parameters, name) as tf.Tensor1D;
}

function named(parameters: Parameters, name: string): tf.Tensor {
  const tensor = parameters.get(name);
  if (!tensor) throw new Error(`the model has no parameter ${name}`);
  return tensor;
}
