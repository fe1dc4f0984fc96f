// A checkpoint's run as the list keeps it: its record and its curves.

import type { CheckpointCurves } from "../checkpoint/curves.ts";
import { type CheckpointSummary, toSummary } from "../checkpoint/summary.ts";
import { parameterCount } from "../model/parameters.ts";
import {
  addEvaluation,
  addInterruption,
  addProgress,
  createRunCurves,
  type RunCurves,
} from "../runs/curves.ts";
import { dataSchema, type RunRecord, resultsOf } from "../runs/record.ts";

interface CheckpointRun {
  record: Omit<RunRecord, "color">;
  curves: RunCurves;
}

/** The run that a checkpoint is of, with all its points so far. */
export function runOfCheckpoint(checkpoint: CheckpointCurves): CheckpointRun {
  const { history, progress, dataset, config } = checkpoint;
  const curves = createRunCurves(config.branches.length);
  for (const point of history.progress) addProgress(curves, point);
  for (const point of history.evaluations) addEvaluation(curves, point);
  for (const cut of progress.interruptions) addInterruption(curves, cut);
  return { record: recordOf(toSummary(checkpoint), curves, parameterCount(config, dataset)), curves };
}

/** The run of a checkpoint of which nothing but its summary can be read. */
export function emptyRun(summary: CheckpointSummary): CheckpointRun {
  const curves = createRunCurves(summary.config.branches.length);
  return { record: recordOf(summary, curves, 0), curves };
}

function recordOf(
  { run, config, dataset, engine, progress }: CheckpointSummary,
  curves: RunCurves,
  parameters: number,
): CheckpointRun["record"] {
  const { step, rowsSeen, activeSeconds, ended } = progress;
  const data = { name: dataset.name.slice(0, 500), identity: dataset.identity, location: run.origin };
  return {
    runId: run.id,
    name: run.name.trim() || run.id,
    note: "",
    tags: [],
    shown: true,
    isBaseline: false,
    startedAt: curves.progress.column("time")[0] ?? run.savedAt,
    arenaId: null,
    config,
    data: dataSchema.safeParse(data).success ? data : { ...data, location: null },
    status: ended ?? "running",
    backend: engine.backend,
    parameterCount: parameters,
    step,
    totalSteps: config.epochs * Math.ceil(dataset.trainRows / config.batchSize),
    rowsSeen,
    activeSeconds,
    rowsPerSecond: activeSeconds > 0 ? rowsSeen / activeSeconds : 0,
    results: resultsOf(curves),
    evaluations: [],
  };
}
