// FuxiCTR's buckets of integers: ⌊ln²x⌋ for x > 2, the integer itself below that (so 3 and 4 fall together with 1).
// Bit for bit the same everywhere: the bounds come from our own logarithm.

import { naturalLog } from "../base/random.ts";

const LARGEST = 2147483647;
const TABLE_SIZE = 1 << 16;

/** At place k the least integer > 2 whose bucket is k, for k ≥ 1. */
export const BUCKET_STARTS = bucketStarts();
/** Bucket of 0 … 65,535. */
const SMALL = smallBuckets();

/** The bucket of an integer that is not missing. */
export function bucketOf(value: number): number {
  if (value <= 2) return value;
  return value < TABLE_SIZE ? SMALL[value]! : searchBucket(value);
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
