// The engines in turn on the same batches: rows per second, and what a step costs. Runs in Node and in the browser, on
// tfjs' current backend.

import * as tf from "@tensorflow/tfjs";
import type { Batch } from "../../base/batch.ts";
import { categoricalUniqueShare, type StepConfigName, stepBatches, stepCase } from "../../check/stepCases.ts";
import { createEngine } from "../../engine/create.ts";
import type { BackendName, Engine, EngineName } from "../../engine/engine.ts";
import { createWasmFastEngine } from "../../engine/wasm/fast.ts";
import { createGpuFastEngine } from "../../engine/webgpu/fast.ts";
import type { Config, InputShape } from "../../model/config.ts";

export interface StepRequest {
  config: StepConfigName;
  /** Of a batch, where not the configuration's. */
  batchSize?: number;
  /** Which to measure; all of them where not said. */
  engines?: MeasuredEngine[];
  /** Turns of every engine, and the milliseconds that a turn lasts at least. */
  rounds?: number;
  turnMs?: number;
}

/** `fastNoUnique`: the fast engine with items 2 and 3 of DESIGN section 5 off. */
export type MeasuredEngine = EngineName | "fastNoUnique";
const MEASURED: MeasuredEngine[] = ["plain", "reference", "fast", "fastNoUnique"];

export interface EngineFigures {
  /** Median over the timed steps; the first step of a turn is not among them. */
  rowsPerSecond: number;
  timedSteps: number;
  /** Multiplications and additions of products, additions of gathers and segment sums. */
  flopsPerRow: number;
  uploadedBytesPerStep: number;
  /** Bytes that the engine or, for the others, tfjs holds after a step. */
  allocatedBytes: number;
  gpuDispatchesPerStep: number;
  gpuSubmitsPerStep: number;
}

export interface StepFigures {
  backend: BackendName;
  config: StepConfigName;
  batchSize: number;
  tableRows: number;
  /** Unique ids over rows × 26 categorical columns. */
  uniqueShare: number;
  engines: Partial<Record<MeasuredEngine, EngineFigures>>;
  /** Rows a second of the fast engine in evaluation mode, and how many times its training rate that is. */
  evaluation: { rowsPerSecond: number; overTraining: number } | null;
  ratios: { fastOverPlain: number | null; fastOverReference: number | null; fastOverNoUnique: number | null };
}

const BATCHES = 3;

export async function measureStepEngines(request: StepRequest): Promise<StepFigures> {
  // A plain step at `r` takes a minute.
  const { rounds = request.config === "r" ? 1 : 3, turnMs = 2000, engines: names = MEASURED } = request;
  const changes = request.batchSize ? { batchSize: request.batchSize } : {};
  const measured = stepCase(request.config, changes);
  const { config, shape } = measured;
  const batches = stepBatches(measured, BATCHES);
  const times = new Map<MeasuredEngine, number[]>(names.map((name) => [name, []]));
  const evaluations: number[] = [];
  const engines: StepFigures["engines"] = {};
  for (let round = 0; round < rounds; round++)
    for (const name of names) {
      const engine = await makeEngine(name, config, shape);
      // The first step allocates and compiles; it is counted instead of timed.
      const counted = await countStep(engine, batches[0]!);
      const turn = await timeWork(batches, turnMs, async (batch) => {
        await engine.step(batch, 1e-3);
        await engine.drain();
      });
      if (name === "fast")
        evaluations.push(...(await timeWork(batches, turnMs / 2, (batch) => engine.evaluate(batch))));
      engine.dispose();
      const all = times.get(name)!;
      all.push(...turn);
      engines[name] = { ...counted, rowsPerSecond: config.batchSize / median(all), timedSteps: all.length };
    }
  const ratio = (other: MeasuredEngine) =>
    engines.fast && engines[other] ? engines.fast.rowsPerSecond / engines[other].rowsPerSecond : null;
  return {
    backend: tf.getBackend() as BackendName,
    config: request.config,
    batchSize: config.batchSize,
    tableRows: shape.tableRows,
    uniqueShare: categoricalUniqueShare(batches[0]!),
    engines,
    evaluation: engines.fast ? evaluationFigures(engines.fast, config.batchSize / median(evaluations)) : null,
    ratios: {
      fastOverPlain: ratio("plain"),
      fastOverReference: ratio("reference"),
      fastOverNoUnique: ratio("fastNoUnique"),
    },
  };
}

function evaluationFigures(training: EngineFigures, rowsPerSecond: number): StepFigures["evaluation"] {
  return { rowsPerSecond, overTraining: rowsPerSecond / training.rowsPerSecond };
}

