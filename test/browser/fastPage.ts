// Runs in Chromium, called by fast.test.ts: the fast engine on WebGPU against the reference. That one computes on the CPU:
// on a GPU made of software nearly all its time would be the compilation of tfjs' kernels, anew for each model. The golden
// files hold it to its numbers on WebGPU too.

import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import fc from "fast-check";
import { createRandom } from "../../src/base/random.ts";
import { installCpuKernels } from "../../src/engine/cpuKernels.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createReferenceEngine } from "../../src/engine/reference.ts";
import { createGpuFastEngine } from "../../src/engine/webgpu/fast.ts";
import { PRODUCT_TILES } from "../../src/engine/webgpu/kernels/product.ts";
import { type Config, parseConfig, unitsOf } from "../../src/model/config.ts";
import { preset } from "../../src/model/presets.ts";
import {
  type BatchShape,
  batchShape,
  configuration,
  expectAgreement,
  isComparable,
  randomBatch,
} from "../engine/agreement.ts";

/** Which check, by name. */
export type FastCheck = keyof typeof checks;

const checks = { randomModels, longSlots, tiles, splitTable, repeats, memory };

/** Throws where the check fails; else says what was seen. */
export default async function check(name: FastCheck): Promise<string> {
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  if (!(await tf.setBackend("webgpu"))) throw new Error("WebGPU did not start");
  return checks[name]();
}

async function randomModels(): Promise<string> {
  const runs = 12;
  await fc.assert(
    fc.asyncProperty(configuration, batchShape, async (config, shape) => {
      fc.pre(isComparable(config, shape));
      await compare(config, shape);
    }),
    { numRuns: runs, seed: 20261124, endOnFailure: true },
  );
  return `${runs} models agree`;
}

/** Ids that occur in more than 256 rows are summed in parts, and products of 1,024 rows are split along their depth. */
async function longSlots(): Promise<string> {
  const config = small({ updates: "dense", l2Embedding: 1e-4, branches: [twoLayers] });
  await compare(config, {
    rows: 1100,
    fields: 5,
    tableRows: 300,
    weights: "any",
    ids: "few",
    policy: "unique",
  });
  return "long slots agree";
}

/** Every shape of product gives the same numbers, so a run repeats whichever is chosen. */
async function tiles(): Promise<string> {
  const states: string[] = [];
  for (const tile of PRODUCT_TILES)
    states.push(
      await trained(() => createGpuFastEngine(small({ branches: [twoLayers] }), shape, { tile }), 1),
    );
  if (new Set(states).size !== 1) throw new Error("two shapes of product round differently");
  return `${states.length} shapes agree bit for bit`;
}

/** A table of 500 rows in parts of at most 70: every number is that of a table in one piece. */
async function splitTable(): Promise<string> {
  for (const updates of ["dense", "lazy"] as const) {
    const config = small({ updates, l2Embedding: 1e-4, branches: [twoLayers] });
    const largestTableBytes = 70 * 4 * config.embeddingDim;
    const whole = await trained(() => createGpuFastEngine(config, shape));
    const split = await trained(() => createGpuFastEngine(config, shape, { largestTableBytes }));
    if (split !== whole) throw new Error(`with ${updates} updates a split table trains otherwise`);
  }
  return "whole and split tables are equal bit for bit";
}

async function repeats(): Promise<string> {
  const branches: Config["branches"] = [
    { kind: "fm" },
    { kind: "linear" },
    { kind: "cross", layers: 2 },
    preset("demo").branches[0]!,
  ];
  for (const changes of [{}, { branches }]) {
    const make = () => createGpuFastEngine(small(changes), shape);
    const [first, second] = [await trained(make), await trained(make)];
    if (first !== second) throw new Error("two runs differ");
  }
  return "two runs are equal bit for bit";
}

