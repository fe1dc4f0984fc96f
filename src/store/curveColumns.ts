// Curves as JSON: each column a list of numbers, null where a point had no value.

import { z } from "zod";
import type { Curve } from "./curve.ts";

export const columnsSchema = z.record(z.string(), z.array(z.number().nullable()));
export type StoredColumns = z.infer<typeof columnsSchema>;

/** The curve's columns as a JSON object's text. */
export function columnsJson(curve: Curve): string {
  const columns = curve.names.map((name) => `"${name}":[${Array.from(curve.column(name), text).join(",")}]`);
  return `{${columns.join(",")}}`;

  function text(value: number): string {
    return Number.isFinite(value) ? shortest(value) : "null";
  }
}

/** As few digits as give the same float32 again; counts and times are whole. */
export function shortest(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)));
}

/**
 * Pushes the stored points; says why they cannot be a curve. Positions have no gaps, and the first of them never falls.
 */
export function fillCurve(
  curve: Curve,
  stored: StoredColumns,
  positions: readonly [string, ...string[]],
): string | null {
  const known = new Set(curve.names);
  const names = Object.keys(stored);
  const [order] = positions;
  const length = stored[order]?.length ?? 0;
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) return `no curve here is called ${unknown}`;
  const uneven = names.find((name) => stored[name]!.length !== length);
  if (uneven !== undefined) return `${uneven} has ${stored[uneven]!.length} points, ${order} has ${length}`;
  for (const position of positions) {
    const values = stored[position];
    if (length > 0 && !values) return `${position} is missing`;
    if (values?.includes(null)) return `${position} has gaps`;
  }
  if (stored[order]?.some((value, i, values) => i > 0 && value! < values[i - 1]!))
    return `${order} does not rise`;
  for (let i = 0; i < length; i++) {
    const point: Record<string, number> = {};
    for (const name of names) point[name] = stored[name]![i] ?? Number.NaN;
    curve.push(point);
  }
  return null;
}
