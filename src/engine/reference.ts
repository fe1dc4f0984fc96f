// The readable engine: the model of src/model by automatic differentiation, one tfjs operation after another.
// It is the oracle that the fast engine is held against.

import * as tf from "@tensorflow/tfjs";
import type { Batch, NamedArrays } from "../base/batch.ts";
import { adamStep, adamUpdate, CLIP_EPSILON } from "../model/adam.ts";
import type { Config, InputShape } from "../model/config.ts";
import { forward, type ModelInput, type Output } from "../model/final.ts";
import { initialParameters, initialRunning } from "../model/initialize.ts";
import { BATCH_NORM_MOMENTUM } from "../model/layers.ts";
import { finalLoss, type LossTensors } from "../model/loss.ts";
import { decays, parameterSpecs } from "../model/parameters.ts";
import { describeEngine } from "./describe.ts";
import { dropEmbeddings } from "./embeddingDropout.ts";
import type { Engine, EngineDescription, Losses, ModelState, StepReport } from "./engine.ts";

/** What is differentiated: all of the loss, or the part of clicks or of distillation alone. */
type LossPart = "total" | "fused" | "taught";

/** The forward pass of a model: the reference's, or another one with the same parameters. */
export type Forward = typeof forward;

/** An engine on tfjs' current backend whose parameters start from the configuration's seed. */
export function createReferenceEngine(config: Config, shape: InputShape): Engine {
  return createAutodiffEngine(config, shape, "reference", forward);
}

/** A model's variables by name, and what its updates need to know of them. */
interface State {
  readonly config: Config;
  readonly shape: InputShape;
  readonly forwardPass: Forward;
  readonly names: string[];
  /** Names of those with a row for each id, which L2 acts on. */
  readonly tables: string[];
  /** Names of those that weight decay acts on. */
  readonly decayed: ReadonlySet<string>;
  readonly parameters: Variables;
  /** Adam's moments. */
  readonly first: Variables;
  readonly second: Variables;
  /** Batch norm's running statistics. */
  readonly running: Variables;
  updates: number;
}

type Variables = Map<string, tf.Variable>;
type Gradients = Map<string, tf.Tensor>;

/** Automatic differentiation of `forwardPass`, and Adam on what comes out. Step reports wait on the device. */
export function createAutodiffEngine(
  config: Config,
  shape: InputShape,
  name: EngineDescription["engine"],
  forwardPass: Forward,
): Engine {
  const state = createState(config, shape, forwardPass);
  const { parameters, first, second, running } = state;
  const description = describeEngine(name);
  const waiting: { step: number; labels: Float32Array; packed: tf.Tensor; logits: tf.Tensor }[] = [];

  return {
    description,
    async step(batch, learningRate) {
      tf.tidy(() => {
        const { losses, output, gradients } = differentiate(state, batch, "total");
        update(state, batch, gradients, learningRate);
        updateRunning(state, batch, output);
        waiting.push({
          step: state.updates + 1,
          labels: batch.labels,
          packed: tf.keep(packLosses(losses)),
          logits: tf.keep(packLogits(output)),
        });
        disposeAll(losses, output);
      });
      state.updates++;
    },
    async drain() {
      const reports: StepReport[] = [];
      for (const { step, labels, packed, logits } of waiting.splice(0)) {
        const values = await readReport(config, packed, logits);
        reports.push({ step, rowCount: labels.length, ...values, labels });
      }
      return reports;
    },
    async evaluate(batch) {
      const [packed, logits] = tf.tidy(() => {
        const output = forwardPass(config, parameters, toInput(batch), { type: "evaluation", running });
        const losses = finalLoss(config, output, tf.tensor1d(batch.labels), penalisedRows(state, batch));
        return [packLosses(losses), packLogits(output)];
      }) as [tf.Tensor, tf.Tensor];
      return { rowCount: batch.rowCount, ...(await readReport(config, packed, logits)) };
    },
    gradients: (batch) => readGradients(state, batch, "total"),
    gradientsOf: (source, batch) =>
      readGradients(state, batch, source === "clicks" ? "fused" : "taught", (gradients) => {
        for (const table of state.tables)
          gradients.set(table, touchedRows(gradients.get(table)! as tf.Tensor2D, batch));
      }),
    async read() {
      return {
        step: state.updates,
        parameters: await readAll(parameters),
        running: await readAll(running),
        firstMoments: await readAll(first),
        secondMoments: await readAll(second),
      };
    },
    async write(given: ModelState) {
      assignAll(parameters, given.parameters);
      assignAll(running, given.running);
      assignAll(first, given.firstMoments);
      assignAll(second, given.secondMoments);
      state.updates = given.step;
    },
    dispose() {
      for (const { packed, logits } of waiting.splice(0)) tf.dispose([packed, logits]);
      for (const group of [parameters, first, second, running]) for (const v of group.values()) v.dispose();
    },
  };
}

function createState(config: Config, shape: InputShape, forwardPass: Forward): State {
  const specs = parameterSpecs(config, shape);
  const namesOf = (wanted: typeof specs) => wanted.map(({ name }) => name);
  const parameters = variables(initialParameters(config, shape));
  return {
    config,
    shape,
    forwardPass,
    names: namesOf(specs),
    tables: namesOf(specs.filter(({ kind }) => kind === "embedding" || kind === "linear")),
    decayed: new Set(namesOf(specs.filter(decays))),
    parameters,
    first: variables(zerosOf(parameters)),
    second: variables(zerosOf(parameters)),
    running: variables(initialRunning(config)),
    updates: 0,
  };
}

