// What a curve was like lately: a point alone is one batch's noise.

import type { Table } from "../../runs/table.ts";

/** What a person is shown of training's noisy figures is a mean over so many rows. */
export const RECENT_ROWS = 10_000;

/**
 * The mean of a column of progressive points over the last `atLeast` rows, or all there are, each point weighed by its rows;
 * with how many rows these are. null where no point has a value.
 */
export function recentMean(
  progress: Table,
  column: string,
  atLeast: number,
): { mean: number; rows: number } | null {
  const [values, sizes] = [progress.column(column), rowsOfPoints(progress)];
  let [sum, rows] = [0, 0];
  for (let i = values.length - 1; i >= 0 && rows < atLeast; i--) {
    const [value, size] = [values[i]!, sizes[i]!];
    if (!Number.isFinite(value) || !(size > 0)) continue;
    sum += value * size;
    rows += size;
  }
  return rows > 0 ? { mean: sum / rows, rows } : null;
}

/** The curves of an arena do not name the rows of their points: they are those since the point before. */
function rowsOfPoints(progress: Table): ArrayLike<number> {
  if (progress.names.includes("rows")) return progress.column("rows");
  const seen = progress.column("rowsSeen");
  return seen.map((rows, i) => rows - (seen[i - 1] ?? 0));
}
