// What the page asks of the worker that trains: each request with its answer, and the events. Types only.

import type { Member } from "../arena/questions.ts";
import type { Split } from "../base/batch.ts";
import type { NumberMode } from "../base/numberModes.ts";
import type { Problem } from "../base/problem.ts";
import type { Comparison, Difference } from "../checkpoint/compare.ts";
import type { History } from "../checkpoint/history.ts";
import type { RunProgress } from "../checkpoint/progress.ts";
import type { CheckpointSummary } from "../checkpoint/summary.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import type { BackendName } from "../engine/engine.ts";
import type { EmbeddingMap } from "../insight/embeddings.ts";
import type { Insight, SliceReport } from "../insight/examiner.ts";
import type { GradientPoint } from "../insight/gradients.ts";
import type { RowReport } from "../insight/oneRow.ts";
import type { Inspection } from "../metrics/inspection.ts";
import type { Config } from "../model/config.ts";
import type { RecommendedMode } from "../preprocess/recommendedMode.ts";
import type { RaceEstimate } from "../race/estimate.ts";
import type { RaceEvent, RacePlan, RaceProgress } from "../race/record.ts";
import type { ArenaEvent } from "../runs/arenaEvents.ts";
import type { EvaluationPoint, Interruption, TrainEvent } from "../runs/events.ts";
import type { RunEvaluation } from "../runs/runEvaluation.ts";
import type { RunSlice } from "../runs/runSlices.ts";
import type { PredictSummary } from "./predict/summary.ts";

/** What there is to know of a column of numbers before choosing how it enters. */
export interface NumbersSummary {
  /** Table rows of its own ids; null where the data set does not allow the mode. */
  ids: Record<NumberMode, number | null>;
  /** Modes that give the same weight, or the same id, to all its numbers though it has several. */
  flat: NumberMode[];
  recommended: RecommendedMode;
}

/** What the page shows of an open data set. */
export interface DatasetSummary {
  name: string;
  /** SHA-256 over the manifest's content: equal for equal data. */
  identity: string;
  rows: { train: number; valid: number; test: number };
  /** How rows were dealt to the splits, and which values have an id, in words. */
  rules: string;
  positives: { train: number; valid: number; test: number };
  /** Bytes of all shards and the vocabulary. */
  byteLength: number;
  /** Known only for synthetic data: AUC of the true click probabilities on the test split. */
  bestReachableAuc: number | null;
  columns: {
    name: string;
    kind: "integer" | "category";
    /** Of the rows that were counted; null where these are not known. */
    missingShare: number | null;
    /** Distinct values in the log (categories). */
    distinct: number;
    /** Values with an id of their own. */
    frequent: number;
    /** null for a category. */
    numbers: NumbersSummary | null;
  }[];
  badLines: number;
  /** The first of them, numbered from 0; the reason completes "line 7 …". */
  badLineExamples: { line: number; reason: string }[];
}

/** What can compute here, and which of it the studio would choose, with the reason in a sentence. */
export interface BackendReport {
  chosen: BackendName;
  reason: string;
  adapter: { description: string; vendor: string; architecture: string; isFallback: boolean } | null;
  available: BackendName[];
  sharedMemory: boolean;
}

/** What a check of this device found to train fastest, and the sentence that says so. */
export interface MeasuredBackend {
  backend: BackendName;
  reason: string;
}

export interface RunOptions {
  /** Letters, digits, - and _; no other run, saved ones included, has it. */
  runId: string;
  /** What a person reads in the list of saved runs. */
  name: string;
  config: Config;
  /** "auto": what a check of this device measured to be the fastest; without one, WebGPU on a real adapter, else WASM. */
  backend: BackendName | "auto";
  /** Steps between evaluations on the test split besides the one at each epoch's end; 0: at epoch ends only. */
  evaluateEverySteps: number;
  /** Start paused, so that the person can step. */
  paused: boolean;
}

export interface ArenaOptions {
  arenaId: string;
  /** Two to six, which share batch size, epochs and how integers enter; a configuration's seed is not used. */
  members: Member[];
  /** Each serves every member. */
  seeds: number[];
  backend: BackendName | "auto";
  /** Steps between evaluations on the test split besides the one at each epoch's end; 0: at epoch ends only. */
  evaluateEverySteps: number;
}

/** How a run is resumed that was saved, or that a checkpoint brought. */
export interface Continuing {
  /** "auto": what it was trained with so far, where that can start. */
  backend: BackendName | "auto";
  /** Start paused. */
  paused: boolean;
  /** What cut it off. */
  cause: Interruption["cause"];
}

