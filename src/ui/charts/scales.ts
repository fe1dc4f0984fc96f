// From values to places in a plot, and back.

import { ticks as evenTicks } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import type { Window } from "../../store/charts/chartView.ts";
import type { Points } from "../../store/charts/curveLines.ts";

export interface PlotArea {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Scales {
  left(x: number): number;
  top(y: number): number;
  /** The position at so many pixels from the plot's left edge. */
  xAt(pixels: number): number;
}

/** About so many ticks along an axis. */
export const TICKS = 4;
const SIGN_PLACES = [0.25, 0.6, 0.95];

/** What the axes of a plot span. */
interface Axes {
  x: Window;
  y: Window;
  logarithmic: boolean;
}

/** Pixels are counted from the plot's own corner. A logarithmic scale has no place for values ≤ 0: NaN. */
export function plotScales(
  { width, height }: Pick<PlotArea, "width" | "height">,
  { x, y, logarithmic }: Axes,
): Scales {
  const left = scaleLinear(x, [0, width]);
  return { left, top: (logarithmic ? scaleLog : scaleLinear)(y, [height, 0]), xAt: left.invert };
}

/** The points as an SVG path, with a gap where a value has no place. */
export function pathOf({ x, y }: Points, { left, top }: Scales): string {
  let path = "";
  let drawing = false;
  for (let i = 0; i < x.length; i++) {
    const place = top(y[i]!);
    if (!Number.isFinite(place)) {
      drawing = false;
      continue;
    }
    path += `${drawing ? "L" : "M"}${left(x[i]!).toFixed(1)} ${place.toFixed(1)}`;
    drawing = true;
  }
  return path;
}

/** Strokes the points as one line; for long lines this takes a third of the time of an SVG path. */
export function strokePoints(
  context: CanvasRenderingContext2D,
  { x, y }: Points,
  { left, top }: Scales,
): void {
  context.beginPath();
  let drawing = false;
  for (let i = 0; i < x.length; i++) {
    const place = top(y[i]!);
    if (!Number.isFinite(place)) drawing = false;
    else if (drawing) context.lineTo(left(x[i]!), place);
    else {
      context.moveTo(left(x[i]!), place);
      drawing = true;
    }
  }
  context.stroke();
}

/** A sign at a few places along the line, as one SVG path. */
export function signsOf({ x, y }: Points, { left, top }: Scales, sign: string): string {
  return SIGN_PLACES.map((share) => {
    const i = Math.floor(share * x.length);
    const place = top(y[i]!);
    return Number.isFinite(place) ? `M${left(x[i]!).toFixed(1)} ${place.toFixed(1)}${sign}` : "";
  }).join("");
}

/** The area between two lines as an SVG path. */
export function bandOf({ low, high }: { low: Points; high: Points }, scales: Scales): string {
  if (low.x.length === 0) return "";
  const back = pathOf({ x: low.x.toReversed(), y: low.y.toReversed() }, scales);
  return `${pathOf(high, scales)}${back.replace("M", "L")}Z`;
}

/** A stroke at each position from the lower line to the upper one, as one SVG path. */
export function whiskersOf({ low, high }: { low: Points; high: Points }, { left, top }: Scales): string {
  return Array.from(low.x, (x, i) => {
    const [from, to] = [top(low.y[i]!), top(high.y[i]!)];
    return Number.isFinite(from) && Number.isFinite(to)
      ? `M${left(x).toFixed(1)} ${from.toFixed(1)}V${to.toFixed(1)}`
      : "";
  }).join("");
}

/**
 * Round values on a logarithmic axis: powers of ten, with 2 and 5 between them; where few of these fit, even steps. d3's own are
 * all multiples from 1 to 9, which are too many for so low a chart.
 */
export function logTicks([low, high]: Window): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const factor of [1, 2, 5]) {
      const tick = factor * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  // So short a stretch is nearly linear.
  if (ticks.length < 3) return evenTicks(low, high, TICKS);
  return ticks.length > 6 ? ticks.filter((tick) => Number.isInteger(Math.log10(tick))) : ticks;
}
