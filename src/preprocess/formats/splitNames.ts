// Which split a file holds, by its name, as data sets are passed around: train.csv, test/part_0.parquet.

import { TEST, TRAIN, VALID } from "../splits.ts";

const WORDS: Record<string, number> = {
  train: TRAIN,
  training: TRAIN,
  tr: TRAIN,
  valid: VALID,
  validation: VALID,
  val: VALID,
  va: VALID,
  dev: VALID,
  eval: VALID,
  evaluation: VALID,
  test: TEST,
  testing: TEST,
  holdout: TEST,
  te: TEST,
};

/** The split as its place in SPLITS, null where the name does not say one, or says two. */
export function splitOfName(path: string): number | null {
  for (const part of path.split("/").toReversed()) {
    const words = part.toLowerCase().split(/[^a-z]+/);
    const splits = new Set(words.flatMap((word) => (Object.hasOwn(WORDS, word) ? [WORDS[word]!] : [])));
    if (splits.size > 0) return splits.size === 1 ? [...splits][0]! : null;
  }
  return null;
}
