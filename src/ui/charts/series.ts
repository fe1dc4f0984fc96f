// What a chart draws: one series a line. Charts of runs, of an arena and of branches all make these.

import type { Table } from "../../runs/table.ts";
import type { Window } from "../../store/charts/chartView.ts";
import { drawnLine, type LineRequest, type Points, valueAt } from "../../store/charts/curveLines.ts";

/** Points of a line in the SVG; the outline beneath has one or two for each pixel. */
export const LINE_POINTS = 150;
export const OUTLINE_POINTS = 800;

export type Mark = "circle" | "square";

export interface Series {
  id: string;
  /** Series of one row share a line of the legend, each in its column. */
  row: string;
  name: string;
  /** What distinguishes it from others of its row: "train", "train, smoothed", a split; empty where there is nothing to say. */
  column: string;
  color: string;
  dashes: string | undefined;
  width: number;
  /** Drawn along the line: a path relative to each place. */
  sign: string | null;
  points: Points;
  /** The whole curve, drawn faintly; null for what is drawn point by point. */
  outline: Points | null;
  /** The shape at each point; null for none. */
  mark: Mark | null;
  /** An interval about the line, filled; at marks a stroke. `name` is what its ends are, null where they are series of their own. */
  band: { low: Points; high: Points; name: string | null } | null;
  /** The share of its beginning that does not set the scale: a loss still falls, an interval is still wide. */
  settling: number;
}

/** What a series is called where it stands alone. */
export function labelOf({ name, column }: Series): string {
  return column === "" || column.startsWith("train") ? name : `${name}, ${column}`;
}

/** The rows of the legend, each with its series. */
export function rowsOf(series: readonly Series[]): Map<string, Series[]> {
  const rows = new Map<string, Series[]>();
  for (const one of series) rows.set(one.row, [...(rows.get(one.row) ?? []), one]);
  return rows;
}

interface MarkedLook {
  id: string;
  row: string;
  name: string;
  column: string;
  color: string;
  dashes?: string | undefined;
  width?: number;
  mark: Mark;
  band?: Series["band"];
}

/** More points than this are drawn without their marks. */
const MARKED_POINTS = 40;

/** Few points that each are measured by themselves, as evaluations are: never smoothed. */
export function markedSeries(look: MarkedLook, points: Points): Series {
  return {
    dashes: undefined,
    width: 1,
    sign: null,
    outline: null,
    band: null,
    settling: 0,
    ...look,
    points,
    mark: points.x.length <= MARKED_POINTS ? look.mark : null,
  };
}

/** A thinned line of a curve that is drawn without its raw points. */
export function plainPoints(curve: Table, request: Omit<LineRequest, "most" | "smoothing">): Points {
  return drawnLine(curve, { ...request, most: LINE_POINTS, smoothing: 0 });
}

/** How far from the curves, as a share of their range, a level still counts as near. */
const LEVEL_REACH = 0.3;
/** The margin above and below all values, as a share of their range; above a level there is space for its name. */
const MARGIN_SHARE = 0.06;
const LEVEL_NAME_SHARE = 0.14;

interface RangeOptions {
  level: { value: number; isAlwaysSeen?: boolean } | null;
  /** The stretch of x that is drawn; null: all of it, beginnings included. */
  window: Window | null;
  logarithmic: boolean;
}

/**
 * The range of values to draw, with a margin: of those in the window alone. Of a whole curve the beginning in which it
 * settles does not count; `level` counts where it is near. null where nothing can be drawn.
 */
export function valueRange(
  series: readonly Series[],
  { level, window, logarithmic }: RangeOptions,
): Window | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const one of series)
    for (const value of seenValues(one, window)) {
      if (logarithmic && value <= 0) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  if (low > high) return null;
  if (logarithmic) return [low * 0.97, high * 1.03];
  const spread = high - low || Math.abs(high) * 0.1 || 1;
  const { value = Number.NaN, isAlwaysSeen = false } = level ?? {};
  const isLevelSeen =
    isAlwaysSeen ||
    (window === null && value > low - spread * LEVEL_REACH && value < high + spread * LEVEL_REACH);
  const isLevelOnTop = isLevelSeen && value >= high;
  if (isLevelSeen) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const margin = MARGIN_SHARE * (high - low || spread);
  return [low - margin, high + (isLevelOnTop ? LEVEL_NAME_SHARE / MARGIN_SHARE : 1) * margin];
}

/** The values that set the scale. A line that is cut by the window's ends has a value there too. */
function seenValues({ points, band, settling }: Series, window: Window | null): number[] {
  return [points, ...(band ? [band.low, band.high] : [])].flatMap((line) => seenOf(line, settling, window));
}

function seenOf(points: Points, settling: number, window: Window | null): number[] {
  const { x, y } = points;
  if (window === null) return Array.from(y.subarray(y.length > 40 ? Math.ceil(y.length * settling) : 0));
  const inside = Array.from(y).filter((_, i) => x[i]! >= window[0] && x[i]! <= window[1]);
  const atEnds = window.map((end) => valueAt(points, end)).filter((value) => value !== null);
  return [...inside, ...atEnds];
}
