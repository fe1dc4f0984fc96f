// What a run reports while it is trained. Plain data: it crosses from worker to page and is kept with the run.

import type { Split } from "../base/batch.ts";
import type { Problem } from "../base/problem.ts";
import type { EngineDescription, StepCost } from "../engine/engine.ts";
import type { EvaluationPoint, HeadValues, Position, ProgressPoint } from "./points.ts";

export type { EvaluationPoint, HeadValues, Position, ProgressPoint };

/** Where a run went on after it had been cut off, and by what: what came after its last save was done again. */
export interface Interruption extends Position {
  cause: "resumed" | "device-lost";
}

export type FinishReason = "completed" | "stopped" | "early-stopped";

/** What training cost since it was reported last, reading and reporting included. */
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
