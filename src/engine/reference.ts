// The readable engine: the model of src/model by automatic differentiation, one tfjs operation after another.
// It is the oracle that the fast engine is held against.

import * as tf from "@tensorflow/tfjs";
import type { Batch, NamedArrays } from "../base/batch.ts";
import { adamStep, adamUpdate, CLIP_EPSILON } from "../model/adam.ts";
import type { Config, InputShape } from "../model/config.ts";
import { forward, type Mode, type ModelInput, type Output } from "../model/final.ts";
import { initialParameters, initialRunning } from "../model/initialize.ts";
import { BATCH_NORM_MOMENTUM } from "../model/layers.ts";
import { finalLoss, type LossTensors } from "../model/loss.ts";
import { decays, parameterSpecs } from "../model/parameters.ts";
import { describeEngine } from "./describe.ts";
import { dropEmbeddings } from "./embeddingDropout.ts";
import type { Engine, EngineDescription, Losses, ModelState, StepReport } from "./engine.ts";

/** The forward pass of a model: the reference's, or another one with the same parameters. */
export type Forward = typeof forward;

/** An engine on tfjs' current backend whose parameters start from the configuration's seed. */
export function createReferenceEngine(config: Config, shape: InputShape): Engine {
  return createAutodiffEngine(config, shape, "reference", forward);
}

