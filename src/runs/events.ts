// What a run says of itself while it goes on. Plain data: it crosses from worker to page and is kept with the run.

import type { Split } from "../base/batch.ts";
import type { Problem } from "../base/problem.ts";
import type { EngineDescription, StepCost } from "../engine/engine.ts";

/** One value for each branch and one for the fused output. */
export interface HeadValues {
  branches: number[];
  fused: number;
}

/** Where a run stands. */
export interface Position {
  /** Updates done. */
  step: number;
  /** Epoch under way, from 1. */
  epoch: number;
  /** Rows trained on, all epochs together. */
  rowsSeen: number;
  /** Seconds spent training, pauses excluded. */
  activeSeconds: number;
  /** Wall-clock time, milliseconds since 1970. */
  time: number;
}

/** Progressive metrics: training-mode forward pass before the update, over the rows since the last point. */
export interface ProgressPoint extends Position {
  rows: number;
  logLoss: HeadValues;
  /** Over the last 50,000 rows; null where they hold one class only. */
  auc: HeadValues | null;
  distillation: number[];
  teacherEntropy: number;
  /** Weighted mean of the branches' log losses − fused log loss. */
  fusionGain: number;
  l2: number;
  total: number;
  learningRate: number;
  /** true in the first epoch: the rows had not been trained on before. */
  firstPass: boolean;
}

/** Metrics on a whole split, in evaluation mode. */
export interface EvaluationPoint extends Position {
  split: Split;
  rows: number;
  logLoss: HeadValues;
  auc: HeadValues | null;
  /** DeLong's 95 % interval of the fused AUC; null where there is no AUC. */
  aucInterval: { low: number; high: number } | null;
  fusionGain: number;
  seconds: number;
}

export type FinishReason = "completed" | "stopped" | "early-stopped";

/** What training cost since the last time it was told, reading and reporting included. */
export interface TrainCost extends StepCost {
  /** Of training, as a clock beside the parts measured it: `milliseconds` adds up to it. */
  seconds: number;
}

export type TrainEvent =
  | {
      type: "started";
      position: Position;
      totalSteps: number;
      engine: EngineDescription;
      parameterCount: number;
    }
  | {
      type: "progressed";
      points: ProgressPoint[];
      position: Position;
      totalSteps: number;
      /** null for an engine that does not count. */
      cost: TrainCost | null;
      rowsPerSecond: number;
      secondsLeft: number;
    }
  | { type: "evaluating"; split: Split; rows: number; totalRows: number }
  | { type: "evaluated"; point: EvaluationPoint }
  /** FuxiCTR's schedule lowered the rate: AUC on `split` did not improve. */
  | { type: "learningRateChanged"; learningRate: number; split: Split; position: Position }
  | { type: "paused"; position: Position }
  | { type: "resumed"; position: Position }
  | { type: "finished"; reason: FinishReason; position: Position; best: EvaluationPoint | null }
  | { type: "failed"; problem: Problem };
