// Runs → the series of a chart, whichever runs.

import { EVALUATED_SPLITS, type EvaluatedSplit, type RunCurves } from "../../runs/curves.ts";
import { mayBeSmoothed } from "../../runs/points.ts";
import type { ChartView, Window } from "../../store/charts/chartView.ts";
import { curveOutline, drawnLine, type Points } from "../../store/charts/curveLines.ts";
import { bandOfLines, bandOfMarks, type SeedBand } from "../../store/charts/seedBand.ts";
import type { Cut } from "./CutLines.tsx";
import { type ChartDefinition, colorOf, DASHES, type Line } from "./definitions.ts";
import { runLook } from "./runLook.ts";
import { LINE_POINTS, type Mark, markedSeries, OUTLINE_POINTS, plainPoints, type Series } from "./series.ts";

/** With more runs than this a chart draws fused lines only, until the person asks for branches. */
const RUNS_WITH_BRANCHES = 3;
export const MARKS: Record<EvaluatedSplit, Mark> = { valid: "square", test: "circle" };

/** A run, or all seeds of a configuration as one. */
export interface DrawnRun {
  runId: string;
  name: string;
  /** Its look for ever. */
  color: number;
  /** Its curves; of several seeds each one's, and drawn are their mean and the band from the lowest to the highest. */
  curves: readonly RunCurves[];
}

/** What the ends of a band over seeds are called. */
const SEEDS_BAND = "lowest to highest seed";

/** Whether branches are drawn beside the fused lines. */
export function drawsBranches({ branches }: ChartView, runs: number): boolean {
  return branches ?? runs <= RUNS_WITH_BRANCHES;
}

/** The lines of all `runs` in one chart. A single run is drawn in its branches' colours, several by their own. */
export function seriesOf(
  { lines, splits }: Pick<ChartDefinition, "lines" | "splits">,
  runs: readonly DrawnRun[],
  view: ChartView,
): Series[] {
  const shown = shownLines(lines, drawsBranches(view, runs.length));
  // One column of the legend for all lines: smoothing leaves what has no noise as it is.
  const isSmoothed = view.smoothing > 0 && lines.some(({ column }) => mayBeSmoothed(column));
  const trainColumn = isSmoothed ? "train, smoothed" : "train";
  const isOneOfMany = runs.length > 1;
  return runs.flatMap((run) =>
    shown.flatMap((line) => lineSeries(line, splits, run, view, { trainColumn, isOneOfMany })),
  );
}

/** A run's progressive line, then its evaluations. */
function lineSeries(
  { role, label, column, dashes = DASHES[role] }: Line,
  splits: readonly EvaluatedSplit[],
  { runId, name, color, curves }: DrawnRun,
  { x, window, smoothing }: ChartView,
  { trainColumn, isOneOfMany }: { trainColumn: string; isOneOfMany: boolean },
): Series[] {
  const look = {
    row: `${runId} ${column}`,
    name: isOneOfMany ? `${label} · ${name}` : label,
    ...(isOneOfMany ? runLook(color) : { color: colorOf(role), sign: null }),
  };
  const request = { column, x, window };
  const lines = curves.map(({ progress }) =>
    drawnLine(progress, { ...request, most: LINE_POINTS, smoothing }),
  );
  const [only, ...others] = curves;
  const progressive: Series = {
    ...look,
    id: look.row,
    column: trainColumn,
    dashes,
    width: role === "fused" ? 2.25 : 1.5,
    ...seedsAsOne(lines, bandOfLines),
    outline: others.length > 0 ? null : curveOutline(only!.progress, { ...request, most: OUTLINE_POINTS }),
    mark: null,
    settling: 0.05,
  };
  const evaluated = splits.map((split) => {
    const marks = curves.map(({ evaluations }) => plainPoints(evaluations[split], request));
    const { points, band } = seedsAsOne(marks, bandOfMarks);
    return markedSeries(
      { ...look, id: `${look.row} ${split}`, column: split, dashes, mark: MARKS[split], band },
      points,
    );
  });
  return [progressive, ...evaluated].filter(({ points }) => points.x.length > 0);
}

/** A single line as it is; of several their mean and band. */
function seedsAsOne(
  lines: readonly Points[],
  bandOf: (lines: readonly Points[]) => SeedBand,
): Pick<Series, "points" | "band"> {
  const [only, ...others] = lines;
  if (others.length === 0) return { points: only!, band: null };
  const { mean, low, high } = bandOf(lines);
  return { points: mean, band: { low, high, name: SEEDS_BAND } };
}

/** Fused lines alone, or all of them; a chart without a fused line draws its branches. */
function shownLines(lines: readonly Line[], branches: boolean): readonly Line[] {
  const fused = lines.filter(({ role }) => role === "fused");
  if (branches) return lines;
  return fused.length > 0 ? fused : lines.filter(({ role }) => role !== "reference");
}

/** From the first to the last position of any run; time of day begins with the earliest run. */
export function extentOf(runs: readonly DrawnRun[], x: ChartView["x"]): Window {
  let [low, high] = x === "time" ? [Number.POSITIVE_INFINITY, 0] : [0, 0];
  for (const { progress, evaluations } of runs.flatMap(({ curves }) => curves))
    for (const curve of [progress, ...EVALUATED_SPLITS.map((split) => evaluations[split])]) {
      const positions = curve.column(x);
      low = Math.min(low, positions[0] ?? low);
      high = Math.max(high, positions.at(-1) ?? high);
    }
  return high > low ? [low, high] : [Math.min(low, high), Math.min(low, high) + 1];
}

/** Where the run was cut off and went on; of several runs none, as it would not be seen whose they are. */
export function cutsOf(runs: readonly DrawnRun[], x: ChartView["x"]): Cut[] {
  const [only, ...others] = runs.flatMap(({ curves }) => curves);
  if (!only || others.length > 0) return [];
  const { interruptions } = only;
  const lost = interruptions.column("deviceLost");
  return Array.from(interruptions.column(x), (at, i) => ({
    at,
    word: lost[i] === 1 ? "GPU lost" : "resumed",
  }));
}