/** Automatic differentiation of `forwardPass`, and Adam on what comes out. Step reports wait on the device. */
export function createAutodiffEngine(
  config: Config,
  shape: InputShape,
  name: EngineDescription["engine"],
  forwardPass: Forward,
): Engine {
  const specs = parameterSpecs(config, shape);
  const names = specs.map((spec) => spec.name);
  const tables = specs
    .filter(({ kind }) => kind === "embedding" || kind === "linear")
    .map(({ name }) => name);
  const decayed = new Set(specs.filter(decays).map(({ name }) => name));
  const parameters = variables(initialParameters(config, shape));
  const first = variables(zerosOf(parameters));
  const second = variables(zerosOf(parameters));
  const running = variables(initialRunning(config));
  const description = describeEngine(name);
  const waiting: { step: number; labels: Float32Array; packed: tf.Tensor; logits: tf.Tensor }[] = [];
  let updates = 0;

  /** Losses, logits and gradients of a batch, of `part` of its losses; the caller's tidy owns them. */
  function differentiate(
    batch: Batch,
    part: "total" | "fused" | "taught" = "total",
  ): { losses: LossTensors; output: Output; gradients: Map<string, tf.Tensor> } {
    const input = toInput(dropEmbeddings(batch, config, updates + 1));
    const labels = tf.tensor1d(batch.labels);
    const mode: Mode = { type: "training", step: updates + 1 };
    let losses!: LossTensors;
    let output!: Output;
    const { grads } = tf.variableGrads(
      () => {
        output = forwardPass(config, parameters, input, mode);
        losses = finalLoss(config, output, labels, penalisedRows(batch));
        keepAll(losses, output);
        return losses[part];
      },
      names.map((n) => parameters.get(n)!),
    );
    const gradients = new Map<string, tf.Tensor>();
    for (const n of names) {
      const parameter = parameters.get(n)!;
      // A part of the losses need not depend on all parameters.
      gradients.set(n, grads[parameter.name] ?? tf.zerosLike(parameter));
    }
    return { losses, output, gradients };
  }

  /** All rows of what L2 acts on, or with lazy updates each row of the batch once. */
  function penalisedRows(batch: Batch): tf.Tensor2D[] {
    const all = tables.map((table) => parameters.get(table)! as tf.Tensor2D);
    return config.updates === "dense" ? all : all.map((table) => touchedRows(table, batch));
  }

  function update(
    batch: Batch,
    gradients: Map<string, tf.Tensor>,
    output: Output,
    learningRate: number,
  ): void {
    const adam = adamStep(config.optimizer, learningRate, updates + 1);
    const scale = config.optimizer.clipNorm > 0 ? clippedBy(gradients, config.optimizer.clipNorm) : null;
    for (const n of names) {
      const [p, m, v] = [parameters.get(n)!, first.get(n)!, second.get(n)!];
      const gradient = scale ? tf.mul(gradients.get(n)!, scale) : gradients.get(n)!;
      // AdamW (Loshchilov and Hutter 2019, Algorithm 2; PyTorch): the weight shrinks before Adam moves it.
      const before = adam.decay > 0 && decayed.has(n) ? tf.mul(p, 1 - adam.decay) : p;
      const next = adamUpdate(adam, before, gradient, m, v);
      const lazy = config.updates === "lazy" && tables.includes(n);
      const touched = lazy ? touchedMask(batch, shape.tableRows) : null;
      const chosen = (fresh: tf.Tensor, old: tf.Tensor) => (touched ? tf.where(touched, fresh, old) : fresh);
      p.assign(chosen(next.parameter, p));
      m.assign(chosen(next.first, m));
      v.assign(chosen(next.second, v));
    }
    for (const [unit, { mean, variance }] of output.statistics) {
      blend(running.get(`${unit}/mean`)!, mean);
      // The running variance is the unbiased one; a single row has none.
      if (batch.rowCount > 1)
        blend(running.get(`${unit}/variance`)!, tf.mul(variance, batch.rowCount / (batch.rowCount - 1)));
    }
  }

  return {
    description,
    async step(batch, learningRate) {
      tf.tidy(() => {
        const { losses, output, gradients } = differentiate(batch);
        update(batch, gradients, output, learningRate);
        waiting.push({
          step: updates + 1,
          labels: batch.labels,
          packed: tf.keep(packLosses(losses)),
          logits: tf.keep(packLogits(output)),
        });
        disposeAll(losses, output);
      });
      updates++;
    },
    async drain() {
      const reports: StepReport[] = [];
      for (const { step, labels, packed, logits } of waiting.splice(0)) {
        const losses = unpackLosses((await packed.data()) as Float32Array, config.branches.length);
        reports.push({
          step,
          rowCount: labels.length,
          losses,
          logits: (await logits.data()) as Float32Array,
          labels,
        });
        tf.dispose([packed, logits]);
      }
      return reports;
    },
    async evaluate(batch) {
      const [packed, logits] = tf.tidy(() => {
        const output = forwardPass(config, parameters, toInput(batch), { type: "evaluation", running });
        const losses = finalLoss(config, output, tf.tensor1d(batch.labels), penalisedRows(batch));
        return [packLosses(losses), packLogits(output)];
      }) as [tf.Tensor, tf.Tensor];
      const report = {
        rowCount: batch.rowCount,
        losses: unpackLosses((await packed.data()) as Float32Array, config.branches.length),
        logits: (await logits.data()) as Float32Array,
      };
      tf.dispose([packed, logits]);
      return report;
    },
    async gradients(batch) {
      const gradients = tf.tidy(() => {
        const { losses, output, gradients } = differentiate(batch);
        disposeAll(losses, output);
        return Object.fromEntries(gradients);
      });
      const arrays = await readAll(new Map(Object.entries(gradients)));
      tf.dispose(gradients);
      return arrays;
    },
    async gradientsOf(source, batch) {
      const gradients = tf.tidy(() => {
        const { losses, output, gradients } = differentiate(batch, source === "clicks" ? "fused" : "taught");
        disposeAll(losses, output);
        for (const table of tables)
          gradients.set(table, touchedRows(gradients.get(table)! as tf.Tensor2D, batch));
        return Object.fromEntries(gradients);
      });
      const arrays = await readAll(new Map(Object.entries(gradients)));
      tf.dispose(gradients);
      return arrays;
    },
    async read() {
      return {
        step: updates,
        parameters: await readAll(parameters),
        running: await readAll(running),
        firstMoments: await readAll(first),
        secondMoments: await readAll(second),
      };
    },
    async write(state: ModelState) {
      assignAll(parameters, state.parameters);
      assignAll(running, state.running);
      assignAll(first, state.firstMoments);
      assignAll(second, state.secondMoments);
      updates = state.step;
    },
    dispose() {
      for (const { packed, logits } of waiting.splice(0)) tf.dispose([packed, logits]);
      for (const group of [parameters, first, second, running]) for (const v of group.values()) v.dispose();
    },
  };
}

