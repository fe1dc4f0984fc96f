// One column of numbers → a weight of its one table row, or an id, for each way in which numbers may enter the model.

import type { NumberMode } from "../base/numberModes.ts";
import { naturalLog } from "../base/random.ts";
import { problemError } from "../base/result.ts";
import { bucketOf, bucketOfFraction, firstBucketOf } from "./buckets.ts";
import type { IntegerColumn } from "./manifest.ts";
import { MISSING } from "./rows.ts";

export interface NumberEncoding {
  /** Table rows of its own ids 1 to this, besides the column's own row; 0 of a mode with weights. */
  ids: number;
  isWeight: boolean;
  /** The weight, or the local id, 0 for the column's OOV. A missing number is MISSING, or NaN where there are fractions. */
  encode(value: number): number;
}

/**
 * With `x` a number of the column, and minimum, maximum, mean and deviation those of the rows that ids were fitted on:
 *
 *   max       x / max(0, maximum)                           MindSpore; a weight, as the next three
 *   log       ln(1 + max(x, 0)) / ln(1 + maximum)
 *   standard  (x − mean) / deviation
 *   minmax    (x − minimum) / (maximum − minimum)
 *   bucket    an id for each frequent bucket                 FuxiCTR (src/shards/buckets.ts)
 *   quantile  an id for each equal share of the rows
 *
 * A weight is 0 where the number is missing, or where the divisor would not be above 0. Throws a ProblemError for a
 * column of a data set that does not say what the mode needs.
 */
export function numberEncoding(column: IntegerColumn, mode: NumberMode): NumberEncoding {
  if (mode === "bucket") return { ids: column.frequent, isWeight: false, encode: localBucket(column) };
  if (mode === "quantile") return shares(column);
  return { ids: 0, isWeight: true, encode: weightOf(weightRule(column, mode)) };
}

/** Whether the data set says what the mode needs to know of the column. */
export function allowsMode({ statistics }: IntegerColumn, mode: NumberMode): boolean {
  return statistics !== undefined || (mode !== "standard" && mode !== "quantile");
}

/** Table rows that a column's ids take in this mode. Throws as `numberEncoding` does. */
export function ownIds(column: IntegerColumn, mode: NumberMode): number {
  if (mode === "bucket") return column.frequent;
  if (mode === "quantile") return quantilesOf(column).length + 1 + (column.missing > 0 ? 1 : 0);
  if (mode === "standard") statisticsOf(column, mode);
  return 0;
}

/** Whether a column that has several numbers gets the same weight, or the same id, for all of them in this mode. */
export function isFlat(column: IntegerColumn, mode: NumberMode): boolean {
  const { minimum, maximum, buckets, frequent } = column;
  if (minimum === null || maximum === null || minimum === maximum) return false;
  if (mode === "bucket") {
    const ids = new Set(buckets.flatMap(({ value }, i) => (value === null ? [] : [i < frequent ? i : -1])));
    return ids.size === 1;
  }
  const { encode } = numberEncoding(column, mode);
  // All of these rise with the number.
  return Math.fround(encode(minimum)) === Math.fround(encode(maximum));
}

/** Local id of a number's bucket; rare buckets have 0, the column's OOV. */
function localBucket({ buckets, frequent, fractions, statistics }: IntegerColumn): (value: number) => number {
  const bucket = fractions ? bucketOfFraction : statistics === undefined ? firstBucketOf : bucketOf;
  // Few numbers are below 0, or above some thousand.
  const ids = new Int32Array(512);
  const others = new Map<number, number>();
  let missing = 0;
  for (const [i, { value }] of buckets.slice(0, frequent).entries()) {
    if (value === null) missing = i + 1;
    else if (value >= 0 && value < ids.length) ids[value] = i + 1;
    else others.set(value, i + 1);
  }
  return (value) => {
    if (value === MISSING || Number.isNaN(value)) return missing;
    const found = bucket(value);
    return found >= 0 && found < ids.length ? ids[found]! : (others.get(found) ?? 0);
  };
}

function shares(column: IntegerColumn): NumberEncoding {
  const bounds = Float64Array.from(quantilesOf(column));
  const ids = ownIds(column, "quantile");
  const missing = column.missing > 0 ? ids : 0;
  return {
    ids,
    isWeight: false,
    encode(value) {
      if (value === MISSING || Number.isNaN(value)) return missing;
      let low = 0;
      let high = bounds.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (bounds[middle]! <= value) low = middle + 1;
        else high = middle;
      }
      return low + 1;
    },
  };
}

/** The least number of each equal share of the rows but the first, ascending. Throws as `numberEncoding` does. */
export function quantilesOf(column: IntegerColumn): number[] {
  return statisticsOf(column, "quantile")?.quantiles ?? [];
}

/** null where no row has the number. */
function statisticsOf({ name, statistics }: IntegerColumn, mode: NumberMode) {
  if (statistics === undefined) throw problemError("statistics-missing", { column: name, mode });
  return statistics;
}

/** A weight as a number's place: (x − start) / span, of x or of ln(1 + max(x, 0)); 0 for all numbers where the span is 0. */
export interface WeightRule {
  log: boolean;
  start: number;
  span: number;
}

/** How a column's numbers become weights. Throws as `numberEncoding` does. */
export function weightRule(column: IntegerColumn, mode: NumberMode): WeightRule {
  const { minimum, maximum } = column;
  const statistics = mode === "standard" ? statisticsOf(column, mode) : null;
  const rule = (start: number, span: number, log = false) => ({ log, start, span: Math.max(0, span) });
  if (minimum === null || maximum === null) return rule(0, 0);
  if (mode === "max") return rule(0, maximum);
  if (mode === "minmax") return rule(minimum, maximum - minimum);
  if (mode === "standard") return statistics ? rule(statistics.mean, statistics.deviation) : rule(0, 0);
  return rule(0, maximum > 0 ? naturalLog(1 + maximum) : 0, true);
}

function weightOf({ log, start, span }: WeightRule): (value: number) => number {
  if (span === 0) return () => 0;
  if (log) return (value) => (value > 0 ? naturalLog(1 + value) / span : 0);
  return (value) => (value === MISSING || Number.isNaN(value) ? 0 : (value - start) / span);
}