/** What the device holds once it has seen a few batches it holds after 500, with smaller ones and evaluations among them. */
async function memory(): Promise<string> {
  const live = watchBuffers();
  const steps = 500;
  const few: BatchShape = { ...shape, rows: 16, fields: 3, tableRows: 40 };
  const units = unitsOf(preset("demo").branches[0]!).slice(0, 1);
  const branches: Config["branches"] = [{ kind: "final", featureGating: false, units }];
  const engine = await createGpuFastEngine(small({ batchSize: 16, branches }), few);
  const random = createRandom(3);
  let early = 0;
  for (let step = 1; step <= steps; step++) {
    await engine.step(randomBatch(random, step % 9 === 0 ? 5 : 16, few), 1e-3);
    if (step % 50 === 1) await engine.evaluate(randomBatch(random, 16, few));
    if (step % 10 === 1) await engine.drain();
    if (step === 20) early = live.bytes();
  }
  await engine.drain();
  const atLast = live.bytes();
  engine.dispose();
  live.stop();
  if (atLast !== early) throw new Error(`${early} bytes after 20 steps, ${atLast} after ${steps}`);
  return `${atLast} bytes after 20 and ${steps} steps`;
}

/** Counts the bytes of the GPU's buffers that are not destroyed. */
function watchBuffers(): { bytes(): number; stop(): void } {
  const { createBuffer } = GPUDevice.prototype;
  const { destroy } = GPUBuffer.prototype;
  const live = new Set<GPUBuffer>();
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    live.add(buffer);
    return buffer;
  };
  GPUBuffer.prototype.destroy = function () {
    live.delete(this);
    return destroy.call(this);
  };
  return {
    bytes: () => [...live].reduce((sum, { size }) => sum + size, 0),
    stop() {
      Object.assign(GPUDevice.prototype, { createBuffer });
      Object.assign(GPUBuffer.prototype, { destroy });
    },
  };
}

const shape: BatchShape = {
  rows: 600,
  fields: 6,
  tableRows: 500,
  weights: "any",
  ids: "all",
  policy: "unique",
};

/** So many steps from a seed, and an evaluation; reports and the whole state as text. */
async function trained(make: () => ReturnType<typeof createGpuFastEngine>, steps = 3): Promise<string> {
  const engine = await make();
  const random = createRandom(11);
  for (let step = 0; step < steps; step++) await engine.step(randomBatch(random, shape.rows, shape), 1e-3);
  const reports = [...(await engine.drain()), await engine.evaluate(randomBatch(random, shape.rows, shape))];
  const { parameters, secondMoments } = await engine.read();
  engine.dispose();
  const arrays = [...parameters.values(), ...secondMoments.values()].map(({ values }) => values.join());
  return JSON.stringify([reports.map(({ losses, logits }) => [losses, logits.join()]), arrays]);
}

async function compare(config: Config, shape: BatchShape): Promise<void> {
  const reference = await onCpu(async () => createReferenceEngine(config, shape));
  const fast = await createGpuFastEngine(config, shape, { fields: shape.policy });
  try {
    await expectAgreement({ reference: computingOnCpu(reference), fast }, config, shape);
  } finally {
    reference.dispose();
    fast.dispose();
  }
}

/** Does `work` while tfjs' current backend is the CPU, not the GPU. */
async function onCpu<T>(work: () => Promise<T>): Promise<T> {
  await tf.setBackend("cpu");
  installCpuKernels();
  try {
    return await work();
  } finally {
    await tf.setBackend("webgpu");
  }
}

/** The same engine, whose tensors are made on the CPU. */
function computingOnCpu(engine: Engine): Engine {
  return {
    ...engine,
    step: (batch, learningRate) => onCpu(() => engine.step(batch, learningRate)),
    drain: () => onCpu(engine.drain),
    evaluate: (batch) => onCpu(() => engine.evaluate(batch)),
    gradients: (batch) => onCpu(() => engine.gradients(batch)),
    gradientsOf: (source, batch) => onCpu(() => engine.gradientsOf(source, batch)),
    read: (into) => onCpu(() => engine.read(into)),
    write: (state) => onCpu(() => engine.write(state)),
  };
}

/** Two layers in one branch, so that every product occurs. */
const twoLayers = preset("demo").branches[0]!;

/** The demo's model, changed; a small batch size, so that buffers must grow. */
function small(changes: Partial<Config>): Config {
  const { branches, ...rest } = preset("demo");
  const config = parseConfig({ ...rest, branches, batchSize: 32, ...changes });
  if (!config.ok) throw new Error(config.problem.sentence);
  return config.value;
}
