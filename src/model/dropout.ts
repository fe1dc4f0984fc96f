// Which outputs a unit drops at a step: a hash of where and when, so it needs no state and every engine agrees.

import { hash32, mix32 } from "../base/random.ts";

/** Names the mask of unit `unit` in branch `branch` at step `step` (1 for the first) of a run. */
export function dropoutKey(seed: number, step: number, branch: number, unit: number): number {
  return hash32(seed, step, branch, unit);
}

/** Hashes below this are dropped: ⌊p·2³²⌋. */
export function dropoutThreshold(probability: number): number {
  return Math.floor(probability * 4294967296);
}

/** 0 for a dropped output, 1/(1 − p) for one that survives; element i of the row-major `[B, size]` output. */
export function dropoutMask(length: number, probability: number, key: number): Float32Array {
  const threshold = dropoutThreshold(probability);
  const kept = 1 / (1 - probability);
  const mask = new Float32Array(length);
  for (let i = 0; i < length; i++) if (mix32(i ^ key) >= threshold) mask[i] = kept;
  return mask;
}
