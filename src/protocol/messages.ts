// The line between page and worker: each request with its answer, and the events of runs. Types only.

import type { Problem } from "../base/problem.ts";
import type { BackendName } from "../engine/engine.ts";
import type { Config, InputShape, IntegerMode } from "../model/config.ts";
import type { ArenaEvent } from "../train/arenaEvents.ts";
import type { TrainEvent } from "../train/events.ts";

/** Where a data set lies. */
export type DatasetLocation =
  | { type: "demo"; rows: number; seed: number }
  /** Address of a manifest.json; shards lie beside it. */
  | { type: "url"; manifestUrl: string }
  /** A data set's folder, dropped or picked: manifest.json, vocabulary and shards. */
  | { type: "files"; files: File[] };

/** What the page shows of an open data set. */
export interface DatasetSummary {
  name: string;
  /** SHA-256 over the manifest's content: equal for equal data. */
  identity: string;
  rows: { train: number; valid: number; test: number };
  positives: { train: number; valid: number; test: number };
  /** Bytes of all shards. */
  byteLength: number;
  shapes: Record<IntegerMode, InputShape>;
  /** Known only for synthetic data: AUC of the true click probabilities on the test split. */
  bestReachableAuc: number | null;
  columns: {
    name: string;
    kind: "integer" | "category";
    missingShare: number;
    /** Distinct values in the log (categories). */
    distinct: number;
    /** Values with an id of their own. */
    frequent: number;
  }[];
  badLines: number;
}

/** What can compute here, and which of it the studio would choose, with the reason in a sentence. */
export interface BackendReport {
  chosen: BackendName;
  reason: string;
  adapter: { description: string; vendor: string; architecture: string; isFallback: boolean } | null;
  available: BackendName[];
  crossOriginIsolated: boolean;
}

export interface RunOptions {
  runId: string;
  config: Config;
  /** "auto": WebGPU on a real adapter, else WASM. */
  backend: BackendName | "auto";
  /** Steps between evaluations on the test split besides the one at each epoch's end; 0: at epoch ends only. */
  evaluateEverySteps: number;
  /** Start paused, so that the person can step. */
  paused: boolean;
}

export interface ArenaOptions {
  arenaId: string;
  /** Two to six, which share batch size, epochs and how integers enter; a configuration's seed is not used. */
  members: { name: string; config: Config; ownSeed?: number }[];
  /** Each serves every member. */
  seeds: number[];
  backend: BackendName | "auto";
  /** Steps between evaluations on the test split besides the one at each epoch's end; 0: at epoch ends only. */
  evaluateEverySteps: number;
}

export interface ArenaRequests {
  startArena: { input: ArenaOptions; output: { backend: BackendReport } };
  /** Answered when all members have paused, after the same step. */
  pauseArena: { input: { arenaId: string }; output: { step: number } };
  resumeArena: { input: { arenaId: string }; output: { step: number } };
  /** Ends it after the step under way; what it found so far stays. */
  stopArena: { input: { arenaId: string }; output: { step: number } };
}

export interface TrainerRequests extends ArenaRequests {
  probe: { input: Record<string, never>; output: BackendReport };
  openDataset: { input: { location: DatasetLocation }; output: DatasetSummary };
  startRun: { input: RunOptions; output: { backend: BackendReport } };
  pauseRun: { input: { runId: string }; output: { step: number } };
  resumeRun: { input: { runId: string }; output: { step: number } };
  /** Trains `steps` steps and pauses again; answered when they are done. */
  stepRun: { input: { runId: string; steps: number }; output: { step: number } };
  /** Ends the run after the step under way; its results stay. */
  stopRun: { input: { runId: string }; output: { step: number } };
  /** Tensors alive, for leak checks. */
  memory: { input: Record<string, never>; output: { tensors: number; bytes: number } };
}

export type TrainerEvent =
  | { type: "run"; runId: string; event: TrainEvent }
  | { type: "arena"; arenaId: string; event: ArenaEvent }
  | { type: "dataset"; stage: string; done: number; total: number };

/** An error as data: native errors lose their fields on the way in some browsers. */
export interface WireError {
  problem: Problem | null;
  message: string;
  stack: string;
}
