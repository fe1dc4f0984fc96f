// A long curve → few points to draw.

import type { Column, Curve } from "./curve.ts";

/** A point ready to draw: null where there is no value. */
export type DrawnPoint = Record<string, number | null>;

export interface ThinOptions {
  /** Columns that say where a point is. */
  positions: readonly string[];
  /** At most so many points. */
  most: number;
  /** What becomes of a column's values before they are thinned. */
  prepare?: (name: string, values: Column) => Column;
}

/**
 * Each point stands for an equal stretch of the curve: positions are those of the stretch's end, all other columns the
 * mean of the values there are. Stretches are counted from the first point, so what is drawn stays put.
 */
export function thin(curve: Curve, { positions, most, prepare }: ThinOptions): DrawnPoint[] {
  const stretch = Math.max(1, Math.ceil(curve.length / most));
  const columns = curve.names.map((name) => {
    const isPosition = positions.includes(name);
    const values = curve.column(name);
    return { name, isPosition, values: isPosition ? values : (prepare?.(name, values) ?? values) };
  });
  const points: DrawnPoint[] = [];
  for (let from = 0; from < curve.length; from += stretch) {
    const to = Math.min(from + stretch, curve.length);
    const point: DrawnPoint = {};
    for (const { name, values, isPosition } of columns)
      point[name] = isPosition ? values[to - 1]! : meanOf(values, from, to);
    points.push(point);
  }
  return points;
}

function meanOf(values: Column, from: number, to: number): number | null {
  let sum = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count > 0 ? sum / count : null;
}
