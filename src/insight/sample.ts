// A fixed sample of held-out rows, and a model's logits on it, as it is or with some columns' values of other rows.

import type { Batch } from "../base/batch.ts";
import { createRandom, shuffle } from "../base/random.ts";

/** Rows of one split, in file order. n rows, F fields. */
export interface Sample {
  /** n. */
  rows: number;
  /** F. */
  fields: number;
  /** Row-major [n, F], as in a batch. */
  ids: Int32Array<ArrayBuffer>;
  weights: Float32Array<ArrayBuffer>;
  /** [n] */
  labels: Float32Array<ArrayBuffer>;
}

/** Takes a split's batches in, in file order, and keeps every so-many-th row. */
export interface SampleCollector {
  add(batch: Batch): void;
  /** The rows that were kept. */
  sample(): Sample;
}

/** A collector of at most `most` rows, equally spaced over a split of `totalRows`. */
export function createSampleCollector(totalRows: number, fields: number, most: number): SampleCollector {
  const stride = Math.max(1, Math.ceil(totalRows / most));
  const rows = Math.ceil(totalRows / stride);
  const ids = new Int32Array(rows * fields);
  const weights = new Float32Array(rows * fields);
  const labels = new Float32Array(rows);
  let seen = 0;
  let kept = 0;
  return {
    add(batch) {
      for (let r = (stride - (seen % stride)) % stride; r < batch.rowCount; r += stride) {
        const from = r * fields;
        ids.set(batch.ids.subarray(from, from + fields), kept * fields);
        weights.set(batch.weights.subarray(from, from + fields), kept * fields);
        labels[kept++] = batch.labels[r]!;
      }
      seen += batch.rowCount;
    },
    sample: () => firstRows({ rows, fields, ids, weights, labels }, kept),
  };
}

/** At most `most` of the sample's rows, equally spaced. */
export function thinned(sample: Sample, most: number): Sample {
  const collector = createSampleCollector(sample.rows, sample.fields, most);
  collector.add({ rowCount: sample.rows, ...sample });
  return collector.sample();
}

function firstRows({ fields, ids, weights, labels }: Sample, rows: number): Sample {
  return {
    rows,
    fields,
    ids: ids.subarray(0, rows * fields),
    weights: weights.subarray(0, rows * fields),
    labels: labels.subarray(0, rows),
  };
}

/** Row-major [rows, heads] logits of a batch, the fused ones last, in evaluation mode. */
export type Evaluate = (batch: Batch) => Promise<Float32Array>;

/** A model's logits on a sample: one array of n a head, each branch, then the fused output. */
export type HeadLogits = Float32Array[];

/** Evaluates a sample in batches of at most `batchSize` rows. */
export async function scoreSample(
  evaluate: Evaluate,
  { rows, fields, ids, weights, labels }: Sample,
  batchSize: number,
): Promise<HeadLogits> {
  let heads: HeadLogits = [];
  for (let from = 0; from < rows; from += batchSize) {
    const to = Math.min(rows, from + batchSize);
    const logits = await evaluate({
      rowCount: to - from,
      fields,
      ids: ids.subarray(from * fields, to * fields),
      weights: weights.subarray(from * fields, to * fields),
      labels: labels.subarray(from, to),
    });
    const width = Math.round(logits.length / (to - from));
    if (heads.length === 0) heads = Array.from({ length: width }, () => new Float32Array(rows));
    for (let r = from; r < to; r++)
      for (let h = 0; h < width; h++) heads[h]![r] = logits[(r - from) * width + h]!;
  }
  return heads;
}

/** The sample with the values of `columns` taken from row `donors[r]` for each row r; the rest of its values stay. */
export function withValuesOf(sample: Sample, columns: readonly number[], donors: Int32Array): Sample {
  const { rows, fields } = sample;
  const ids = sample.ids.slice();
  const weights = sample.weights.slice();
  for (let r = 0; r < rows; r++)
    for (const column of columns) {
      ids[r * fields + column] = sample.ids[donors[r]! * fields + column]!;
      weights[r * fields + column] = sample.weights[donors[r]! * fields + column]!;
    }
  return { ...sample, ids, weights };
}

/** A permutation of n rows, the same for the same `seed`. */
export function permutation(rows: number, ...seed: number[]): Int32Array {
  return shuffle(
    Int32Array.from({ length: rows }, (_, r) => r),
    createRandom(PERMUTATION_STREAM, ...seed),
  );
}

const PERMUTATION_STREAM = 0x1265;
