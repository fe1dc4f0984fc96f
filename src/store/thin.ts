// A long curve → few points to draw.

import type { Curve } from "./curve.ts";

/** A point ready to draw: null where there is no value. */
export type DrawnPoint = Record<string, number | null>;

/**
 * At most `most` points. Each stands for an equal stretch of the curve: `positions` are those of the stretch's end, all
 * other columns the mean of the values there are. Stretches start from the first point, so what is drawn stays put.
 */
export function thin(curve: Curve, positions: readonly string[], most: number): DrawnPoint[] {
  const stretch = Math.max(1, Math.ceil(curve.length / most));
  const columns = curve.names.map((name) => ({
    name,
    values: curve.column(name),
    isPosition: positions.includes(name),
  }));
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

function meanOf(values: Float64Array, from: number, to: number): number | null {
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
