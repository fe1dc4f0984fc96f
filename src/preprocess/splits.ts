// Which split a line belongs to: by a hash of its number, so that it needs no memory and no order.

import { mix32 } from "../base/random.ts";
import type { Rules } from "../shards/manifest.ts";

/** Numbers of `SPLITS`. */
export const TRAIN = 0;
export const VALID = 1;
export const TEST = 2;

/** The split of a line, numbered from 0, as its place in `SPLITS`. */
export function lineSplitter({
  split,
  seed,
  validShare,
  testShare,
}: Pick<Rules, "split" | "seed" | "validShare" | "testShare">): (line: number) => number {
  if (split !== "hash") return () => TRAIN;
  const salt = mix32((seed + 0x9e3779b9) >>> 0);
  const testBelow = testShare * 4294967296;
  const validBelow = (testShare + validShare) * 4294967296;
  return (line) => {
    const hash = mix32(line ^ salt);
    if (hash < testBelow) return TEST;
    return hash < validBelow ? VALID : TRAIN;
  };
}