/** What brings the norm of all gradients together down to `clipNorm` (`clipScale`). */
function clippedBy(gradients: Map<string, tf.Tensor>, clipNorm: number): tf.Scalar {
  // One after the other: on WebGPU tfjs' addN takes no more tensors than a kernel has buffers.
  let squares = tf.scalar(0);
  for (const gradient of gradients.values()) squares = tf.add(squares, tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(squares);
  return tf.minimum(1, tf.div(clipNorm, tf.add(norm, CLIP_EPSILON)));
}

function toInput({ ids, weights, rowCount, fields }: Batch): ModelInput {
  return {
    ids: tf.tensor2d(ids, [rowCount, fields], "int32"),
    weights: tf.tensor2d(weights, [rowCount, fields]),
  };
}

function touchedRows(table: tf.Tensor2D, { ids }: Batch): tf.Tensor2D {
  return tf.gather(table, tf.tensor1d(Int32Array.from(new Set(ids)).sort(), "int32"));
}

/** [V, D] would be three times the memory; a column broadcasts. */
function touchedMask({ ids }: Batch, tableRows: number): tf.Tensor2D {
  const mask = new Uint8Array(tableRows);
  for (const id of ids) mask[id] = 1;
  return tf.tensor2d(mask, [tableRows, 1], "bool");
}

function blend(running: tf.Variable, seen: tf.Tensor): void {
  running.assign(tf.add(tf.mul(running, BATCH_NORM_MOMENTUM), tf.mul(seen, 1 - BATCH_NORM_MOMENTUM)));
}

/** variableGrads tidies up all but the gradients; these tensors must outlive it. */
function keepAll(losses: LossTensors, output: Output): void {
  for (const tensor of tensorsOf(losses, output)) tf.keep(tensor);
}

function disposeAll(losses: LossTensors, output: Output): void {
  for (const tensor of tensorsOf(losses, output)) tensor.dispose();
}

function tensorsOf(losses: LossTensors, { statistics, ...output }: Output): Set<tf.Tensor> {
  const seen = [...statistics.values()].flatMap(({ mean, variance }) => [mean, variance]);
  return new Set<tf.Tensor>([...Object.values(losses), ...Object.values(output), ...seen]);
}

/** [fused, weighted, entropy, l2, total, branches…, distillation…]: one read for all. */
function packLosses({
  fused,
  weightedBranches,
  teacherEntropy,
  l2,
  total,
  branches,
  distillation,
}: LossTensors) {
  return tf.concat([tf.stack([fused, weightedBranches, teacherEntropy, l2, total]), branches, distillation]);
}

function unpackLosses(packed: Float32Array, branches: number): Losses {
  const [fused, weightedBranches, teacherEntropy, l2, total] = packed;
  return {
    fused: fused!,
    weightedBranches: weightedBranches!,
    teacherEntropy: teacherEntropy!,
    l2: l2!,
    total: total!,
    branches: Array.from(packed.subarray(5, 5 + branches)),
    distillation: Array.from(packed.subarray(5 + branches, 5 + 2 * branches)),
  };
}

/** [B, branches + 1] */
function packLogits({ branchLogits, fusedLogits }: Output): tf.Tensor {
  return tf.concat([branchLogits, tf.expandDims(fusedLogits, 1)], 1);
}

function variables(arrays: NamedArrays): Map<string, tf.Variable> {
  const made = new Map<string, tf.Variable>();
  for (const [name, { shape, values }] of arrays) {
    const initial = tf.tensor(values, shape);
    made.set(name, tf.variable(initial));
    initial.dispose();
  }
  return made;
}

function zerosOf(parameters: Map<string, tf.Variable>): NamedArrays {
  return new Map(
    [...parameters].map(([name, p]) => [name, { shape: p.shape, values: new Float32Array(p.size) }]),
  );
}

async function readAll(tensors: ReadonlyMap<string, tf.Tensor>): Promise<NamedArrays> {
  const arrays: NamedArrays = new Map();
  for (const [name, tensor] of tensors)
    arrays.set(name, { shape: tensor.shape, values: (await tensor.data()).slice() as Float32Array });
  return arrays;
}

function assignAll(target: Map<string, tf.Variable>, arrays: NamedArrays): void {
  for (const [name, variable] of target) {
    const array = arrays.get(name);
    if (!array) throw new Error(`the state has no ${name}`);
    const fresh = tf.tensor(array.values.slice(), array.shape);
    variable.assign(fresh as never);
    fresh.dispose();
  }
}
