// Which columns of numbers have fractions: these are kept as float32, the others as integers of 32 bits.

import type { ColumnRole } from "../roles.ts";

/** The largest magnitude of an integer that is kept. */
export const LARGEST = 2147483647;

/** Notes one more number of a column; NaN stands for none. A column that is said to be of numbers may hold large ones. */
export function noteFraction(
  fractions: boolean[],
  c: number,
  value: number,
  role: ColumnRole = "integer",
): void {
  if (isKeptAsFloat(value, role)) fractions[c] = true;
}

/** Whether a number of a column needs a float. */
export function isKeptAsFloat(value: number, role: ColumnRole): boolean {
  return (
    Math.abs(value % 1) > 0 || (role === "number" && Math.abs(value) > LARGEST && Number.isFinite(value))
  );
}

/** What `Layout.fractions` says of such columns; nothing where none has any. */
export function fractionsOf(fractions: boolean[]): { fractions?: boolean[] } {
  return fractions.includes(true) ? { fractions } : {};
}

/** What is wrong with a number for its column, as in "has 5 in column I1, …"; null where it can be kept. */
export function numberFault(value: number, isFraction: boolean): string | null {
  if (!Number.isFinite(value)) return "which is no finite number";
  if (isFraction)
    return Number.isFinite(Math.fround(value)) ? null : "which is too large for a float of 32 bits";
  if (!Number.isInteger(value)) return "which is not an integer, as the column's numbers are kept";
  return Math.abs(value) > LARGEST ? "which needs more than 32 bits" : null;
}