/** A run that is resumed: what the page must know to draw it as if it had never been interrupted. */
export interface ContinuedRun {
  runId: string;
  name: string;
  config: Config;
  evaluateEverySteps: number;
  backend: BackendReport;
  /** All its points up to where it stands. */
  history: History;
  progress: RunProgress;
  /** How the engine that computes now differs from the one before. */
  engine: Difference[];
  /** Newer saves that turned out damaged. */
  skipped: Problem[];
}

/** A checkpoint that was dropped or picked, before anything is done with it. */
export interface CheckpointReport {
  summary: CheckpointSummary;
  /** What of a run the file holds. */
  holds: "all" | "weights" | "curves";
  /** Against the configuration and the data set that are set up now; null without them. */
  comparison: Comparison | null;
  parameterCount: number;
  /** Whether the open data set is the one that it was trained on. */
  sameData: boolean;
  /** Why its model cannot read the open data set's rows; null where it can, or none is open. */
  otherVocabulary: Problem | null;
  /** Whether it holds all that its run needs to continue, on the same data. */
  canResume: boolean;
  /** What another program made of it, and what it lacks. */
  notices: Problem[];
}

export interface ArenaRequests {
  startArena: { input: ArenaOptions; output: { backend: BackendReport } };
}

export interface RaceOptions {
  raceId: string;
  plan: RacePlan;
  /** What an earlier page found of it. */
  before: RaceProgress;
  backend: BackendName | "auto";
}

export interface RaceRequests {
  /** Memory and time, from a few steps; what trains stands still meanwhile. */
  measureRace: { input: Pick<RaceOptions, "plan" | "backend">; output: RaceEstimate };
  startRace: { input: RaceOptions; output: { backend: BackendReport } };
}

