// What the first pass learns of a column of numbers, in memory that does not grow with its values.

import { bucketOf, bucketOfFraction, FRACTION_BUCKETS, INTEGER_BUCKETS } from "../shards/buckets.ts";
import { MISSING, type Numbers } from "../shards/rows.ts";
import {
  addFraction,
  emptyFractionMoments,
  emptyIntegerMoments,
  type FractionMoments,
  type IntegerMoments,
  mergeFractionMoments,
  mergeIntegerMoments,
} from "./numberMoments.ts";
import { addToSketch, emptySketch, keyOfFraction, mergeSketches, type NumberSketch } from "./numberSketch.ts";

interface CommonCounts {
  missing: number;
  /** Infinity and −Infinity while no row has the column; of integers, of those that are not small. */
  minimum: number;
  maximum: number;
  /** Rows by bucket, from the least bucket on; of integers, of those that are not small. */
  buckets: Float64Array;
  negative: number;
  sketch: NumberSketch;
}

export interface IntegerCounts extends CommonCounts {
  kind: "integers";
  /** Rows by integer, of those from 0 on that are below SMALL: most of a log, and the rest of this says nothing of them. */
  small: Float64Array;
  moments: IntegerMoments;
}

export interface FractionCounts extends CommonCounts {
  kind: "fractions";
  moments: FractionMoments;
}

export type NumberCounts = IntegerCounts | FractionCounts;

const SMALL = 4096;

export function emptyNumberCounts(fractions: boolean): NumberCounts {
  const { least, most } = fractions ? FRACTION_BUCKETS : INTEGER_BUCKETS;
  const common: CommonCounts = {
    missing: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    buckets: new Float64Array(most - least + 1),
    negative: 0,
    sketch: emptySketch(fractions),
  };
  return fractions
    ? { ...common, kind: "fractions", moments: emptyFractionMoments() }
    : { ...common, kind: "integers", small: new Float64Array(SMALL), moments: emptyIntegerMoments() };
}

/** Adds a column's first `rows` values. */
export function countNumbers(counts: NumberCounts, values: Numbers, rows: number): void {
  if (counts.kind === "integers") countIntegers(counts, values as Int32Array, rows);
  else countFractions(counts, values as Float32Array, rows);
}

/** Numbers of a block that are for the sketch, or their keys. */
let scratch = new Int32Array(0);

function countIntegers(counts: IntegerCounts, values: Int32Array, rows: number): void {
  if (scratch.length < rows) scratch = new Int32Array(2 * rows);
  const { small } = counts;
  const others = scratch;
  let missing = 0;
  let count = 0;
  for (let r = 0; r < rows; r++) {
    const value = values[r]!;
    if (value >>> 0 < SMALL) small[value]!++;
    else if (value === MISSING) missing++;
    else others[count++] = value;
  }
  counts.missing += missing;
  if (count > 0) countLarge(counts, others.subarray(0, count));
}

/** Counts integers that are not small. */
function countLarge(counts: IntegerCounts, values: Int32Array): void {
  const { buckets, moments } = counts;
  let { minimum, maximum, negative } = counts;
  // Of a value h · 2¹⁶ + l; sums of a block's are far below 2⁵³.
  let highs = 0;
  let lows = 0;
  let highHigh = 0;
  let highLow = 0;
  let lowLow = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    if (value < 0) negative++;
    buckets[bucketOf(value) - INTEGER_BUCKETS.least]!++;
    const high = value >> 16;
    const low = value & 0xffff;
    highs += high;
    lows += low;
    highHigh += high * high;
    highLow += high * low;
    lowLow += low * low;
  }
  moments.sum += (BigInt(highs) << 16n) + BigInt(lows);
  moments.squares += (BigInt(highHigh) << 32n) + (BigInt(highLow) << 17n) + BigInt(lowLow);
  Object.assign(counts, { minimum, maximum, negative });
  addToSketch(counts.sketch, values);
}

function countFractions(counts: FractionCounts, values: Float32Array, rows: number): void {
  if (scratch.length < rows) scratch = new Int32Array(2 * rows);
  const { buckets, moments } = counts;
  const keys = scratch;
  let { missing, minimum, maximum, negative } = counts;
  let count = 0;
  for (let r = 0; r < rows; r++) {
    const value = values[r]!;
    if (Number.isNaN(value)) {
      missing++;
      continue;
    }
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    if (value < 0) negative++;
    buckets[bucketOfFraction(value) - FRACTION_BUCKETS.least]!++;
    keys[count++] = keyOfFraction(value);
    addFraction(moments, value);
  }
  Object.assign(counts, { missing, minimum, maximum, negative });
  addToSketch(counts.sketch, keys.subarray(0, count));
}

/** Adds `from` to `into`; they are of the same column. */
export function mergeNumberCounts(into: NumberCounts, from: NumberCounts): void {
  into.missing += from.missing;
  into.minimum = Math.min(into.minimum, from.minimum);
  into.maximum = Math.max(into.maximum, from.maximum);
  into.negative += from.negative;
  add(into.buckets, from.buckets);
  mergeSketches(into.sketch, from.sketch);
  if (into.kind === "integers" && from.kind === "integers") {
    add(into.small, from.small);
    mergeIntegerMoments(into.moments, from.moments);
  } else if (into.kind === "fractions" && from.kind === "fractions")
    mergeFractionMoments(into.moments, from.moments);
}

function add(into: Float64Array, from: Float64Array): void {
  for (let i = 0; i < from.length; i++) into[i]! += from[i]!;
}
