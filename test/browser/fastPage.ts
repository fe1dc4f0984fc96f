// Runs in Chromium, called by fast.test.ts: the fast engine against the reference on WebGPU.

import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import fc from "fast-check";
import { createRandom } from "../../src/base/random.ts";
import { createReferenceEngine } from "../../src/engine/reference.ts";
import { createGpuFastEngine } from "../../src/engine/webgpu/fast.ts";
import { PRODUCT_TILES } from "../../src/engine/webgpu/product.ts";
import { type Config, parseConfig } from "../../src/model/config.ts";
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

const checks = { randomModels, longSlots, tiles, repeats };

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
  const config = small({ updates: "dense", l2Embedding: 1e-4 });
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
    states.push(await trainedState(() => createGpuFastEngine(small({}), shape, { tile })));
  if (new Set(states).size !== 1) throw new Error("two shapes of product round differently");
  return `${states.length} shapes agree bit for bit`;
}

async function repeats(): Promise<string> {
  const make = () => createGpuFastEngine(small({}), shape);
  const [first, second] = [await trainedState(make), await trainedState(make)];
  if (first !== second) throw new Error("two runs differ");
  return "two runs are equal bit for bit";
}

const shape: BatchShape = {
  rows: 600,
  fields: 6,
  tableRows: 500,
  weights: "any",
  ids: "all",
  policy: "unique",
};

/** Three steps from a seed; the whole state as text. */
async function trainedState(make: () => ReturnType<typeof createGpuFastEngine>): Promise<string> {
  const engine = await make();
  const random = createRandom(11);
  for (let step = 0; step < 3; step++) await engine.step(randomBatch(random, shape.rows, shape), 1e-3);
  const { parameters, secondMoments } = await engine.read();
  engine.dispose();
  return [...parameters.values(), ...secondMoments.values()].map(({ values }) => values.join()).join();
}

async function compare(config: Config, shape: BatchShape): Promise<void> {
  const reference = createReferenceEngine(config, shape);
  const fast = await createGpuFastEngine(config, shape);
  try {
    await expectAgreement({ reference, fast }, config, shape);
  } finally {
    reference.dispose();
    fast.dispose();
  }
}

/** Two layers in one branch, so that every product occurs; a small batch size, so that buffers must grow. */
function small(changes: Partial<Config>): Config {
  const { branches, ...rest } = preset("demo");
  const config = parseConfig({ ...rest, branches, ...changes, batchSize: 32 });
  if (!config.ok) throw new Error(config.problem.sentence);
  return config.value;
}
