// What a chart of several runs draws: one series a line, of whichever run.

import { EVALUATED_SPLITS, type EvaluatedSplit, type RunCurves } from "../../store/runCurves.ts";
import { curveOutline, drawnLine, type Points } from "../../store/runsLines.ts";
import type { RunRecord } from "../../store/runsRecord.ts";
import type { CompareView, Window } from "../../store/runsView.ts";
import { type ChartDefinition, colorOf, DASHES, type Line, type LineRole } from "../charts/definitions.ts";

/** Points of a line in the SVG; the outline beneath has one or two for each pixel. */
const LINE_POINTS = 150;
const OUTLINE_POINTS = 800;
/** More evaluations than this are drawn without their marks. */
const MARKED_POINTS = 40;
/** With more runs than this a chart draws fused lines only, until the person asks for branches. */
const RUNS_WITH_BRANCHES = 3;

export interface Series {
  key: string;
  run: RunRecord;
  role: LineRole;
  label: string;
  color: string;
  dashes: string | undefined;
  width: number;
  points: Points;
  /** The whole curve; null for evaluations, which are drawn point by point. */
  outline: Points | null;
  /** The evaluated split that the points are marks of; null for a progressive line. */
  split: EvaluatedSplit | null;
  marked: boolean;
}

export interface DrawnRun {
  record: RunRecord;
  curves: RunCurves;
}

/** Whether branches are drawn beside the fused lines. */
export function drawsBranches({ branches }: CompareView, runs: number): boolean {
  return branches ?? runs <= RUNS_WITH_BRANCHES;
}

/** The lines of all `runs` in one chart. A single run is told by its branches' colours, several by their own. */
export function seriesOf(
  { lines, splits }: Pick<ChartDefinition, "lines" | "splits">,
  runs: readonly DrawnRun[],
  view: CompareView,
): Series[] {
  const { x, window, smoothing } = view;
  const shown = shownLines(lines, drawsBranches(view, runs.length));
  return runs.flatMap(({ record, curves }) =>
    shown.flatMap(({ role, label, column }): Series[] => {
      const common = {
        ...{ run: record, role, label: runs.length > 1 ? `${label} · ${record.name}` : label },
        color: runs.length > 1 ? `var(--run-${record.color})` : colorOf(role),
      };
      const request = { column, x, window };
      const evaluated = EVALUATED_SPLITS.filter((split) => splits.includes(split)).map((split): Series => {
        const points = drawnLine(curves.evaluations[split], { ...request, most: LINE_POINTS, smoothing: 0 });
        return {
          ...common,
          ...{ key: `${record.runId} ${column} ${split}`, label: `${split}: ${common.label}` },
          ...{ points, outline: null, split, dashes: undefined, width: 1 },
          marked: points.x.length <= MARKED_POINTS,
        };
      });
      const progressive: Series = {
        ...common,
        ...{ key: `${record.runId} ${column}`, dashes: DASHES[role], width: role === "fused" ? 2.25 : 1.5 },
        points: drawnLine(curves.progress, { ...request, most: LINE_POINTS, smoothing }),
        outline: curveOutline(curves.progress, { ...request, most: OUTLINE_POINTS }),
        ...{ split: null, marked: false },
      };
      return [progressive, ...evaluated].filter(({ points }) => points.x.length > 0);
    }),
  );
}

/** Fused lines alone, or all of them; a chart without a fused line draws its branches. */
function shownLines(lines: readonly Line[], branches: boolean): readonly Line[] {
  const fused = lines.filter(({ role }) => role === "fused");
  if (branches) return lines;
  return fused.length > 0 ? fused : lines.filter(({ role }) => role !== "reference");
}

/** From the first to the last position of any run; time of day begins with the earliest run. */
export function extentOf(runs: readonly DrawnRun[], x: CompareView["x"]): Window {
  let [low, high] = x === "time" ? [Number.POSITIVE_INFINITY, 0] : [0, 0];
  for (const { curves } of runs)
    for (const curve of [curves.progress, ...EVALUATED_SPLITS.map((split) => curves.evaluations[split])]) {
      const positions = curve.column(x);
      low = Math.min(low, positions[0] ?? low);
      high = Math.max(high, positions.at(-1) ?? high);
    }
  return high > low ? [low, high] : [Math.min(low, high), Math.min(low, high) + 1];
}

/**
 * The range of values to draw. Of a whole run the first twentieth does not count, whose fall would flatten the rest;
 * `level` counts where it is near. null where nothing can be drawn.
 */
export function valueRange(
  series: readonly Series[],
  { level, whole, logarithmic }: { level: number | null; whole: boolean; logarithmic: boolean },
): Window | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { points, split } of series) {
    const { y } = points;
    const from = whole && split === null && y.length > 40 ? Math.ceil(y.length / 20) : 0;
    for (let i = from; i < y.length; i++) {
      if (logarithmic && y[i]! <= 0) continue;
      low = Math.min(low, y[i]!);
      high = Math.max(high, y[i]!);
    }
  }
  if (low > high) return null;
  if (logarithmic) return [low * 0.97, high * 1.03];
  const spread = high - low || Math.abs(high) * 0.1 || 1;
  if (level !== null && level > low - spread && level < high + spread) {
    low = Math.min(low, level);
    high = Math.max(high, level);
  }
  const margin = 0.06 * (high - low || spread);
  return [low - margin, high + margin];
}
