// Where a run stands: what it knows besides the engine's state, and what a checkpoint therefore keeps.

import type { Split } from "../base/batch.ts";
import type { Config } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import type { EvaluationPoint, Position } from "./events.ts";
import type { ScheduleState } from "./schedule.ts";

/** All that a run knows besides the engine's state. Between two events it is consistent with that state. */
export interface RunProgress {
  /** Epoch under way, from 1. */
  epoch: number;
  /** Batches of that epoch that are done. */
  batchInEpoch: number;
  step: number;
  rowsSeen: number;
  activeSeconds: number;
  schedule: ScheduleState;
  /** The best evaluation, on the split that `selectionSplit` names; null where nothing selects. */
  best: EvaluationPoint | null;
}

export function startProgress(config: Config): RunProgress {
  const schedule = { learningRate: config.optimizer.learningRate, bestAuc: null, staleEpochs: 0 };
  return { epoch: 1, batchInEpoch: 0, step: 0, rowsSeen: 0, activeSeconds: 0, schedule, best: null };
}

export function positionOf({ step, epoch, rowsSeen, activeSeconds }: RunProgress): Position {
  return { step, epoch, rowsSeen, activeSeconds, time: Date.now() };
}

/**
 * The split that chooses the learning rate and the best epoch: `valid` where there is one. `test` only for the plateau
 * schedule, whose definition names it, and every event says so; with a constant rate nothing is chosen on test.
 */
export function selectionSplit(config: Config, dataset: Dataset): Split | null {
  if (dataset.manifest.splits.valid.rows > 0) return "valid";
  return config.schedule.type === "plateau" && dataset.manifest.splits.test.rows > 0 ? "test" : null;
}

/** Steps of a whole run. */
export function totalSteps(config: Config, dataset: Dataset): number {
  return config.epochs * Math.ceil(dataset.manifest.splits.train.rows / config.batchSize);
}