/** Losses, logits and gradients of a batch, of `part` of its losses; the caller's tidy owns them. */
function differentiate(
  state: State,
  batch: Batch,
  part: LossPart,
): { losses: LossTensors; output: Output; gradients: Gradients } {
  const { config, names, parameters } = state;
  const step = state.updates + 1;
  const input = toInput(dropEmbeddings(batch, config, step));
  const labels = tf.tensor1d(batch.labels);
  let losses!: LossTensors;
  let output!: Output;
  const { grads } = tf.variableGrads(
    () => {
      output = state.forwardPass(config, parameters, input, { type: "training", step });
      losses = finalLoss(config, output, labels, penalisedRows(state, batch));
      keepAll(losses, output);
      return losses[part];
    },
    names.map((n) => parameters.get(n)!),
  );
  const gradients: Gradients = new Map();
  for (const n of names) {
    const parameter = parameters.get(n)!;
    // A part of the losses need not depend on all parameters.
    gradients.set(n, grads[parameter.name] ?? tf.zerosLike(parameter));
  }
  return { losses, output, gradients };
}

/** The gradients of a batch, without an update. `change` is applied to them on the device. */
async function readGradients(
  state: State,
  batch: Batch,
  part: LossPart,
  change: (gradients: Gradients) => void = () => {},
): Promise<NamedArrays> {
  const onDevice = tf.tidy(() => {
    const { losses, output, gradients } = differentiate(state, batch, part);
    disposeAll(losses, output);
    change(gradients);
    return Object.fromEntries(gradients);
  });
  const arrays = await readAll(new Map(Object.entries(onDevice)));
  tf.dispose(onDevice);
  return arrays;
}

/** All rows of what L2 acts on, or with lazy updates each row of the batch once. */
function penalisedRows({ config, tables, parameters }: State, batch: Batch): tf.Tensor2D[] {
  const all = tables.map((table) => parameters.get(table)! as tf.Tensor2D);
  return config.updates === "dense" ? all : all.map((table) => touchedRows(table, batch));
}

function update(state: State, batch: Batch, gradients: Gradients, learningRate: number): void {
  const { config, shape, parameters, first, second } = state;
  const adam = adamStep(config.optimizer, learningRate, state.updates + 1);
  const scale = config.optimizer.clipNorm > 0 ? clippedBy(gradients, config.optimizer.clipNorm) : null;
  for (const n of state.names) {
    const [p, m, v] = [parameters.get(n)!, first.get(n)!, second.get(n)!];
    const gradient = scale ? tf.mul(gradients.get(n)!, scale) : gradients.get(n)!;
    // AdamW (Loshchilov and Hutter 2019, Algorithm 2; PyTorch): the weight shrinks before Adam moves it.
    const before = adam.decay > 0 && state.decayed.has(n) ? tf.mul(p, 1 - adam.decay) : p;
    const next = adamUpdate(adam, before, gradient, m, v);
    const lazy = config.updates === "lazy" && state.tables.includes(n);
    const touched = lazy ? touchedMask(batch, shape.tableRows) : null;
    const chosen = (fresh: tf.Tensor, old: tf.Tensor) => (touched ? tf.where(touched, fresh, old) : fresh);
    p.assign(chosen(next.parameter, p));
    m.assign(chosen(next.first, m));
    v.assign(chosen(next.second, v));
  }
}

function updateRunning({ running }: State, { rowCount }: Batch, { statistics }: Output): void {
  for (const [unit, { mean, variance }] of statistics) {
    blend(running.get(`${unit}/mean`)!, mean);
    // The running variance is the unbiased one; a single row has none.
    if (rowCount > 1) blend(running.get(`${unit}/variance`)!, tf.mul(variance, rowCount / (rowCount - 1)));
  }
}

/** What brings the norm of all gradients together down to `clipNorm` (`clipScale`). */
function clippedBy(gradients: Gradients, clipNorm: number): tf.Scalar {
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

/** Reads the losses and logits of a batch from the device and frees them there. */
async function readReport(
  config: Config,
  packed: tf.Tensor,
  logits: tf.Tensor,
): Promise<{ losses: Losses; logits: Float32Array }> {
  const losses = unpackLosses((await packed.data()) as Float32Array, config.branches.length);
  const values = (await logits.data()) as Float32Array;
  tf.dispose([packed, logits]);
  return { losses, logits: values };
}

/** [B, branches + 1] */
function packLogits({ branchLogits, fusedLogits }: Output): tf.Tensor {
  return tf.concat([branchLogits, tf.expandDims(fusedLogits, 1)], 1);
}

function variables(arrays: NamedArrays): Variables {
  const made: Variables = new Map();
  for (const [name, { shape, values }] of arrays) {
    const initial = tf.tensor(values, shape);
    made.set(name, tf.variable(initial));
    initial.dispose();
  }
  return made;
}

function zerosOf(parameters: Variables): NamedArrays {
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

function assignAll(target: Variables, arrays: NamedArrays): void {
  for (const [name, variable] of target) {
    const array = arrays.get(name);
    if (!array) throw new Error(`the state has no ${name}`);
    const fresh = tf.tensor(array.values.slice(), array.shape);
    variable.assign(fresh as never);
    fresh.dispose();
  }
}
