// The curves of one run: progressive points, and the evaluations of each split. They live outside the store, which
// holds a version that is counted up when they grow.

import type { EvaluationPoint, HeadValues, ProgressPoint, TrainEvent } from "../runs/events.ts";
import type { Interruption } from "../train/requests.ts";
import { type Curve, createCurve } from "./curve.ts";

/** What a curve can be drawn over. */
export const POSITIONS = ["rowsSeen", "step", "activeSeconds", "time"] as const;
export type PositionName = (typeof POSITIONS)[number];

/** The 95 % interval of an evaluation's fused AUC. */
const AUC_INTERVAL = ["aucLow", "aucHigh"];

/** Splits that are evaluated. */
export const EVALUATED_SPLITS = ["valid", "test"] as const;
export type EvaluatedSplit = (typeof EVALUATED_SPLITS)[number];

/** Columns are named `logLoss0` … for the branches and `logLossFused`; likewise `auc` and, branches only, the others. */
export interface RunCurves {
  branches: number;
  progress: Curve;
  evaluations: Record<EvaluatedSplit, Curve>;
  /** Where the run went on after it had been cut off; `deviceLost` is 1 where a GPU was lost, else 0. */
  interruptions: Curve;
}

export function createRunCurves(branches: number): RunCurves {
  const heads = (name: string) => [...perBranch(name, branches), `${name}Fused`];
  const evaluated = [...heads("logLoss"), ...heads("auc"), "fusionGain", "bestBranchGap"];
  const trained = [
    ...perBranch("distillation", branches),
    ...perBranch("excess", branches),
    "teacherEntropy",
    "total",
    "l2",
    "learningRate",
  ];
  return {
    branches,
    progress: createCurve([...POSITIONS, ...evaluated, ...trained]),
    evaluations: {
      valid: createCurve([...POSITIONS, ...evaluated, ...AUC_INTERVAL]),
      test: createCurve([...POSITIONS, ...evaluated, ...AUC_INTERVAL]),
    },
    interruptions: createInterruptions(),
  };
}

export function createInterruptions(): Curve {
  return createCurve([...POSITIONS, "deviceLost"]);
}

export function addInterruption({ interruptions }: RunCurves, { cause, ...at }: Interruption): void {
  const { rowsSeen, step, activeSeconds, time } = at;
  interruptions.push({ rowsSeen, step, activeSeconds, time, deviceLost: Number(cause === "device-lost") });
}

export function addProgress({ progress }: RunCurves, point: ProgressPoint): void {
  const { teacherEntropy, total, l2, learningRate } = point;
  progress.push({
    ...evaluatedColumns(point),
    ...branchColumns("distillation", point.distillation),
    ...branchColumns(
      "excess",
      point.distillation.map((value) => value - teacherEntropy),
    ),
    teacherEntropy,
    total,
    l2,
    learningRate,
  });
}

export function addEvaluation({ evaluations }: RunCurves, point: EvaluationPoint): void {
  if (point.split === "train") return;
  const { low, high } = point.aucInterval ?? { low: Number.NaN, high: Number.NaN };
  evaluations[point.split].push({ ...evaluatedColumns(point), aucLow: low, aucHigh: high });
}

/** Adds the points that an event brings, if any. */
export function takeEvent(curves: RunCurves, event: TrainEvent): void {
  if (event.type === "progressed") for (const point of event.points) addProgress(curves, point);
  if (event.type === "evaluated") addEvaluation(curves, event.point);
}

function evaluatedColumns(point: ProgressPoint | EvaluationPoint): Record<string, number> {
  const { rowsSeen, step, activeSeconds, time, logLoss, auc, fusionGain } = point;
  return {
    rowsSeen,
    step,
    activeSeconds,
    time,
    fusionGain,
    ...headColumns("logLoss", logLoss),
    ...(auc ? headColumns("auc", auc) : {}),
    bestBranchGap: Math.min(...logLoss.branches) - logLoss.fused,
  };
}

function headColumns(name: string, { branches, fused }: HeadValues): Record<string, number> {
  return { ...branchColumns(name, branches), [`${name}Fused`]: fused };
}

function branchColumns(name: string, values: number[]): Record<string, number> {
  return Object.fromEntries(values.map((value, b) => [`${name}${b}`, value]));
}

function perBranch(name: string, branches: number): string[] {
  return Array.from({ length: branches }, (_, b) => `${name}${b}`);
}
