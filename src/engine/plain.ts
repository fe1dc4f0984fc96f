// The engine that anyone would write: stock tfjs operations with tfjs' own gradients, one product a projection, no
// explicit transposes. It is what the fast engine's gain is measured against.

import * as tf from "@tensorflow/tfjs";
import {
  biasCancels,
  type Config,
  equalWeight,
  type InputShape,
  projectionWidth,
  type UnitConfig,
} from "../model/config.ts";
import { dropoutKey, dropoutMask } from "../model/dropout.ts";
import type { Mode, ModelInput, Output, Parameters } from "../model/final.ts";
import { activate, addFixedBias, type BatchStatistics, batchNorm, batchStatistics } from "../model/layers.ts";
import type { Engine } from "./engine.ts";
import { createAutodiffEngine } from "./reference.ts";

/** An engine on tfjs' current backend whose parameters start from the configuration's seed. */
export function createPlainEngine(config: Config, shape: InputShape): Engine {
  return createAutodiffEngine(config, shape, "plain", plainForward);
}

/** src/model's forward pass without what that does for speed. B rows, F fields, D embedding size. */
function plainForward(config: Config, parameters: Parameters, input: ModelInput, mode: Mode): Output {
  const [B, F] = input.ids.shape;
  const D = config.embeddingDim;
  const get = <T extends tf.Tensor = tf.Tensor2D>(name: string) => parameters.get(name) as T;
  const dense = (x: tf.Tensor2D, name: string) =>
    tf.add<tf.Tensor2D>(tf.matMul(x, get(`${name}/weight`)), get<tf.Tensor1D>(`${name}/bias`));

  const rows = tf.reshape(tf.gather(get("embedding"), tf.reshape(input.ids, [B * F])), [B, F, D]);
  const e = tf.mul<tf.Tensor3D>(rows, tf.expandDims(input.weights, 2)); // [B, F, D]
  const x = tf.reshape<tf.Rank.R2>(e, [B, F * D]);
  const statistics = new Map<string, BatchStatistics>();

  function unitOutput(x: tf.Tensor2D, unit: UnitConfig, b: number, u: number): tf.Tensor2D {
    const name = `branch${b}/unit${u}`;
    let y = multiply(project(x, get(`${name}/weight`), get(`${name}/bias`), unit), unit);
    if (unit.batchNorm) {
      let seen: BatchStatistics;
      if (mode.type === "training") {
        seen = batchStatistics(y);
        statistics.set(name, seen);
      } else
        seen = {
          mean: mode.running.get(`${name}/mean`) as tf.Tensor1D,
          variance: mode.running.get(`${name}/variance`) as tf.Tensor1D,
        };
      y = batchNorm(y, seen, get(`${name}/gamma`), get(`${name}/beta`));
    }
    y = activate(y, unit.activation);
    if (unit.dropout === 0 || mode.type !== "training") return y;
    const mask = dropoutMask(y.size, unit.dropout, dropoutKey(config.seed, mode.step, b, u));
    return tf.mul(y, tf.tensor2d(mask, y.shape));
  }

  function wideLogit(b: number, pairs: boolean): tf.Tensor2D {
    const found = tf.reshape(tf.gather(get(`branch${b}/linear/weight`), tf.reshape(input.ids, [B * F])), [
      B,
      F,
    ]);
    const sum = tf.sum(tf.mul(found, input.weights), 1, true);
    const logit = tf.add<tf.Tensor2D>(sum, get<tf.Tensor1D>(`branch${b}/linear/bias`));
    if (!pairs) return logit;
    const squares = tf.sub(tf.square(tf.sum(e, 1)), tf.sum(tf.square(e), 1)); // [B, D]
    return tf.add(logit, tf.mul(tf.sum(squares, 1, true), 0.5));
  }

  function crossLogit(b: number, layers: number): tf.Tensor2D {
    let h = x;
    for (let l = 0; l < layers; l++) h = tf.add(tf.mul(x, dense(h, `branch${b}/cross${l}`)), h);
    return dense(h, `branch${b}/head`);
  }

  const logits = config.branches.map((branch, b) => {
    if (branch.kind === "cross") return crossLogit(b, branch.layers);
    if (branch.kind !== "final") return wideLogit(b, branch.kind === "fm");
    let h = x;
    if (branch.featureGating) {
      const columns = tf.reshape<tf.Rank.R2>(tf.transpose(e, [0, 2, 1]), [B * D, F]);
      const g = tf.transpose(tf.reshape(dense(columns, `branch${b}/gating`), [B, D, F]), [0, 2, 1]);
      h = tf.reshape(tf.concat([e, tf.mul(e, g)], 1), [B, 2 * F * D]);
    }
    for (const [u, unit] of branch.units.entries()) h = unitOutput(h, unit, b, u);
    return dense(h, `branch${b}/head`);
  });
  const branchLogits = tf.concat(logits, 1) as tf.Tensor2D;
  const fusionWeights =
    config.fusion === "gate"
      ? tf.softmax(dense(x, "fusion"))
      : tf.fill<tf.Rank.R2>([B, logits.length], equalWeight(config));
  const fusedLogits = tf.sum<tf.Tensor1D>(tf.mul(branchLogits, fusionWeights), 1);
  return { branchLogits, fusedLogits, fusionWeights, statistics };
}

/** The unit's K projections, each a product of its own with its columns of the weights. */
function project(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor, unit: UnitConfig): tf.Tensor2D[] {
  const width = projectionWidth(unit);
  return Array.from({ length: unit.order }, (_, k) => {
    const columns = tf.slice2d(weight, [0, k * width], [-1, width]);
    const product = tf.matMul<tf.Tensor2D>(x, columns);
    if (biasCancels(unit)) return addFixedBias(product, bias as tf.Tensor1D);
    return tf.add(product, tf.slice1d(bias as tf.Tensor1D, k * width, width));
  });
}

/** The factorised interaction (src/model/final.ts) of K projections. */
function multiply(z: tf.Tensor2D[], unit: UnitConfig): tf.Tensor2D {
  let h = z[0]!;
  const all = [h];
  for (const projection of z.slice(1)) {
    const gated = tf.mul<tf.Tensor2D>(h, activate(projection, unit.gate));
    h = unit.interaction === "cascade" ? tf.add(h, gated) : gated;
    all.push(h);
  }
  if (unit.interaction === "cascade" || all.length === 1) return h;
  return unit.interaction === "sum" ? (tf.addN(all) as tf.Tensor2D) : (tf.concat(all, 1) as tf.Tensor2D);
}
