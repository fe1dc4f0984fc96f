// What the page knows of its worker, its data and its run, as one store that the components read.

import type { StoreApi } from "zustand/vanilla";
import type { Problem } from "../base/problem.ts";
import { DEMO_DATA } from "../datasets/demoData.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import type { BackendName } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";
import type { PresetName } from "../model/presets.ts";
import type { BackendReport, DatasetSummary } from "../train/requests.ts";
import type { CheckedDraft } from "./configuration/draft.ts";
import type { Job } from "./queue/job.ts";
import type { RunState } from "./training/runState.ts";

/** What is open where nothing was open before. */
export const DEMO: DatasetLocation & { type: "demo" } = { type: "demo", ...DEMO_DATA };

export type WorkerStatus = { type: "starting" } | { type: "ready" } | { type: "dead"; problem: Problem };

/** What takes the place of what is training. */
export type Change =
  | { type: "dataset"; location: DatasetLocation }
  /** A saved run is resumed. */
  | { type: "saved"; runId: string; name: string; moreEpochs?: number }
  /** The run of the checkpoint that was inspected is resumed. */
  | { type: "checkpoint" }
  /** A new run starts from that checkpoint's weights. */
  | { type: "weights"; config: Config }
  /** A run or an arena starts, a run paused where the person steps; it may wait in the queue instead. */
  | { type: "job"; job: Job; paused: boolean };

export interface StudioState {
  worker: WorkerStatus;
  backends: BackendReport | null;
  dataset: { location: DatasetLocation; summary: DatasetSummary } | null;
  /** A data set on its way in. */
  opening: { stage: string; done: number; total: number } | null;
  /** What the person wants, until he has said whether what is training may end for it. */
  wanted: Change | null;
  /** The folder that was open when the page was left; null once something was opened. */
  folderOffer: FileSystemDirectoryHandle | null;
  configuration: CheckedDraft;
  /** The preset that the configuration equalled last: changes are marked against it. */
  basePreset: PresetName;
  backend: BackendName | "auto";
  /** Steps between evaluations besides those at the ends of epochs; 0: none. */
  evaluateEverySteps: number;
  run: RunState | null;
  /** Problems on show, the newest last. */
  notices: Problem[];
}

/** Whether a worker and rows to train on are there. */
export function canTrain({ worker, dataset, opening }: StudioState): boolean {
  return worker.type === "ready" && opening === null && dataset !== null && isForTraining(dataset.summary);
}

/** A data set that was made with the ids of another one has test rows only. */
export function isForTraining({ rows }: DatasetSummary): boolean {
  return rows.train > 0;
}

export type StudioStore = StoreApi<StudioState>;
