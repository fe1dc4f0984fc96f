// Tabs of one browser, as far as the worker sees them: trainers over the same storage and the same locks, in Node.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { orThrow } from "../../src/base/result.ts";
import type { Handlers } from "../../src/base/rpc/serve.ts";
import { type Checkpoint, decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { createCheckpointStore } from "../../src/checkpoint/checkpointStore.ts";
import type { CheckpointStoreStorage } from "../../src/checkpoint/storage.ts";
import type { StoredRun } from "../../src/checkpoint/storedFiles.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { loadOnnx } from "../../src/cli/onnxRuntime.ts";
import { createEngine } from "../../src/engine/create.ts";
import { type ConfigInput, parseConfig } from "../../src/model/config.ts";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import type { Folder } from "../../src/shards/byteSource.ts";
import type { Dataset } from "../../src/shards/dataset.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import type { TrainerPlatform } from "../../src/train/platform.ts";
import type { RunOptions, TrainerEvent, TrainerRequests } from "../../src/train/requests.ts";
import { createTrainer } from "../../src/train/trainer.ts";
import { openDiskStorage } from "../checkpoint/diskStorage.ts";

export interface Tab {
  trainer: Handlers<TrainerRequests>;
  events: TrainerEvent[];
}

export interface Tabs {
  /** Of the saved runs; `storage` keeps them there, and may be replaced. */
  folder: string;
  storage: CheckpointStoreStorage;
  /** Runs that some tab holds; clearing it is what the death of all tabs does. */
  locked: Set<string>;
  open(changes?: Partial<TrainerPlatform>): Promise<Tab>;
  /** The runs that have checkpoints. */
  saved(): Promise<StoredRun[]>;
  remove(): void;
}

const made = new Map<number, Promise<Folder>>();

/** 3,000 rows of demo data, made once a seed. Every tab opens those of seed 1. */
export async function openDemo(seed: number): Promise<Dataset> {
  const folder = made.get(seed) ?? makeDemoDataset({ rows: 3000, seed, onProgress: () => {} });
  made.set(seed, folder);
  return openDataset(await folder);
}

export async function createTabs(): Promise<Tabs> {
  const folder = mkdtempSync(join(tmpdir(), "sessions-"));
  const locked = new Set<string>();
  const openStore = () =>
    createCheckpointStore({ storage: tabs.storage, budget: 1e9, breathe: async () => {} });
  const tabs: Tabs = {
    folder,
    storage: await openDiskStorage(folder),
    locked,
    saved: () => openStore().list(),
    async open(changes = {}) {
      const events: TrainerEvent[] = [];
      const checkpointStore = openStore();
      const trainer = createTrainer(
        {
          probe: async () => ({
            chosen: "wasm",
            reason: "This is Node.",
            adapter: null,
            available: ["wasm", "cpu"],
            sharedMemory: false,
          }),
          useBackend: (backend) => useNodeBackend(backend as "wasm"),
          createEngine: (config, shape, name = "fast") => createEngine(name, config, shape),
          openDataset: () => openDemo(1),
          checkpointStore: async () => checkpointStore,
          loadOnnx,
          onDeviceLost() {},
          async lockRun(runId) {
            if (locked.has(runId)) return null;
            locked.add(runId);
            return () => locked.delete(runId);
          },
          lockedRuns: async () => new Set(locked),
          ...changes,
        },
        (event) => events.push(event),
      );
      await trainer.openDataset({ location: { type: "demo", rows: 3000, seed: 1, edition: 2 } });
      return { trainer, events };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
  return tabs;
}

export const input: ConfigInput = {
  embeddingDim: 4,
  branches: [
    { units: [{ size: 8, order: 2, dropout: 0.2, batchNorm: true }] },
    { units: [{ size: 4, order: 1 }] },
  ],
  optimizer: { learningRate: 0.01 },
  batchSize: 200,
  epochs: 3,
};

export function options(runId: string, changes: Partial<RunOptions> = {}): RunOptions {
  const config = orThrow(parseConfig(input));
  return { runId, name: runId, config, backend: "wasm", evaluateEverySteps: 5, paused: false, ...changes };
}

/** As a run continues after its page was closed. */
export const RESUMED = {
  name: "a run",
  backend: "auto",
  paused: false,
  cause: "resumed",
  learningRateFactor: 1,
} as const;

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Whether the run has been saved at that step; its first step is saved, too. */
export const savedAt = (events: TrainerEvent[], step: number) =>
  events.some((event) => event.type === "saved" && event.step === step);

export const finished = (events: TrainerEvent[], runId: string) =>
  events.some((event) => event.type === "run" && event.runId === runId && event.event.type === "finished");

export async function checkpointOf(trainer: Handlers<TrainerRequests>, runId: string): Promise<Checkpoint> {
  const { blob } = await trainer.downloadCheckpoint({ runId });
  return orThrow(decodeCheckpoint(new Uint8Array(await blob.arrayBuffer()), "download"));
}
