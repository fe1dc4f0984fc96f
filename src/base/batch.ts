// What the reading side passes to the model: the one currency between data and training.

import type { IdGroups } from "./idGroups.ts";

/** Rows of a data set, ready for the embedding table. B rows, F fields. */
export interface Batch {
  /** B. */
  rowCount: number;
  /** F. */
  fields: number;
  /** Table row of each field's value, row-major [B, F], each in [0, tableRows). */
  ids: Int32Array<ArrayBuffer>;
  /** Weight of that table row, row-major [B, F]: the scaled integer, 0 when missing; 1 for a category or a bucket. To be read only: batches may share it. */
  weights: Float32Array<ArrayBuffer>;
  /** Clicks, 0 or 1, [B]. */
  labels: Float32Array<ArrayBuffer>;
  /** Its ids grouped, where the reading side has done so. */
  groups?: IdGroups;
}

/** A batch of its first `rowCount` rows, which are not copied; itself where it has no more. */
export function firstRows(batch: Batch, rowCount: number): Batch {
  if (batch.rowCount <= rowCount) return batch;
  const { fields, ids, weights, labels } = batch;
  return {
    rowCount,
    fields,
    ids: ids.subarray(0, rowCount * fields),
    weights: weights.subarray(0, rowCount * fields),
    labels: labels.subarray(0, rowCount),
  };
}

export const SPLITS = ["train", "valid", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** A split's name in a sentence, where "valid rows" would say that they are in order. */
export function nameOfSplit(split: Split): string {
  return split === "valid" ? "validation" : split;
}

/** Named arrays, in order: parameters, gradients, moments. Values are row-major. */
export type NamedArrays = Map<string, { shape: number[]; values: Float32Array }>;
