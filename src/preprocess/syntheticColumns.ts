// What Criteo's columns look like, in numbers: cardinalities of the full Kaggle set, missing shares and the shapes of
// heads and tails as measured on a public sample of it. No row of it is needed to make rows like it.

import type { Random } from "../base/random.ts";

/** A column of categories: values by rank r = 1, 2, … with weight 1/(r + offset)^(halfPower/2), then a flat tail. */
export interface CategoryShape {
  cardinality: number;
  halfPower: 1 | 2 | 3 | 4;
  offset: number;
  /** Share of rows whose value comes from the flat tail: most of those values occur once. */
  tail: number;
  missing: number;
  /** Columns of one group are missing in the same rows. */
  group?: "landing" | "browser";
}

/** A column of integers, log-logistic: minimum + ⌊v/(1 + v/cap)⌋ with v = median·(u/(1−u))^(halfPower/2). */
export interface IntegerShape {
  minimum: number;
  median: number;
  halfPower: 1 | 2 | 3 | 4;
  cap: number;
  missing: number;
  group?: "history" | "session";
}

export const INTEGER_SHAPES: readonly IntegerShape[] = [
  { minimum: 0, median: 1.4, halfPower: 2, cap: 3000, missing: 0.451, group: "history" },
  { minimum: -2, median: 5, halfPower: 4, cap: 6000, missing: 0 },
  { minimum: 0, median: 6, halfPower: 2, cap: 65535, missing: 0.214, group: "session" },
  { minimum: 0, median: 4.5, halfPower: 2, cap: 90, missing: 0.214, group: "session" },
  { minimum: 0, median: 2800, halfPower: 2, cap: 3000000, missing: 0.026 },
  { minimum: 0, median: 32, halfPower: 2, cap: 200000, missing: 0.223 },
  { minimum: 0, median: 3.5, halfPower: 2, cap: 12000, missing: 0.043 },
  { minimum: 0, median: 8, halfPower: 2, cap: 55, missing: 0.001 },
  { minimum: 0, median: 38, halfPower: 2, cap: 20000, missing: 0.043 },
  { minimum: 0, median: 1.1, halfPower: 1, cap: 8, missing: 0.451, group: "history" },
  { minimum: 0, median: 1.6, halfPower: 2, cap: 120, missing: 0.043 },
  { minimum: 0, median: 0.4, halfPower: 2, cap: 400, missing: 0.765 },
  { minimum: 0, median: 4.5, halfPower: 2, cap: 500, missing: 0.214, group: "session" },
];

export const CATEGORY_SHAPES: readonly CategoryShape[] = [
  { cardinality: 1460, halfPower: 4, offset: 0.5, tail: 0.001, missing: 0 },
  { cardinality: 583, halfPower: 2, offset: 0.7, tail: 0, missing: 0 },
  { cardinality: 10131227, halfPower: 2, offset: 1, tail: 0.46, missing: 0.034, group: "landing" },
  { cardinality: 2202608, halfPower: 2, offset: 1, tail: 0.21, missing: 0.034, group: "landing" },
  { cardinality: 305, halfPower: 4, offset: 0.1, tail: 0.001, missing: 0 },
  { cardinality: 24, halfPower: 4, offset: 0.6, tail: 0, missing: 0.122 },
  { cardinality: 12517, halfPower: 2, offset: 4, tail: 0.01, missing: 0 },
  { cardinality: 633, halfPower: 4, offset: 0.3, tail: 0.001, missing: 0 },
  { cardinality: 3, halfPower: 4, offset: -0.5, tail: 0, missing: 0 },
  { cardinality: 93145, halfPower: 2, offset: -0.6, tail: 0.07, missing: 0 },
  { cardinality: 5683, halfPower: 2, offset: 2.5, tail: 0.004, missing: 0 },
  { cardinality: 8351593, halfPower: 2, offset: 1, tail: 0.42, missing: 0.034, group: "landing" },
  { cardinality: 3194, halfPower: 2, offset: 2.5, tail: 0.002, missing: 0 },
  { cardinality: 27, halfPower: 3, offset: 0.1, tail: 0, missing: 0 },
  { cardinality: 14992, halfPower: 2, offset: 6, tail: 0.01, missing: 0 },
  { cardinality: 5461306, halfPower: 2, offset: 1, tail: 0.34, missing: 0.034, group: "landing" },
  { cardinality: 10, halfPower: 2, offset: 0, tail: 0, missing: 0 },
  { cardinality: 5652, halfPower: 2, offset: 2, tail: 0.004, missing: 0 },
  { cardinality: 2173, halfPower: 3, offset: 0, tail: 0.004, missing: 0.442, group: "browser" },
  { cardinality: 4, halfPower: 1, offset: 0, tail: 0, missing: 0.442, group: "browser" },
  { cardinality: 7046547, halfPower: 2, offset: 1, tail: 0.39, missing: 0.034, group: "landing" },
  { cardinality: 18, halfPower: 3, offset: -0.3, tail: 0, missing: 0.761 },
  { cardinality: 15, halfPower: 3, offset: 0.3, tail: 0, missing: 0 },
  { cardinality: 286181, halfPower: 2, offset: 0.5, tail: 0.08, missing: 0.034, group: "landing" },
  { cardinality: 105, halfPower: 3, offset: 1, tail: 0, missing: 0.442, group: "browser" },
  { cardinality: 142572, halfPower: 2, offset: 0.6, tail: 0.1, missing: 0.442, group: "browser" },
];