async function makeEngine(name: MeasuredEngine, config: Config, shape: InputShape): Promise<Engine> {
  if (name !== "fastNoUnique") return createEngine(name, config, shape);
  return tf.getBackend() === "webgpu"
    ? createGpuFastEngine(config, shape, { fields: "plain" })
    : createWasmFastEngine(config, shape, { fields: "plain" });
}

/** Seconds of each piece of work, one a batch, the device waited for. */
async function timeWork(
  batches: Batch[],
  leastMs: number,
  work: (batch: Batch) => Promise<unknown>,
): Promise<number[]> {
  const seconds: number[] = [];
  const started = performance.now();
  while (seconds.length === 0 || performance.now() - started < leastMs) {
    const before = performance.now();
    await work(batches[(seconds.length + 1) % batches.length]!);
    seconds.push((performance.now() - before) / 1000);
  }
  return seconds;
}

type Counted = Omit<EngineFigures, "rowsPerSecond" | "timedSteps">;

async function countStep(engine: Engine, batch: Batch): Promise<Counted> {
  if (!engine.cost) return countTfjsStep(engine, batch);
  await engine.step(batch, 1e-3);
  await engine.drain();
  const cost = engine.cost();
  return {
    flopsPerRow: cost.flops / cost.rows,
    uploadedBytesPerStep: cost.uploadedBytes,
    allocatedBytes: cost.allocatedBytes,
    gpuDispatchesPerStep: cost.dispatches,
    gpuSubmitsPerStep: cost.submits,
  };
}

/** A step of an engine made of tfjs operations: its products and segment sums from tfjs' own record of kernels. */
async function countTfjsStep(engine: Engine, batch: Batch): Promise<Counted> {
  const { kernels } = await tf.profile(async () => {
    await engine.step(batch, 1e-3);
    await engine.drain();
    return tf.scalar(0);
  });
  // A step of its own: profiling submits after every kernel.
  const gpu = watchGpu();
  if (gpu) {
    await engine.step(batch, 1e-3);
    await engine.drain();
  }
  const counts = gpu?.stop() ?? { dispatches: 0, submits: 0, uploadedBytes: 0 };
  let flops = 0;
  for (const { name, inputShapes, outputShapes } of kernels) {
    const [a, b] = inputShapes.map((shape) => tf.util.sizeFromShape(shape ?? []));
    // Products: |A|·|B|/|C| is the square of their inner dimension.
    if (name === "BatchMatMul" || name === "_FusedMatMul") {
      const c = tf.util.sizeFromShape(outputShapes[0]!);
      flops += 2 * c * Math.sqrt((a! * b!) / c);
    }
    if (name === "UnsortedSegmentSum") flops += a!;
  }
  return {
    flopsPerRow: flops / batch.rowCount,
    uploadedBytesPerStep: gpu
      ? counts.uploadedBytes
      : batch.ids.byteLength + batch.weights.byteLength + batch.labels.byteLength,
    allocatedBytes: tf.memory().numBytes,
    gpuDispatchesPerStep: counts.dispatches,
    gpuSubmitsPerStep: counts.submits,
  };
}

/** Counts what tfjs asks of the GPU; null without WebGPU. */
function watchGpu(): { stop(): { dispatches: number; submits: number; uploadedBytes: number } } | null {
  if (tf.getBackend() !== "webgpu") return null;
  const counts = { dispatches: 0, submits: 0, uploadedBytes: 0 };
  const pass = GPUComputePassEncoder.prototype;
  const queue = GPUQueue.prototype;
  const device = GPUDevice.prototype;
  const { dispatchWorkgroups } = pass;
  const { submit, writeBuffer } = queue;
  const { createBuffer } = device;
  pass.dispatchWorkgroups = function (...size) {
    counts.dispatches++;
    return dispatchWorkgroups.apply(this, size);
  };
  queue.submit = function (commands) {
    counts.submits++;
    return submit.call(this, commands);
  };
  queue.writeBuffer = function (...call: Parameters<GPUQueue["writeBuffer"]>) {
    counts.uploadedBytes += call[4] ?? call[2].byteLength;
    return writeBuffer.apply(this, call);
  };
  device.createBuffer = function (descriptor) {
    if (descriptor.mappedAtCreation) counts.uploadedBytes += descriptor.size;
    return createBuffer.call(this, descriptor);
  };
  return {
    stop() {
      Object.assign(pass, { dispatchWorkgroups });
      Object.assign(queue, { submit, writeBuffer });
      Object.assign(device, { createBuffer });
      return counts;
    },
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
