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

/** Turns stored values of one column into table rows and weights. */
export interface ColumnEncoder {
  /** Whether weights other than 1 occur. */
  weighted: boolean;
  /**
   * Encodes a row group's column: value r belongs to row `places[first + r]` of `ids` and `weights`, or, without places, to row `first + r`. An encoder that is not weighted leaves the weights alone.
   */
  encode(
    stored: StoredColumn,
    places: Uint32Array | null,
    first: number,
    ids: Int32Array,
    weights: Float32Array,
  ): void;
}

/** One encoder a column, in the manifest's order. */
export function columnEncoders(manifest: Manifest, integers: IntegerEncoding): ColumnEncoder[] {
  const shift = integers === "bucket" ? bucketRows(manifest) : 0;
  return manifest.columns.map((column, field) => {
    if (column.kind === "category") return categoryEncoder(field, column.base + shift);
    return integers === "bucket"
      ? bucketEncoder(column, field)
      : weightEncoder(field, integerWeight(column, integers));
  });
}

/** Local id 0 is the column's OOV row, which has the field's own number; local id n is row base + n − 1. */
function categoryEncoder(field: number, base: number): ColumnEncoder {
  const shift = base - 1 - field;
  return {
    weighted: false,
    encode({ codes }, places, first, ids) {
      for (let r = 0; r < codes.length; r++) {
        const local = codes[r]!;
        // −local >> 31 is −1 where local > 0, else 0: no branch, which for rare values would be guessed wrong half the time.
        ids[places ? places[first + r]! : first + r] = field + ((shift + local) & (-local >> 31));
      }
    },
  };
}

function weightEncoder(field: number, weightOf: (value: number) => number): ColumnEncoder {
  const common = Float64Array.from({ length: COMMON_VALUES }, (_, value) => weightOf(value));
  return {
    weighted: true,
    encode(stored, places, first, ids, weights) {
      ids.fill(field, first, first + stored.codes.length);
      putEach(stored, weightOf, common, places, first, weights);
    },
  };
}

function bucketEncoder(column: IntegerColumn, field: number): ColumnEncoder {
  const rowOf = bucketRow(column, field);
  const common = Int32Array.from({ length: COMMON_VALUES }, (_, value) => rowOf(value));
  return {
    weighted: false,
    encode: (stored, places, first, ids) => putEach(stored, rowOf, common, places, first, ids),
  };
}

/** Most integers of a log are smaller than this: what they become is looked up. */
const COMMON_VALUES = 1 << 12;

/** Puts `of` each value in its place; `common` is what it is of the values from 0 on. */
function putEach(
  { codes, base }: StoredColumn,
  of: (value: number) => number,
  common: Int32Array | Float64Array,
  places: Uint32Array | null,
  first: number,
  out: Int32Array | Float32Array,
): void {
  const before = base === null ? 0 : base - 1;
  const missingCode = base === null ? MISSING : 0;
  const ofMissing = of(MISSING);
  for (let r = 0; r < codes.length; r++) {
    const code = codes[r]!;
    const value = (code + before) | 0;
    const place = places ? places[first + r]! : first + r;
    if (code === missingCode) out[place] = ofMissing;
    else if (value >= 0 && value < COMMON_VALUES) out[place] = common[value]!;
    else out[place] = of(value);
  }
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
  return (value) => (value <= 0 ? 0 : naturalLog(1 + value) / scale);
}