/** Ranks that have weights of their own; higher ranks make up the flat tail. */
const HEAD_RANKS = 20_000;

/** Draws ranks, from 1, of a column in constant time (Walker's alias method as Vose builds it). */
export interface RankSampler {
  /** Probability of rank r at r − 1, for the ranks that have weights of their own. */
  probabilities: Float64Array;
  draw(random: Random): number;
}

export function createRankSampler({ cardinality, halfPower, offset, tail }: CategoryShape): RankSampler {
  const head = Math.min(cardinality, HEAD_RANKS);
  const tailRanks = cardinality - head;
  const tailShare = tailRanks > 0 ? tail : 0;
  const weights = Float64Array.from({ length: head }, (_, i) => 1 / halfPowerOf(i + 1 + offset, halfPower));
  const sum = weights.reduce((a, b) => a + b, 0);
  const probabilities = weights.map((weight) => ((1 - tailShare) * weight) / sum);
  const { accept, alias } = aliasTable(weights, sum);
  return {
    probabilities,
    draw(random) {
      if (tailShare > 0 && random.uniform() < tailShare)
        return head + 1 + Math.floor(random.uniform() * tailRanks);
      const slot = Math.floor(random.uniform() * head);
      return 1 + (random.uniform() < accept[slot]! ? slot : alias[slot]!);
    },
  };
}

/** Draws an integer that is not missing. */
export function drawInteger({ minimum, median, halfPower, cap }: IntegerShape, random: Random): number {
  const u = random.uniform();
  const v = median * halfPowerOf(u / (1 - u), halfPower);
  return minimum + Math.floor(v / (1 + v / cap));
}

/** x^(power/2) by multiplication and square root, which are the same in every engine. */
function halfPowerOf(x: number, power: 1 | 2 | 3 | 4): number {
  const root = Math.sqrt(x);
  return power === 1 ? root : power === 2 ? x : power === 3 ? x * root : x * x;
}

function aliasTable(weights: Float64Array, sum: number): { accept: Float64Array; alias: Uint32Array } {
  const size = weights.length;
  const accept = weights.map((weight) => (weight * size) / sum);
  const alias = Uint32Array.from(accept, (_, i) => i);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < size; i++) (accept[i]! < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large.at(-1)!;
    alias[low] = high;
    accept[high]! += accept[low]! - 1;
    if (accept[high]! < 1) small.push(large.pop()!);
  }
  // What is left over is 1 but for rounding.
  for (const i of [...small, ...large]) accept[i] = 1;
  return { accept, alias };
}
