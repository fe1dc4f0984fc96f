// Stored values → table rows and weights, for each way in which integers may enter the model.
//
// Table rows: the integer columns' rows, one each (in `bucket` mode their OOV rows), the categories' OOV rows, in
// `bucket` mode the frequent buckets column by column, then the frequent values of the categories column by column.

import { naturalLog } from "../base/random.ts";
import { bucketOf } from "./buckets.ts";
import type { IntegerEncoding } from "./dataset.ts";
import { bucketRows, categoryColumns, type IntegerColumn, type Manifest } from "./manifest.ts";
import { MISSING } from "./rows.ts";

/** F and V of a data set when integers enter this way. */
export function tableShape(
  manifest: Manifest,
  integers: IntegerEncoding,
): { fields: number; tableRows: number } {
  const fields = manifest.columns.length;
  const values = categoryColumns(manifest).reduce((sum, column) => sum + column.frequent, 0);
  const buckets = integers === "bucket" ? bucketRows(manifest) : 0;
  return { fields, tableRows: fields + buckets + values };
}

/** Turns stored values of one column into what batches are cut from: local ids, or, of a weighted column, weights. */
export interface ColumnEncoder {
  /** Rows of the table: local id 0 is `oovRow`, local id n is `base + n − 1`. A weighted column has `oovRow` alone. */
  oovRow: number;
  base: number;
  /** Arrays of it hold weights, or local ids in the fewest bytes that hold all of the column's. */
  Values: ValuesConstructor;
  /** What an integer becomes; null: stored values are local ids already. */
  integers: IntegerEncoder | null;
}

/** From an integer, or MISSING, to its local id or weight. */
export interface IntegerEncoder {
  /** Of missing integers first, then of the integers from LEAST_COMMON on: most of a log are among them. */
  common: EncodedValues;
  /** Of any. */
  encode(value: number): number;
}

export type EncodedValues = Uint8Array | Uint16Array | Int32Array | Float32Array;
export type ValuesConstructor =
  | Uint8ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Float32ArrayConstructor;

/** One encoder a column, in the manifest's order. */
export function columnEncoders(manifest: Manifest, integers: IntegerEncoding): ColumnEncoder[] {
  const shift = integers === "bucket" ? bucketRows(manifest) : 0;
  return manifest.columns.map((column, field) => {
    if (column.kind === "category")
      return { oovRow: field, base: column.base + shift, Values: narrowest(column.frequent), integers: null };
    const bucketed = integers === "bucket";
    const Values = bucketed ? narrowest(column.frequent) : Float32Array;
    const encode = bucketed ? localBucket(column) : integerWeight(column, integers);
    const common = commonValues(encode, Values, column.maximum);
    return { oovRow: field, base: column.base, Values, integers: { common, encode } };
  });
}

function narrowest(greatest: number): ValuesConstructor {
  if (greatest < 256) return Uint8Array;
  return greatest < 65536 ? Uint16Array : Int32Array;
}

/** The least integer whose encoding is looked up. */
export const LEAST_COMMON = -16;
const MOST_COMMON_VALUES = 1 << 16;

function commonValues(
  encode: (value: number) => number,
  Values: ValuesConstructor,
  maximum: number | null,
): EncodedValues {
  const upToMaximum = Math.max(LEAST_COMMON, maximum ?? LEAST_COMMON) - LEAST_COMMON + 2;
  const common = new Values(Math.min(MOST_COMMON_VALUES, upToMaximum));
  for (let i = 0; i < common.length; i++) common[i] = encode(i === 0 ? MISSING : LEAST_COMMON + i - 1);
  return common;
}

/** Local id of an integer's bucket; rare buckets have 0, the column's OOV. */
function localBucket({ buckets, frequent }: IntegerColumn): (value: number) => number {
  // Buckets of values ≥ 0 are below 463; those of negative integers are the integers themselves.
  const ids = new Int32Array(512);
  const negative = new Map<number, number>();
  let missing = 0;
  for (const [i, { value }] of buckets.slice(0, frequent).entries()) {
    if (value === null) missing = i + 1;
    else if (value < 0) negative.set(value, i + 1);
    else ids[value] = i + 1;
  }
  return (value) => {
    if (value >= 0) return ids[bucketOf(value)]!;
    return value === MISSING ? missing : (negative.get(value) ?? 0);
  };
}

/** max: x / max(0, maximum). log: ln(1 + max(x, 0)) / ln(1 + maximum). 0 when missing, or when the maximum is ≤ 0. */
function integerWeight(
  { maximum }: IntegerColumn,
  integers: Exclude<IntegerEncoding, "bucket">,
): (value: number) => number {
  if (maximum === null || maximum <= 0) return () => 0;
  if (integers === "max") return (value) => (value === MISSING ? 0 : value / maximum);
  const scale = naturalLog(1 + maximum);
  return (value) => (value <= 0 ? 0 : naturalLog(1 + value) / scale);
}
