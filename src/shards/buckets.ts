// FuxiCTR's buckets of numbers: ⌊ln²x⌋ for x > 2, the number without its fraction below that (so 3 and 4 fall together
// with 1). Bit for bit the same everywhere: the bounds come from our own logarithm.
//
// FuxiCTR has a bucket for each negative integer. Here that holds down to −1,024; below it they are as wide as those of
// positive numbers, so that a column has some thousand buckets at most, whatever its values.

import { naturalLog } from "../base/random.ts";

const LARGEST = 2147483647;
const TABLE_SIZE = 1 << 16;
/** The least number with a bucket of its own. */
export const LEAST_OWN_BUCKET = -1024;

/** At place k the least integer > 2 whose bucket is k, for k ≥ 1. */
export const BUCKET_STARTS = bucketStarts();
/** Bucket of 0 … 65,535. */
const SMALL = smallBuckets();

/** At place k the least float32 above 2 whose bucket is k or more. */
export function fractionBucketStarts(): Float64Array {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  const floatOf = (pattern: number) => {
    bits[0] = pattern;
    return float[0]!;
  };
  // The patterns of positive numbers are in the order of the numbers.
  let low = 0x40000001;
  const largest = 0x7f7fffff;
  const starts = new Float64Array(squaredLog(floatOf(largest)) + 1);
  for (let bucket = 0; bucket < starts.length; bucket++) {
    let high = largest;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (squaredLog(floatOf(middle)) >= bucket) high = middle;
      else low = middle + 1;
    }
    starts[bucket] = floatOf(low);
  }
  return starts;
}

/** Buckets of integers lie within −1,487 … 463, those of fractions within this on either side of 0. */
export const INTEGER_BUCKETS = { least: LEAST_OWN_BUCKET - 463, most: 463 } as const;
export const FRACTION_BUCKETS = { least: LEAST_OWN_BUCKET - 7872, most: 7872 } as const;

/** The bucket of an integer that is not missing. */
export function bucketOf(value: number): number {
  if (value <= 2) return value >= LEAST_OWN_BUCKET ? value : farBucket(value);
  return value < TABLE_SIZE ? SMALL[value]! : searchBucket(value);
}

/** The bucket of a number that is not missing. */
export function bucketOfFraction(value: number): number {
  if (value > 2) return squaredLog(value);
  // −0.5 becomes 0, not −0.
  const whole = Math.trunc(value) + 0;
  return whole >= LEAST_OWN_BUCKET ? whole : farBucket(whole);
}

/** In data sets of the first version each negative integer is a bucket. */
export function firstBucketOf(value: number): number {
  return value < 0 ? value : bucketOf(value);
}

function farBucket(value: number): number {
  return LEAST_OWN_BUCKET - squaredLog(-value);
}

function searchBucket(value: number): number {
  let low = 1;
  let high = BUCKET_STARTS.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (BUCKET_STARTS[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function bucketStarts(): number[] {
  const starts = [3, 3];
  for (let bucket = 2; bucket <= squaredLog(LARGEST); bucket++) {
    let low = starts[bucket - 1]!;
    let high = LARGEST;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (squaredLog(middle) >= bucket) high = middle;
      else low = middle + 1;
    }
    starts.push(low);
  }
  return starts;
}

function squaredLog(value: number): number {
  const log = naturalLog(value);
  return Math.floor(log * log);
}

function smallBuckets(): Uint16Array {
  const buckets = new Uint16Array(TABLE_SIZE);
  for (let value = 0; value < TABLE_SIZE; value++) buckets[value] = value <= 2 ? value : searchBucket(value);
  return buckets;
}
