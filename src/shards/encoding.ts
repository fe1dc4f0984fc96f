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

/**
 * Writes one column of a batch from its row `at` on: `count` stored values, from `from` on, into every F-th element of `ids` and `weights`. Weights are 1 before, so only an encoder with others writes them.
 */
export type ColumnEncoder = (
  stored: Int32Array,
  from: number,
  count: number,
  ids: Int32Array,
  weights: Float32Array,
  at: number,
) => void;

/** One encoder a column, in the manifest's order. */
export function columnEncoders(manifest: Manifest, integers: IntegerEncoding): ColumnEncoder[] {
  const { columns } = manifest;
  const fields = columns.length;
  const shift = integers === "bucket" ? bucketRows(manifest) : 0;
  return columns.map((column, field) => {
    if (column.kind === "category") return categoryEncoder(fields, field, column.base + shift);
    return integers === "bucket"
      ? bucketEncoder(column, fields, field)
      : weightEncoder(fields, field, integerWeight(column, integers));
  });
}

/** Local id 0 is the column's OOV row, which has the field's own number; local id n is row base + n − 1. */
function categoryEncoder(fields: number, field: number, base: number): ColumnEncoder {
  const shift = base - 1 - field;
  return (stored, from, count, ids, _, at) => {
    for (let r = 0, out = at * fields + field; r < count; r++, out += fields) {
      const local = stored[from + r]!;
      // −local >> 31 is −1 where local > 0, else 0: no branch, which for rare values would be guessed wrong half the time.
      ids[out] = field + ((shift + local) & (-local >> 31));
    }
  };
}

function weightEncoder(fields: number, field: number, weightOf: (value: number) => number): ColumnEncoder {
  return (stored, from, count, ids, weights, at) => {
    for (let r = 0, out = at * fields + field; r < count; r++, out += fields) {
      ids[out] = field;
      weights[out] = weightOf(stored[from + r]!);
    }
  };
}

function bucketEncoder(column: IntegerColumn, fields: number, field: number): ColumnEncoder {
  const rowOf = bucketRow(column, field);
  return (stored, from, count, ids, _, at) => {
    for (let r = 0, out = at * fields + field; r < count; r++, out += fields)
      ids[out] = rowOf(stored[from + r]!);
  };
}

/** Table row of an integer's bucket; rare buckets share the column's OOV row. */
function bucketRow(column: IntegerColumn, oovRow: number): (value: number) => number {
  const frequent = column.buckets.slice(0, column.frequent);
  // Buckets of values ≥ 0 are below 463; those of negative integers are the integers themselves.
  const rows = new Int32Array(512).fill(oovRow);
  const negative = new Map<number, number>();
  let missing = oovRow;
  for (const [i, { value }] of frequent.entries()) {
    if (value === null) missing = column.base + i;
    else if (value < 0) negative.set(value, column.base + i);
    else rows[value] = column.base + i;
  }
  return (value) => {
    if (value >= 0) return rows[bucketOf(value)]!;
    return value === MISSING ? missing : (negative.get(value) ?? oovRow);
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
  // Most integers of a log are small: their logarithms are looked up.
  const table = Float64Array.from(
    { length: Math.min(maximum + 1, 1 << 14) },
    (_, x) => naturalLog(1 + x) / scale,
  );
  return (value) => {
    if (value <= 0) return 0;
    return value < table.length ? table[value]! : naturalLog(1 + value) / scale;
  };
}
