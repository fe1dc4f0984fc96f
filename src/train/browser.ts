// What the trainer needs, as a browser's worker gives it.

import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import { openOpfs } from "../checkpoint/opfs.ts";
import { createVault, type Vault } from "../checkpoint/vault.ts";
import { deviceLoss, probeBackends, useBrowserBackend } from "../engine/backend.ts";
import { createEngine, defaultEngine } from "../engine/create.ts";
import type { BackendName, Engine } from "../engine/engine.ts";
import { makeDemoDataset } from "../preprocess/synthetic.ts";
import type { DatasetLocation } from "../protocol/messages.ts";
import { type Folder, filesFolder, urlFolder } from "../shards/byteSource.ts";
import { openDataset } from "../shards/openDataset.ts";
import { lockedRuns, lockRun } from "./locks.ts";
import type { TrainerSurroundings } from "./trainer.ts";
import { yieldToMessages } from "./yield.ts";

/** What a first step may take: it compiles, and on a CPU a large model takes its time. */
const FIRST_STEP_MS = 180_000;
/** What saved runs may take together until the person says otherwise. */
const DEFAULT_BUDGET = 2_000_000_000;
/** Steps shorter than this leave the worker free to answer in time. */
const SHORT_STEP_MS = 1000;

/** The surroundings of a worker; `computing` announces a silence of at most so many milliseconds. */
export function browserSurroundings(computing: (forAtMostMs: number) => void): TrainerSurroundings {
  let backend: BackendName = "cpu";
  let vault: Promise<Vault> | null = null;
  let tellLoss: ((reason: string) => void) | null = null;
  return {
    probe: probeBackends,
    async useBackend(name) {
      await useBrowserBackend(name);
      if (name === "webgpu") void deviceLoss().then((reason) => tellLoss?.(reason));
      backend = name;
    },
    createEngine: async (config, shape, name = defaultEngine(backend)) =>
      announceSilence(await createEngine(name, config, shape), computing),
    openDataset: async (location, tell) => openDataset(await folderAt(location, tell)),
    vault: () => (vault ??= openVault()),
    onDeviceLost(hear) {
      tellLoss = hear;
    },
    lockRun,
    lockedRuns,
  };
}

async function openVault(): Promise<Vault> {
  try {
    const storage = await openOpfs("runs", yieldToMessages);
    return createVault({ storage, budget: DEFAULT_BUDGET, breathe: yieldToMessages });
  } catch (cause) {
    throw new ProblemError(problem("storage-missing", { reason: (cause as Error).message }));
  }
}

async function folderAt(
  location: DatasetLocation,
  tell: (stage: string, done: number, total: number) => void,
): Promise<Folder> {
  switch (location.type) {
    case "demo": {
      const { rows, seed } = location;
      return makeDemoDataset({ rows, seed, tell: (done, total) => tell("Making demo data", done, total) });
    }
    case "files":
      return filesFolder(location.files);
    case "url":
      return urlFolder(location.manifestUrl);
  }
}

/** The same engine; before a batch that may take long it says so, since nobody hears a ping while it computes. */
function announceSilence(engine: Engine, computing: (forAtMostMs: number) => void): Engine {
  let longestMs = FIRST_STEP_MS;
  let isFirst = true;
  async function announced<T>(work: () => Promise<T>): Promise<T> {
    if (longestMs > SHORT_STEP_MS) computing(4 * longestMs);
    const started = performance.now();
    const result = await work();
    const ms = performance.now() - started;
    longestMs = isFirst ? ms : Math.max(longestMs, ms);
    isFirst = false;
    return result;
  }
  return {
    ...engine,
    step: (batch, learningRate) => announced(() => engine.step(batch, learningRate)),
    evaluate: (batch) => announced(() => engine.evaluate(batch)),
  };
}
