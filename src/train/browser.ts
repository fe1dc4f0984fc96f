// What the trainer needs, as a browser's worker gives it.

import { probeBackends, useBrowserBackend } from "../engine/backend.ts";
import { createEngine, defaultEngine } from "../engine/create.ts";
import type { BackendName, Engine } from "../engine/engine.ts";
import { makeDemoDataset } from "../preprocess/synthetic.ts";
import type { DatasetLocation } from "../protocol/messages.ts";
import { type Folder, filesFolder, urlFolder } from "../shards/byteSource.ts";
import { openDataset } from "../shards/openDataset.ts";
import type { TrainerSurroundings } from "./trainer.ts";

/** What a first step may take: it compiles, and on a CPU a large model takes its time. */
const FIRST_STEP_MS = 180_000;
/** Steps shorter than this leave the worker free to answer in time. */
const SHORT_STEP_MS = 1000;

/** The surroundings of a worker; `computing` announces a silence of at most so many milliseconds. */
export function browserSurroundings(computing: (forAtMostMs: number) => void): TrainerSurroundings {
  let backend: BackendName = "cpu";
  return {
    probe: probeBackends,
    async useBackend(name) {
      await useBrowserBackend(name);
      backend = name;
    },
    createEngine: async (config, shape) =>
      announceSilence(await createEngine(defaultEngine(backend), config, shape), computing),
    openDataset: async (location, tell) => openDataset(await folderAt(location, tell)),
  };
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
