// Stored values → table rows and weights, for each way in which integers may enter the model.
//
// Table rows: the integer columns' rows, one each (in `bucket` mode their OOV rows), the categories' OOV rows, in
// `bucket` mode the frequent buckets column by column, then the frequent values of the categories column by column.

import { naturalLog } from "../base/random.ts";
import { bucketOf } from "./buckets.ts";
import type { IntegerEncoding } from "./dataset.ts";
import { bucketRows, categoryColumns, type IntegerColumn, type Manifest } from "./manifest.ts";
import { MISSING } from "./rows.ts";
import type { StoredColumn } from "./shardFile.ts";

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
  /** Encodes a row group's column into `out`, from `first` on. */
  encode(stored: StoredColumn, out: EncodedValues, first: number): void;
}

export type EncodedValues = Uint8Array | Uint16Array | Int32Array | Float32Array;
type ValuesConstructor =
  | Uint8ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Float32ArrayConstructor;

/** One encoder a column, in the manifest's order. */
export function columnEncoders(manifest: Manifest, integers: IntegerEncoding): ColumnEncoder[] {
  const shift = integers === "bucket" ? bucketRows(manifest) : 0;
  return manifest.columns.map((column, field) => {
    if (column.kind === "category")
      return {
        ...{ oovRow: field, base: column.base + shift, Values: narrowest(column.frequent) },
        encode: ({ codes }, out, first) => out.set(codes, first),
      };
    const bucketed = integers === "bucket";
    const Values = bucketed ? narrowest(column.frequent) : Float32Array;
    const of = bucketed ? localBucket(column) : integerWeight(column, integers);
    return { oovRow: field, base: column.base, Values, encode: integerEncoder(of, Values, column.maximum) };
  });
}

function narrowest(greatest: number): ValuesConstructor {
  if (greatest < 256) return Uint8Array;
  return greatest < 65536 ? Uint16Array : Int32Array;
}

/** What most integers of a log become is looked up: missing, then the values from LEAST_COMMON on. */
const LEAST_COMMON = -16;
const MOST_COMMON_CODES = 1 << 16;

function integerEncoder(
  of: (value: number) => number,
  Values: ValuesConstructor,
  maximum: number | null,
): ColumnEncoder["encode"] {
  const codesUpToMaximum = Math.max(LEAST_COMMON, maximum ?? LEAST_COMMON) - LEAST_COMMON + 2;
  const common = new Values(Math.min(MOST_COMMON_CODES, codesUpToMaximum));
  for (let i = 0; i < common.length; i++) common[i] = of(i === 0 ? MISSING : LEAST_COMMON + i - 1);
  let values = new Int32Array(0);
  return ({ codes, base }, out, first) => {
    if (values.length < codes.length) values = new Int32Array(codes.length);
    // A loop over one kind of array is much faster than one over three.
    values.set(codes);
    const before = base === null ? 0 : base - 1;
    const missingCode = base === null ? MISSING : 0;
    const shift = before - LEAST_COMMON + 1;
    for (let r = 0; r < codes.length; r++) {
      const code = values[r]!;
      const other = code ^ missingCode;
      // (x | −x) >> 31 is 0 where x is 0, else −1: no branch, as which values are missing cannot be guessed.
      const index = ((code + shift) & ((other | -other) >> 31)) >>> 0;
      out[first + r] = index < common.length ? common[index]! : of((code + before) | 0);
    }
  };
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
