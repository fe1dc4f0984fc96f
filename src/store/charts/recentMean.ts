// What a curve was like lately: a point alone is one batch's noise.

import type { Table } from "../../runs/table.ts";

/**
 * The mean of a column of progressive points over the last `atLeast` rows, or all there are, each point weighed by its rows;
 * with how many rows these are. null where no point has a value.
 */
export function recentMean(
  progress: Table,
  column: string,
  atLeast: number,
): { mean: number; rows: number } | null {
  const [values, sizes] = [progress.column(column), progress.column("rows")];
  let [sum, rows] = [0, 0];
  for (let i = values.length - 1; i >= 0 && rows < atLeast; i--) {
    const [value, size] = [values[i]!, sizes[i]!];
    if (!Number.isFinite(value) || !(size > 0)) continue;
    sum += value * size;
    rows += size;
  }
  return rows > 0 ? { mean: sum / rows, rows } : null;
}
