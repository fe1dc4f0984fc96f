// One row: each head's answer, and which of its values moved it.

import type { Split } from "../base/batch.ts";
import { type Measured, measured } from "./fieldImportance.ts";
import { type Evaluate, permutation, type Sample, scoreSample } from "./sample.ts";
import { sigmoid } from "./slices.ts";

/** What the model is given of a row, F values each. */
export interface EncodedRow {
  ids: Int32Array;
  weights: Float32Array;
}

/** One row of the held-out sample, changed or not, and what a model says of it. */
export interface RowReport {
  /** Its place in the sample, of so many rows of a split. */
  row: number;
  rows: number;
  split: Split;
  /** Of the model. */
  step: number;
  /** Of the row as it stands in the data. */
  label: number;
  /** Its unchanged values in words, by column. */
  texts: string[];
  /** Changed columns whose new value has no id of its own, or is no number and was left out. */
  unknown: number[];
  /** Each branch's, then the fused one. */
  probabilities: number[];
  /** By column and head: what the value adds to the logit; null where that was not asked for. */
  effects: Measured[][] | null;
  /** What earlier evaluations said of the unchanged row. */
  history: { step: number; probabilities: number[] }[];
}

/** A sample's row. */
export function rowOf({ fields, ids, weights }: Sample, row: number): EncodedRow {
  const at = [row * fields, (row + 1) * fields] as const;
  return { ids: ids.slice(...at), weights: weights.slice(...at) };
}

/** Each branch's probability of the row, then the fused one. */
export async function probabilitiesOf(evaluate: Evaluate, row: EncodedRow): Promise<number[]> {
  const heads = await scoreSample(evaluate, repeated(row, 1), 1);
  return heads.map((head) => sigmoid(head[0]!));
}

/** Other rows that lend a value, each in turn. */
const DONORS = 24;

/**
 * What each value adds to the row's logits: the logit less its mean with the value that other rows have there, with the
 * interval of that mean. By column, each with one entry a head. They need not add up: columns act together.
 */
export async function effectsOf(
  evaluate: Evaluate,
  sample: Sample,
  row: EncodedRow,
  batchSize: number,
): Promise<Measured[][]> {
  const { fields } = sample;
  const donors = permutation(sample.rows, 1).subarray(0, DONORS);
  const rows = repeated(row, 1 + fields * donors.length);
  for (let column = 0; column < fields; column++)
    for (const [d, donor] of donors.entries()) {
      const at = (1 + column * donors.length + d) * fields + column;
      rows.ids[at] = sample.ids[donor * fields + column]!;
      rows.weights[at] = sample.weights[donor * fields + column]!;
    }
  const heads = await scoreSample(evaluate, rows, batchSize);
  return Array.from({ length: fields }, (_, column) =>
    heads.map((head) => {
      const from = 1 + column * donors.length;
      return measured(Float64Array.from(donors, (_, d) => head[0]! - head[from + d]!));
    }),
  );
}

function repeated({ ids, weights }: EncodedRow, rows: number): Sample {
  const fields = ids.length;
  const sample = {
    rows,
    fields,
    ids: new Int32Array(rows * fields),
    weights: new Float32Array(rows * fields),
    labels: new Float32Array(rows),
  };
  for (let r = 0; r < rows; r++) {
    sample.ids.set(ids, r * fields);
    sample.weights.set(weights, r * fields);
  }
  return sample;
}
