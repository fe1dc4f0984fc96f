// The embeddings of a column's most frequent ids over a run's evaluations: how fast they move, and where they lie.

import type { NamedArrays } from "../base/batch.ts";
import { project } from "./principalAxes.ts";
import type { Sample } from "./sample.ts";

/** A column's ids on a sample, the most frequent first, with their rows and clicks there. */
export interface ColumnIds {
  ids: Int32Array;
  rows: Int32Array;
  clicks: Int32Array;
}

/** The `most` most frequent ids of a column on the sample. */
export function columnIds({ rows, fields, ids, labels }: Sample, column: number, most: number): ColumnIds {
  const counts = new Map<number, { rows: number; clicks: number }>();
  for (let r = 0; r < rows; r++) {
    const id = ids[r * fields + column]!;
    const count = counts.get(id) ?? { rows: 0, clicks: 0 };
    count.rows++;
    count.clicks += labels[r]!;
    counts.set(id, count);
  }
  const ranked = [...counts].toSorted(([a, x], [b, y]) => y.rows - x.rows || a - b).slice(0, most);
  return {
    ids: Int32Array.from(ranked, ([id]) => id),
    rows: Int32Array.from(ranked, ([, count]) => count.rows),
    clicks: Int32Array.from(ranked, ([, count]) => count.clicks),
  };
}

/** The embeddings of some ids of every column at one step. */
export interface EmbeddingRows {
  step: number;
  /** D. */
  width: number;
  /** Row-major [ids, D] a column. */
  columns: Float32Array[];
}

/** Copies the embeddings of those ids out of the model's table. */
export function embeddingRows(
  { parameters, step }: { parameters: NamedArrays; step: number },
  columns: readonly ColumnIds[],
): EmbeddingRows {
  const { values, shape } = parameters.get("embedding")!;
  const width = shape[1]!;
  return {
    step,
    width,
    columns: columns.map(({ ids }) => {
      const rows = new Float32Array(ids.length * width);
      for (const [i, id] of ids.entries()) rows.set(values.subarray(id * width, (id + 1) * width), i * width);
      return rows;
    }),
  };
}

/**
 * How far a column's embeddings moved from one evaluation to a later one, per step: ‖after − before‖ / ‖before‖ over its ids,
 * each once; null where no step lies between.
 */
export function updateRate(before: EmbeddingRows, after: EmbeddingRows, column: number): number | null {
  const steps = after.step - before.step;
  if (steps <= 0) return null;
  const [old, now] = [before.columns[column]!, after.columns[column]!];
  let moved = 0;
  let length = 0;
  for (let i = 0; i < old.length; i++) {
    moved += (now[i]! - old[i]!) ** 2;
    length += old[i]! ** 2;
  }
  return length > 0 ? Math.sqrt(moved / length) / steps : null;
}

/** A column's ids by their embeddings, on the two axes along which these differ most. */
export interface EmbeddingMap {
  /** The evaluation's. */
  step: number;
  /** The most frequent ids of the sample. */
  ids: Int32Array;
  /** Of the sample, by id. */
  rows: Int32Array;
  clicks: Int32Array;
  x: Float64Array;
  y: Float64Array;
  /** What the two axes show of all variance of the embeddings, each id counted as often as it occurs. */
  shares: number[];
}

/** What an id with few rows is counted with beside its own, so that one click makes no click rate of 100 %. */
const PRIOR_ROWS = 20;

/** Click rates that lie nearer to the common one the fewer rows an id has. */
export function shrunkenRates(rows: ArrayLike<number>, clicks: ArrayLike<number>): Float64Array {
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  const common = sum(clicks) / Math.max(1, sum(rows));
  return Float64Array.from(rows, (count, i) => (clicks[i]! + PRIOR_ROWS * common) / (count + PRIOR_ROWS));
}

/** The map of a column; clicks are likelier to the right, and upwards, where they go with an axis at all. */
export function embeddingMap(
  embeddings: EmbeddingRows,
  ids: readonly ColumnIds[],
  column: number,
): EmbeddingMap {
  const { step, width, columns } = embeddings;
  const own = ids[column]!;
  const rates = shrunkenRates(own.rows, own.clicks);
  const { coordinates, shares } = project(columns[column]!, width, own.rows, rates, 2);
  const zeros = new Float64Array(own.ids.length);
  return { step, ...own, x: coordinates[0]!, y: coordinates[1] ?? zeros, shares };
}
