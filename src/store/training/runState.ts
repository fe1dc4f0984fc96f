// What the page knows of a run, and how each of its events changes that.

import { assertNever } from "../../base/assert.ts";
import type { Split } from "../../base/batch.ts";
import type { EngineDescription } from "../../engine/engine.ts";
import type { HeldOutPoint } from "../../metrics/heldOutTurn.ts";
import type { Config } from "../../model/config.ts";
import type { EvaluatedSplit } from "../../runs/curves.ts";
import type {
  EvaluationPoint,
  FinishReason,
  Position,
  ProgressPoint,
  TrainCost,
  TrainEvent,
} from "../../runs/events.ts";
import type { BackendReport, ContinuedRun } from "../../train/requests.ts";
import { recentCost } from "./recentCost.ts";
import { afterStart, isUnderWay, type TrainingStatus } from "./status.ts";

export type RunStatus = TrainingStatus | { type: "finished"; reason: FinishReason };

export interface RunState {
  runId: string;
  name: string;
  config: Config;
  /** Name of the data set that it trains on. */
  datasetName: string;
  /** When it was started, or resumed, in this page: milliseconds since 1970. */
  startedAt: number;
  status: RunStatus;
  backend: BackendReport | null;
  engine: EngineDescription | null;
  parameterCount: number;
  position: Position;
  totalSteps: number;
  rowsPerSecond: number;
  secondsLeft: number;
  /** What steps cost of late; null for an engine that does not count. */
  cost: TrainCost | null;
  /** The newest progressive point, and the newest that had an AUC. */
  latest: ProgressPoint | null;
  latestAuc: ProgressPoint["auc"];
  latestEvaluation: Partial<Record<EvaluatedSplit, EvaluationPoint>>;
  /** The fused log loss of every evaluation, by split. */
  heldOut: Record<EvaluatedSplit, HeldOutPoint[]>;
  /** The best evaluation by the split that selects; null where nothing selects. */
  best: EvaluationPoint | null;
  /** The person stopped it so that its checkpoint keeps the best weights, which its schedule would not. */
  keptBest: boolean;
  evaluating: { split: Split; rows: number; totalRows: number } | null;
  /** Counted up when the curves grow. */
  curvesVersion: number;
}

export function newRun(identity: Pick<RunState, "runId" | "name" | "config" | "datasetName">): RunState {
  return {
    ...identity,
    startedAt: Date.now(),
    status: { type: "starting" },
    backend: null,
    engine: null,
    parameterCount: 0,
    position: { step: 0, epoch: 1, rowsSeen: 0, activeSeconds: 0, time: 0 },
    totalSteps: 0,
    rowsPerSecond: 0,
    secondsLeft: Number.POSITIVE_INFINITY,
    cost: null,
    latest: null,
    latestAuc: null,
    latestEvaluation: {},
    heldOut: { valid: [], test: [] },
    best: null,
    keptBest: false,
    evaluating: null,
    curvesVersion: 0,
  };
}

/** A run that is resumed, as if the page had watched it from its beginning. */
export function continuedRun(
  { runId, name, config, backend, history, progress }: ContinuedRun,
  datasetName: string,
): RunState {
  const { step, epoch, rowsSeen, activeSeconds, best } = progress;
  const evaluated = (split: EvaluatedSplit) => history.evaluations.findLast((point) => point.split === split);
  const [valid, test] = [evaluated("valid"), evaluated("test")];
  return {
    ...newRun({ runId, name, config, datasetName }),
    backend,
    best,
    position: { step, epoch, rowsSeen, activeSeconds, time: Date.now() },
    latest: history.progress.at(-1) ?? null,
    latestAuc: history.progress.findLast((point) => point.auc !== null)?.auc ?? null,
    latestEvaluation: { ...(valid && { valid }), ...(test && { test }) },
    heldOut: {
      valid: heldOutPoints(history.evaluations, "valid"),
      test: heldOutPoints(history.evaluations, "test"),
    },
    curvesVersion: 1,
  };
}

function heldOutPoints(evaluations: EvaluationPoint[], split: EvaluatedSplit): HeldOutPoint[] {
  return evaluations
    .filter((point) => point.split === split)
    .map(({ step, logLoss }) => ({ step, logLoss: logLoss.fused }));
}

/** Whether the worker still holds the run. */
export function isActive(run: RunState | null): run is RunState {
  return run !== null && isUnderWay(run.status);
}

/** The run after `event`. */
export function afterEvent(run: RunState, event: TrainEvent): RunState {
  switch (event.type) {
    case "started": {
      const { engine, parameterCount, totalSteps, position } = event;
      return { ...run, engine, parameterCount, totalSteps, position, status: afterStart(run.status) };
    }
    case "progressed": {
      const { points, position, totalSteps, rowsPerSecond, secondsLeft } = event;
      return {
        ...run,
        position,
        totalSteps,
        rowsPerSecond,
        secondsLeft,
        cost: recentCost(run.cost, event.cost),
        evaluating: null,
        latest: points.at(-1) ?? run.latest,
        latestAuc: points.findLast((point) => point.auc !== null)?.auc ?? run.latestAuc,
        curvesVersion: run.curvesVersion + 1,
      };
    }
    case "evaluating": {
      const { split, rows, totalRows } = event;
      return { ...run, evaluating: { split, rows, totalRows } };
    }
    case "evaluated": {
      const { point } = event;
      const { split } = point;
      return {
        ...run,
        ...(split !== "train" && {
          heldOut: { ...run.heldOut, [split]: [...run.heldOut[split], ...heldOutPoints([point], split)] },
        }),
        evaluating: null,
        latestEvaluation: { ...run.latestEvaluation, [point.split]: point },
        curvesVersion: run.curvesVersion + 1,
      };
    }
    case "learningRateChanged":
      return { ...run, position: event.position };
    case "paused":
      return { ...run, position: event.position, status: { type: "paused" } };
    case "resumed":
      return { ...run, position: event.position, status: { type: "running" } };
    case "finished":
      return {
        ...run,
        position: event.position,
        best: event.best,
        evaluating: null,
        status: { type: "finished", reason: event.reason },
      };
    case "failed":
      return { ...run, evaluating: null, status: { type: "failed", problem: event.problem } };
    default:
      return assertNever(event);
  }
}
