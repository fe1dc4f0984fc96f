// Curves of kept runs → lines to draw within a window: a thinned, smoothed line, and the whole curve's outline beneath.

import { bisectCenter, bisectLeft } from "d3-array";
import { mayBeSmoothed, type PositionName } from "../../runs/points.ts";
import type { Column, Table } from "../../runs/table.ts";
import type { Window } from "./chartView.ts";

/** Points in the order of x. */
export interface Points {
  x: Float64Array;
  y: Float64Array;
}

export interface LineRequest {
  column: string;
  x: PositionName;
  /** The stretch of x; null: all. */
  window: Window | null;
  /** At most so many points. */
  most: number;
  smoothing: number;
}

const NO_POINTS: Points = { x: new Float64Array(0), y: new Float64Array(0) };
/** Lines of one curve that are kept for the next drawing. */
const CACHED_LINES = 120;
const cache = new WeakMap<Table, Map<string, Points>>();

/**
 * The column smoothed from its first point on, then cut to the window and thinned: each point stands for an equal
 * stretch, at its mean. The points before the window and at or beyond its end are among them: lines reach the frame.
 */
export function drawnLine(curve: Table, request: LineRequest): Points {
  return cached(curve, "line", request, () => {
    const values = smoothedColumn(curve, request);
    return thinned(curve, values, request, (from, to, emit, positions) => {
      let [sum, count] = [0, 0];
      for (let i = from; i < to; i++) {
        if (Number.isNaN(values[i]!)) continue;
        sum += values[i]!;
        count++;
      }
      if (count > 0) emit(positions[to - 1]!, sum / count);
    });
  });
}

/** The raw column's lowest and highest point of each of `most` / 2 equal stretches: to the eye, the whole curve. */
export function curveOutline(curve: Table, request: Omit<LineRequest, "smoothing">): Points {
  return cached(curve, "outline", { ...request, smoothing: 0 }, () => {
    const values = curve.column(request.column);
    return thinned(curve, values, { ...request, most: request.most / 2 }, (from, to, emit, positions) => {
      let [low, high] = [-1, -1];
      for (let i = from; i < to; i++) {
        if (Number.isNaN(values[i]!)) continue;
        if (low < 0 || values[i]! < values[low]!) low = i;
        if (high < 0 || values[i]! > values[high]!) high = i;
      }
      if (low < 0) return;
      const [first, second] = low < high ? [low, high] : [high, low];
      emit(positions[first]!, values[first]!);
      if (second !== first) emit(positions[second]!, values[second]!);
    });
  });
}

/** The value nearest to `x`; null where the line has no point within reach (a tenth of the window). */
export function valueNear({ x: positions, y }: Points, x: number, reach: number): number | null {
  const nearest = bisectCenter(positions, x);
  return Math.abs(positions[nearest]! - x) <= reach ? y[nearest]! : null;
}

/** Where the drawn line is at `x`, between two of its points too; null before its first and behind its last. */
export function valueAt({ x: positions, y }: Points, x: number): number | null {
  const at = bisectLeft(positions, x);
  if (at === positions.length) return null;
  if (positions[at] === x) return y[at]!;
  if (at === 0) return null;
  const share = (x - positions[at - 1]!) / (positions[at]! - positions[at - 1]!);
  return y[at - 1]! + share * (y[at]! - y[at - 1]!);
}

function smoothedColumn(curve: Table, { column, smoothing }: LineRequest): Column {
  const values = curve.column(column);
  return mayBeSmoothed(column) ? smooth(values, smoothing) : values;
}

type Stretch = (from: number, to: number, emit: (x: number, y: number) => void, positions: Column) => void;

function thinned(
  curve: Table,
  values: Column,
  { x, window, most }: Omit<LineRequest, "smoothing">,
  stretch: Stretch,
): Points {
  const positions = curve.column(x);
  const from = window ? Math.max(0, bisectLeft(positions, window[0]) - 1) : 0;
  const to = window ? Math.min(values.length, bisectLeft(positions, window[1]) + 1) : values.length;
  if (to <= from) return NO_POINTS;
  // Stretches are counted from the first point, so what is drawn stays put while the curve grows.
  const width = Math.max(1, Math.ceil((to - from) / most));
  const xs: number[] = [];
  const ys: number[] = [];
  for (let start = Math.floor(from / width) * width; start < to; start += width)
    stretch(
      Math.max(start, from),
      Math.min(start + width, to),
      (px, py) => {
        xs.push(px);
        ys.push(py);
      },
      positions,
    );
  return { x: Float64Array.from(xs), y: Float64Array.from(ys) };
}

function cached(curve: Table, kind: string, request: LineRequest, make: () => Points): Points {
  if (!curve.names.includes(request.column)) return NO_POINTS;
  const { column, x, window, most, smoothing } = request;
  const key = [kind, column, x, window, most, smoothing, curve.length].join(" ");
  const lines = cache.get(curve) ?? new Map<string, Points>();
  cache.set(curve, lines);
  const known = lines.get(key);
  if (known) return known;
  const made = make();
  if (lines.size >= CACHED_LINES) lines.clear();
  lines.set(key, made);
  return made;
}

/**
 * The exponential moving average of `values`, rid of its bias towards the start (each mean is divided by the weights it
 * has): 0 leaves them as they are. Missing values stay missing and move nothing.
 */
export function smooth(values: Column, weight: number): Column {
  if (weight === 0) return values;
  const smoothed = new Float64Array(values.length);
  let mean = 0;
  let weights = 0;
  // An iterator would make an array for each of a million values.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      smoothed[i] = Number.NaN;
      continue;
    }
    mean = weight * mean + (1 - weight) * value;
    weights = weight * weights + (1 - weight);
    smoothed[i] = mean / weights;
  }
  return smoothed;
}
