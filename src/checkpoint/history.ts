// The curves of a run as matrices, one row a point, and back: a checkpoint carries them, and Python can plot them.

import { SPLITS } from "../base/batch.ts";
import type { EvaluationPoint, HeadValues, ProgressPoint } from "../runs/events.ts";

/** All points of a run so far, oldest first. */
export interface History {
  progress: ProgressPoint[];
  evaluations: EvaluationPoint[];
}

/** Row-major [points, columns]; NaN stands for an AUC that does not exist. */
export interface PointTable {
  columns: string[];
  values: Float64Array;
}

const POSITION = ["step", "epoch", "rowsSeen", "activeSeconds", "time"] as const;

export function progressTable(points: ProgressPoint[], branches: number): PointTable {
  return toTable(progressColumns(branches), points, (point) => [
    ...POSITION.map((name) => point[name]),
    point.rows,
    ...headNumbers(point.logLoss, branches),
    ...headNumbers(point.auc, branches),
    ...point.distillation,
    point.teacherEntropy,
    point.fusionGain,
    point.l2,
    point.total,
    point.learningRate,
    Number(point.firstPass),
  ]);
}

export function progressPoints(values: Float64Array, branches: number): ProgressPoint[] {
  return readRows(values, progressColumns(branches).length, (take) => ({
    ...takePosition(take),
    rows: take(),
    logLoss: takeHeads(take, branches),
    auc: orNull(takeHeads(take, branches)),
    distillation: takeMany(take, branches),
    teacherEntropy: take(),
    fusionGain: take(),
    l2: take(),
    total: take(),
    learningRate: take(),
    firstPass: take() === 1,
  }));
}

export function evaluationTable(points: EvaluationPoint[], branches: number): PointTable {
  return toTable(evaluationColumns(branches), points, (point) => [
    ...POSITION.map((name) => point[name]),
    SPLITS.indexOf(point.split),
    point.rows,
    ...headNumbers(point.logLoss, branches),
    ...headNumbers(point.auc, branches),
    point.aucInterval?.low ?? Number.NaN,
    point.aucInterval?.high ?? Number.NaN,
    point.fusionGain,
    point.seconds,
  ]);
}

export function evaluationPoints(values: Float64Array, branches: number): EvaluationPoint[] {
  return readRows(values, evaluationColumns(branches).length, (take) => ({
    ...takePosition(take),
    split: SPLITS[take()] ?? "test",
    rows: take(),
    logLoss: takeHeads(take, branches),
    auc: orNull(takeHeads(take, branches)),
    aucInterval: intervalOrNull(take(), take()),
    fusionGain: take(),
    seconds: take(),
  }));
}

export function progressColumns(branches: number): string[] {
  return [
    ...POSITION,
    "rows",
    ...headColumns("logLoss", branches),
    ...headColumns("auc", branches),
    ...Array.from({ length: branches }, (_, b) => `distillation/branch${b}`),
    "teacherEntropy",
    "fusionGain",
    "l2",
    "total",
    "learningRate",
    "firstPass",
  ];
}

export function evaluationColumns(branches: number): string[] {
  return [
    ...POSITION,
    "split",
    "rows",
    ...headColumns("logLoss", branches),
    ...headColumns("auc", branches),
    "auc/low",
    "auc/high",
    "fusionGain",
    "seconds",
  ];
}

function headColumns(metric: string, branches: number): string[] {
  return [`${metric}/fused`, ...Array.from({ length: branches }, (_, b) => `${metric}/branch${b}`)];
}

function toTable<T>(columns: string[], points: T[], rowOf: (point: T) => number[]): PointTable {
  return { columns, values: Float64Array.from(points.flatMap(rowOf)) };
}

function headNumbers(values: HeadValues | null, branches: number): number[] {
  return values ? [values.fused, ...values.branches] : Array<number>(branches + 1).fill(Number.NaN);
}

type Take = () => number;

function readRows<T>(values: Float64Array, width: number, read: (take: Take) => T): T[] {
  let at = 0;
  const take = () => values[at++]!;
  return Array.from({ length: values.length / width }, () => read(take));
}

function takePosition(take: Take) {
  return { step: take(), epoch: take(), rowsSeen: take(), activeSeconds: take(), time: take() };
}

function takeHeads(take: Take, branches: number): HeadValues {
  const fused = take();
  return { branches: takeMany(take, branches), fused };
}

function takeMany(take: Take, count: number): number[] {
  return Array.from({ length: count }, take);
}

function intervalOrNull(low: number, high: number): EvaluationPoint["aucInterval"] {
  return Number.isNaN(low) ? null : { low, high };
}

function orNull(values: HeadValues): HeadValues | null {
  return Number.isNaN(values.fused) ? null : values;
}
