// What the trainer needs, as a browser's worker gives it.

import { probeBackends, useBrowserBackend } from "../engine/backend.ts";
import type { Engine } from "../engine/engine.ts";
import { createReferenceEngine } from "../engine/reference.ts";
import { makeDemoDataset } from "../preprocess/demo.ts";
import type { DatasetLocation } from "../protocol/messages.ts";
import type { Dataset } from "../shards/dataset.ts";
import { openDataset } from "../shards/open.ts";
import { filesFolder, urlFolder } from "../shards/source.ts";
import type { TrainerSurroundings } from "./trainer.ts";

/** What a first step may take: it compiles, and on a CPU a large model takes its time. */
const FIRST_STEP_MS = 180_000;
/** Steps shorter than this leave the worker free to answer in time. */
const SHORT_STEP_MS = 1000;

/** The surroundings of a worker; `computing` announces a silence of at most so many milliseconds. */
export function browserSurroundings(computing: (forAtMostMs: number) => void): TrainerSurroundings {
  return {
    probe: probeBackends,
    useBackend: useBrowserBackend,
    createEngine: async (config, shape) => announceSteps(createReferenceEngine(config, shape), computing),
    openDataset: openAt,
  };
}

type Tell = (stage: string, done: number, total: number) => void;

async function openAt(location: DatasetLocation, tell: Tell): Promise<Dataset> {
  switch (location.type) {
    case "demo":
      return makeDemoDataset({ ...location, tell });
    case "files":
      return openDataset(filesFolder(location.files));
    case "url":
      return openDataset(urlFolder(location.manifestUrl));
  }
}

/** The same engine; before a step that may be long it says so, since nobody hears a ping while it computes. */
function announceSteps(engine: Engine, computing: (forAtMostMs: number) => void): Engine {
  let longestMs = FIRST_STEP_MS;
  let steps = 0;
  return {
    ...engine,
    async step(batch, learningRate) {
      if (longestMs > SHORT_STEP_MS) computing(4 * longestMs);
      const started = performance.now();
      await engine.step(batch, learningRate);
      const ms = performance.now() - started;
      longestMs = steps++ === 0 ? ms : Math.max(longestMs, ms);
    },
  };
}
