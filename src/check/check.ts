// Checks a device: are its numbers right (golden files), what do its kernels reach, and how fast does it train?

import { orThrow } from "../base/result.ts";
import { createEngine } from "../engine/create.ts";
import type { BackendName, EngineDescription } from "../engine/engine.ts";
import type { Adapter } from "../engine/webgpu/adapter.ts";
import { unitsOf } from "../model/config.ts";
import { checkGolden, parseGolden } from "../train/golden.ts";
import { gpuBench } from "./gpuBench.ts";
import { type KernelFigures, measureKernels } from "./kernelFigures.ts";
import { type BackendOutcome, type GoldenOutcome, productPeak, type StepOutcome } from "./report.ts";
import { type StepCase, type StepConfigName, stepBatches, stepCase } from "./stepCases.ts";
import { wasmBench } from "./wasmBench.ts";

export interface BackendCheck {
  /** tfjs' current backend, ready for an engine. */
  backend: Exclude<BackendName, "cpu">;
  adapter: Adapter | null;
  /** At least one. */
  golden: { name: string; text: string }[];
  /** The models to time, from the smallest to the largest. */
  configs: readonly StepConfigName[];
  /** Rows a step of the timed models; left out, each model's own. */
  batchSize?: number;
  /** What is being done, and which share of this backend's check is behind it, from 0 to 1. */
  onProgress(stage: string, share: number): void;
  /** Ends the check between two pieces of work, with the signal's reason. */
  signal: AbortSignal;
}

const STEP_SECONDS = 1.5;
/** A model is left out where one step would take longer. */
const LONGEST_STEP_SECONDS = 10;
// Shares of the time that the parts take, roughly.
const GOLDEN_SHARE = 0.25;
const KERNEL_SHARE = 0.15;

/** Checks the current backend. Throws what a kernel throws, and the signal's reason. */
export async function checkBackend(check: BackendCheck): Promise<BackendOutcome> {
  const { backend, adapter, golden, configs, batchSize, onProgress, signal } = check;
  let description: EngineDescription | null = null;
  const outcome: GoldenOutcome = { files: golden.length, passed: 0, worstError: 0 };
  for (const [i, file] of golden.entries()) {
    signal.throwIfAborted();
    onProgress(`golden file ${i + 1} of ${golden.length}`, (GOLDEN_SHARE * i) / golden.length);
    const { engine, passed, ...errors } = await checkFile(file);
    description = engine;
    if (passed) outcome.passed++;
    outcome.worstError = Math.max(outcome.worstError, ...Object.values(errors));
  }
  signal.throwIfAborted();
  onProgress("kernels", GOLDEN_SHARE);
  const bench = backend === "webgpu" ? await gpuBench() : wasmBench();
  let kernels: KernelFigures;
  try {
    kernels = await measureKernels(bench);
  } finally {
    bench.free();
  }
  const steps: StepOutcome[] = [];
  for (const [i, config] of configs.entries()) {
    signal.throwIfAborted();
    const before = GOLDEN_SHARE + KERNEL_SHARE;
    onProgress(`training ${config}`, before + ((1 - before) * i) / configs.length);
    const step = await timeSteps(
      stepCase(config, batchSize ? { batchSize } : {}),
      config,
      productPeak(kernels),
      steps,
      signal,
    );
    steps.push(step);
  }
  return { engine: description!, adapter, golden: outcome, kernels, steps };
}

async function checkFile({ name, text }: { name: string; text: string }) {
  const parsed = orThrow(parseGolden(text, name));
  const engine = await createEngine("fast", parsed.config, parsed.shape);
  try {
    return { ...(await checkGolden(parsed, engine)), engine: engine.description };
  } finally {
    engine.dispose();
  }
}

async function timeSteps(
  measured: StepCase,
  name: StepConfigName,
  peak: number,
  before: readonly StepOutcome[],
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { config, shape } = measured;
  const { batchSize } = config;
  // A model's parts other than products take as many times longer as they did at the models before it.
  const slower = Math.max(1, ...before.map(({ shareOfPeak }) => (shareOfPeak ? 1 / shareOfPeak : 1)));
  const expected = (roughFlops(config, shape.fields) * batchSize * slower) / peak;
  const leftOut = { rowsPerSecond: null, flopsPerRow: null, shareOfPeak: null };
  if (expected > LONGEST_STEP_SECONDS)
    return { config: name, batchSize, ...leftOut, leftOutSeconds: expected };
  const batches = stepBatches(measured, 2);
  const engine = await createEngine("fast", config, shape);
  try {
    // The first step allocates and compiles.
    await engine.step(batches[0]!, 1e-3);
    await engine.drain();
    const cost = engine.cost!();
    const flopsPerRow = cost.flops / cost.rows;
    const seconds: number[] = [];
    const started = performance.now();
    while (seconds.length === 0 || performance.now() - started < 1000 * STEP_SECONDS) {
      signal.throwIfAborted();
      const at = performance.now();
      await engine.step(batches[seconds.length % batches.length]!, 1e-3);
      await engine.drain();
      seconds.push((performance.now() - at) / 1000);
    }
    seconds.sort((a, b) => a - b);
    const rowsPerSecond = batchSize / seconds[seconds.length >> 1]!;
    const shareOfPeak = (rowsPerSecond * flopsPerRow) / peak;
    return { config: name, batchSize, rowsPerSecond, flopsPerRow, shareOfPeak, leftOutSeconds: null };
  } finally {
    engine.dispose();
  }
}

/** About what a row costs with a fifth of the first layer, which unique ids leave: for a first guess of a step's time. */
function roughFlops(
  { embeddingDim, branches }: ReturnType<typeof stepCase>["config"],
  fields: number,
): number {
  let flops = 0;
  for (const branch of branches) {
    let width = (fields * embeddingDim) / 5;
    if (branch.kind === "cross") flops += 6 * (branch.layers - 0.8) * (fields * embeddingDim) ** 2;
    for (const { size, order } of unitsOf(branch)) {
      flops += 6 * width * size * order;
      width = size;
    }
  }
  return flops;
}