export interface TrainerRequests extends ArenaRequests, RaceRequests {
  /** What can compute here; "auto" means `measured` from then on, where that is given and can start. */
  probe: { input: { measured?: MeasuredBackend }; output: BackendReport };
  openDataset: { input: { location: DatasetLocation }; output: DatasetSummary };
  startRun: { input: RunOptions; output: { backend: BackendReport } };
  /** Trains `steps` steps and pauses again; answered when they are done. */
  stepRun: { input: { runId: string; steps: number }; output: { step: number } };
  /**
   * Of the run, arena or race with that id. Answered when all members have paused, after the same step, or at once where it has
   * just ended.
   */
  pause: { input: { id: string }; output: { step: number } };
  resume: { input: { id: string }; output: { step: number } };
  /**
   * Ends it after the step under way; what it found so far stays. `keepBest`, of a run: its last checkpoint keeps the weights
   * of the best evaluation too, whatever the schedule; `keptBest` says whether it was done before the run ended by itself.
   */
  stop: { input: { id: string; keepBest?: boolean }; output: { step: number; keptBest: boolean } };
  /** Saves at once what the run has trained since its last save: its page may be closed. What does not train stays as it is. */
  saveUnsaved: { input: { runId: string }; output: Record<string, never> };
  /** The run as it stands between two steps, without pausing it; or as it ended. */
  downloadCheckpoint: { input: { runId: string }; output: { blob: Blob } };
  /** Reads a checkpoint and holds it for one of the three requests below. */
  inspectCheckpoint: { input: { file: Blob; name: string; config: Config | null }; output: CheckpointReport };
  /** Resumes the run of the checkpoint, under an id of its own. */
  continueCheckpoint: { input: Continuing & { runId: string }; output: ContinuedRun };
  /** A new run from the checkpoint's weights, as far as they fit; `taken` names those that do. */
  startFromCheckpoint: { input: RunOptions; output: { backend: BackendReport; taken: string[] } };
  /** The checkpoint's model on the open data set's valid and test rows: its best weights where it holds them. */
  evaluateCheckpoint: {
    input: Record<string, never>;
    output: { points: EvaluationPoint[]; weights: "best" | "latest" };
  };
  /**
   * A saved run's model on a split of a data set: the open one where `location` is null. `trainedOn` is where the run's own
   * data can be had, to look for its training rows among these; null where nobody knows. The run is left as it is.
   */
  evaluateRun: {
    input: {
      runId: string;
      name: string;
      weights: RunEvaluation["weights"];
      location: DatasetLocation | null;
      split: Split;
      /** Also measures what the model has learned, which takes longer. */
      withInsight?: boolean;
      /** Also measures slices by this column, or by "prediction"; null by none. */
      sliceBy?: string | null;
      trainedOn: DatasetLocation | null;
    };
    output: Omit<RunEvaluation, "id">;
  };
  /**
   * Resumes a saved run, which is called `name` by now; `learningRateFactor` 1 leaves its rate as it was. A complete run
   * trains `moreEpochs` more.
   */
  continueSaved: {
    input: Continuing & { runId: string; name: string; learningRateFactor: number; moreEpochs?: number };
    output: ContinuedRun;
  };
  /** A checkpoint's model as files of another tool; an ONNX file was run beside the model first. */
  exportModel: {
    input: { file: Blob; name: string; format: ExportFormat };
    output: {
      files: { name: string; blob: Blob }[];
      /** null where no weights are in the files. */
      weights: "best" | "latest" | null;
      /** The largest difference of logits, and of which rows; null for files that are not run here. */
      checked: { largest: number; rows: number; ofDataset: boolean } | null;
    };
  };
  /** A checkpoint's probabilities of a log's rows, which get the ids of the open data set. */
  scoreLog: {
    input: {
      file: Blob;
      name: string;
      logs: { name: string; file: Blob }[];
      /** The column that names each row; null where none does. */
      idColumn: string | null;
      /** What their text is written in, by the Encoding Standard's name; null: UTF-8. */
      encoding: string | null;
      format: "csv" | "parquet";
    };
    output: { summary: PredictSummary; weights: "best" | "latest"; name: string; blob: Blob };
  };
  /** How the run's model did on parts of the held-out sample, at the evaluation of that step or the newest; null before one. */
  slices: {
    input: { runId: string; step: number | null; by: number | "prediction" };
    output: (Omit<SliceReport, "slices"> & { slices: RunSlice[] }) | null;
  };
  /**
   * The probabilities of one row of the held-out sample, with edits by column, by the model as it stands; null before an
   * evaluation. `withEffects`: also which of its values moved it.
   */
  explainRow: {
    input: { runId: string; row: number; edits: [column: number, text: string][]; withEffects: boolean };
    output: RowReport | null;
  };
  /**
   * A column's embeddings as a map at the evaluation of that step, with the values' names; null before an evaluation, or where
   * the model is too large to be read at each.
   */
  embeddingMap: {
    input: { runId: string; step: number | null; column: number };
    output: (EmbeddingMap & { names: string[]; split: Split; sampleRows: number }) | null;
  };
  /** The frequent values of a category, the most frequent first, cut off; null for a column of numbers. */
  vocabulary: { input: { runId: string; column: number }; output: { values: string[] | null } };
  /** Measures all columns and interactions anew, while training stands still; an `insight` event brings them. */
  measureInsight: { input: { runId: string }; output: Record<string, never> };
  /** Tensors alive, for leak checks. */
  memory: { input: Record<string, never>; output: { tensors: number; bytes: number; wasmHeapBytes: number } };
}

/** `torchrun`: a job that resumes the run; `torchrun-new`: one that trains its configuration from the first step. */
export type ExportFormat = ModelFormat | "torchrun" | "torchrun-new";
export type ModelFormat = "onnx" | "onnx-raw" | "mindspore" | "fuxictr" | "safetensors";

export type TrainerEvent =
  /** A log is being scored. */
  | { type: "scoring"; rows: number; bytes: number; totalBytes: number }
  /** A saved run is being evaluated. */
  | { type: "evaluatingRun"; rows: number; totalRows: number }
  | { type: "run"; runId: string; event: TrainEvent }
  /** The branches on a sample of the test split, after its evaluation. */
  | { type: "inspected"; runId: string; step: number; rowsSeen: number; inspection: Inspection }
  /** What there was time to find out about the run's model at an evaluation. */
  | { type: "insight"; runId: string; insight: Insight }
  /** The gradients of a step's losses, measured before it. */
  | { type: "gradients"; runId: string; point: GradientPoint }
  | { type: "arena"; arenaId: string; event: ArenaEvent }
  | { type: "race"; raceId: string; event: RaceEvent }
  | { type: "dataset"; stage: string; done: number; total: number }
  /** Of a run, or of an arena's member that has come to its end. */
  | { type: "saved"; runId: string; step: number; byteLength: number }
  /** A save failed; the run continues. Reported once until one succeeds again. */
  | { type: "notSaved"; runId: string; problem: Problem }
  /** The GPU is gone, and with it all that was not saved of the run that it trained. */
  | { type: "deviceLost"; reason: string; runId: string };
