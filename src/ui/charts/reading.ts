// What a chart says at one position: the same in its tooltip and in its legend.

import type { Window } from "../../store/charts/chartView.ts";
import { valueAt } from "../../store/charts/curveLines.ts";
import type { Series } from "./series.ts";

/** How far an evaluation may be from the crosshair to be read, as a share of the window. */
const MARK_REACH = 1 / 60;

export interface Reading {
  series: Series;
  value: number;
}

export interface Readings {
  /** Where each line that has a point before and behind `x` is drawn there. */
  lines: Reading[];
  /** The evaluations at one position, the one nearest to `x`; other positions are not among them. */
  marks: Reading[];
  /** That position; null where none is near. */
  marksAt: number | null;
}

/** Reads all series at `x`. */
export function readAt(series: readonly Series[], x: number, window: Window): Readings {
  const reach = MARK_REACH * (window[1] - window[0]);
  const lines = series.filter(({ mark }) => mark === null);
  const marked = series.filter(({ mark }) => mark !== null);
  let marksAt: number | null = null;
  for (const { points } of marked)
    for (const position of points.x)
      if (Math.abs(position - x) <= reach && (marksAt === null || closer(position, marksAt, x)))
        marksAt = position;
  return { lines: valuesAt(lines, x), marks: marksAt === null ? [] : exactly(marked, marksAt), marksAt };
}

function closer(a: number, b: number, x: number): boolean {
  return Math.abs(a - x) < Math.abs(b - x);
}

function valuesAt(series: readonly Series[], x: number): Reading[] {
  return series.flatMap((one) => {
    const value = valueAt(one.points, x);
    return value === null ? [] : [{ series: one, value }];
  });
}

function exactly(series: readonly Series[], x: number): Reading[] {
  return valuesAt(
    series.filter(({ points }) => points.x.includes(x)),
    x,
  );
}
