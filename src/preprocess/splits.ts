// Which split a row belongs to: by a hash of its line's number, by a shuffle, by its time. None needs memory or order.

import { mix32 } from "../base/random.ts";
import type { Rules } from "../shards/manifest.ts";

/** Numbers of `SPLITS`. */
export const TRAIN = 0;
export const VALID = 1;
export const TEST = 2;

export type SplitRules = Pick<Rules, "split" | "seed" | "validShare" | "testShare" | "splitRows" | "times">;

/** The split of a line, numbered from 0, as its place in `SPLITS`; `time` in seconds, NaN where the row has none. */
export type LineSplitter = (line: number, time?: number) => number;

/** Rows without a time are training rows. */
export function lineSplitter(rules: SplitRules): LineSplitter {
  if (rules.split === "hash") return byHash(rules);
  if (rules.split === "random") return byShuffle(rules);
  return rules.split === "time" ? byTime(rules) : () => TRAIN;
}

function byHash({ seed, validShare, testShare }: SplitRules): LineSplitter {
  const salt = mix32((seed + 0x9e3779b9) >>> 0);
  const testBelow = testShare * 4294967296;
  const validBelow = (testShare + validShare) * 4294967296;
  return (line) => {
    const hash = mix32(line ^ salt);
    if (hash < testBelow) return TEST;
    return hash < validBelow ? VALID : TRAIN;
  };
}

/** Each split has exactly its share of the lines: as if they were shuffled, and the first ones taken. */
function byShuffle({ seed, validShare, testShare, splitRows = 0 }: SplitRules): LineSplitter {
  const placeOf = shuffledPlace(splitRows, seed);
  const testBelow = Math.round(testShare * splitRows);
  const validBelow = testBelow + Math.round(validShare * splitRows);
  return (line) => {
    const place = placeOf(line);
    if (place < testBelow) return TEST;
    return place < validBelow ? VALID : TRAIN;
  };
}

/**
 * The place of each of `count` lines after a shuffle, without a list of them: a Feistel network of four rounds over the
 * next even number of bits, walked until it falls within the lines (Black and Rogaway 2002).
 */
function shuffledPlace(count: number, seed: number): (line: number) => number {
  let half = 1;
  while (2 ** (2 * half) < count) half++;
  const size = 2 ** half;
  const keys = [1, 2, 3, 4].map((round) => mix32((seed + Math.imul(round, 0x9e3779b9)) >>> 0));
  return (line) => {
    let place = line;
    do {
      let left = Math.floor(place / size);
      let right = place % size;
      for (const key of keys) [left, right] = [right, (left ^ mix32(right ^ key)) & (size - 1)];
      // Bit operations are of signed numbers.
      place = (left >>> 0) * size + (right >>> 0);
    } while (place >= count);
    return place;
  };
}

function byTime({ times }: SplitRules): LineSplitter {
  const testFrom = times?.testFrom ?? Number.POSITIVE_INFINITY;
  const validFrom = times?.validFrom ?? Number.POSITIVE_INFINITY;
  return (_, time = Number.NaN) => {
    if (time >= testFrom) return TEST;
    return time >= validFrom ? VALID : TRAIN;
  };
}
