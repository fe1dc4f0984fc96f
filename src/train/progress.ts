// Where a run begins and ends, and which split steers it.

import type { Split } from "../base/batch.ts";
import type { RunProgress } from "../checkpoint/progress.ts";
import { type Config, keepsBest } from "../model/config.ts";
import type { Interruption, Position } from "../runs/events.ts";
import type { Dataset } from "../shards/dataset.ts";

/** The progress of a run before its first step. */
export function startProgress(config: Config): RunProgress {
  return {
    epoch: 1,
    batchInEpoch: 0,
    step: 0,
    rowsSeen: 0,
    activeSeconds: 0,
    schedule: { learningRate: config.optimizer.learningRate, bestAuc: null, staleEpochs: 0 },
    best: null,
    evaluatedStep: 0,
    interruptions: [],
    ended: null,
  };
}

/** Where a run stands now. */
export function positionOf({ step, epoch, rowsSeen, activeSeconds }: RunProgress): Position {
  return { step, epoch, rowsSeen, activeSeconds, time: Date.now() };
}

/** A snapshot to resume from, which notes that it was resumed; one of a run that had come to its end stays as it is. */
export function interrupted<S extends { progress: RunProgress }>(
  snapshot: S,
  cause: Interruption["cause"],
): S {
  const { progress } = snapshot;
  if (progress.ended === "completed" || progress.ended === "early-stopped") return snapshot;
  const interruptions = [...progress.interruptions, { ...positionOf(progress), cause }];
  return { ...snapshot, progress: { ...progress, interruptions } };
}

/**
 * The split that chooses the learning rate and the best epoch: `valid` where there is one. `test` only where the best
 * weights are kept (the plateau schedule, whose definition names it, and early stopping), and every event says so; else nothing is
 * chosen on test.
 */
export function selectionSplit(config: Config, dataset: Dataset): Split | null {
  if (dataset.manifest.splits.valid.rows > 0) return "valid";
  return keepsBest(config) && dataset.manifest.splits.test.rows > 0 ? "test" : null;
}

/** Steps of a whole run. */
export function totalSteps(config: Config, dataset: Dataset): number {
  return config.epochs * Math.ceil(dataset.manifest.splits.train.rows / config.batchSize);
}
