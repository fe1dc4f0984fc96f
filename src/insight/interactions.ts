// Which columns a model combines: mixed differences of its logit. They vanish where the logit is a sum of a part without
// the one column and a part without the other; their mean square is the superset importance of Liu and Owen 2006
// ("Estimating mean dimensionality of analysis of variance decompositions"), which Fruth, Roustant and Kuhnt 2014
// ("Total interaction index") estimate in this way. Over the logit's variance it is a share as Friedman and Popescu's
// H-statistic (2008) is, but counts what a pair does within triples and above too.

import { type Measured, measured } from "./fieldImportance.ts";
import {
  type Evaluate,
  type HeadLogits,
  permutation,
  type Sample,
  scoreSample,
  withValuesOf,
} from "./sample.ts";

/** A set of columns that may act together. */
export interface Interaction {
  /** Two or three columns, rising. */
  columns: number[];
  /** Each branch's, then the fused one's: share of the logit's variance in terms that hold all these columns. */
  heads: Measured[];
}

export interface Interactions {
  /** The mixed difference of two or three columns; costs one pass over the sample for each subset not yet seen. */
  measure(columns: readonly number[]): Promise<Interaction>;
}

/**
 * Measures mixed differences on a sample, against its present `logits`. Each row takes replaced values from the same
 * other row, so that subsets of columns share their passes.
 */
export function createInteractions(
  evaluate: Evaluate,
  sample: Sample,
  logits: HeadLogits,
  batchSize: number,
): Interactions {
  const donors = otherRows(sample.rows);
  const passes = new Map<string, HeadLogits>([["", logits]]);
  const variances = logits.map(varianceOf);

  /** The logits with the columns' values of the donor rows. */
  async function replaced(columns: readonly number[]): Promise<HeadLogits> {
    const key = columns.join();
    let heads = passes.get(key);
    if (!heads) {
      heads = await scoreSample(evaluate, withValuesOf(sample, columns, donors), batchSize);
      passes.set(key, heads);
    }
    return heads;
  }

  return {
    async measure(chosen) {
      const columns = chosen.toSorted((a, b) => a - b);
      const differences = logits.map(() => new Float64Array(sample.rows));
      for (const subset of subsetsOf(columns)) {
        const sign = subset.length % 2 === 0 ? 1 : -1;
        for (const [h, head] of (await replaced(subset)).entries())
          for (let r = 0; r < sample.rows; r++) differences[h]![r]! += sign * head[r]!;
      }
      // With independent copies each of the 2^k logits has the same share in the difference.
      const copies = 2 ** columns.length;
      const heads = differences.map((difference, h) => {
        const variance = variances[h]!;
        return variance > 0
          ? measured(difference.map((d) => (d * d) / copies / variance))
          : { mean: 0, radius: 0 };
      });
      return { columns, heads };
    },
  };
}

/** All subsets, the empty one first. */
function subsetsOf(columns: readonly number[]): number[][] {
  const subsets: number[][] = [[]];
  for (const column of columns) subsets.push(...subsets.map((subset) => [...subset, column]));
  return subsets;
}

/** For each row another one: the next in a random circle. */
function otherRows(rows: number): Int32Array {
  const circle = permutation(rows, 0);
  const donors = new Int32Array(rows);
  for (let i = 0; i < rows; i++) donors[circle[i]!] = circle[(i + 1) % rows]!;
  return donors;
}

function varianceOf(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/** All pairs of the columns. */
export function pairsOf(columns: readonly number[]): [number, number][] {
  return columns.flatMap((first, i) =>
    columns.slice(i + 1).map((second): [number, number] => [first, second]),
  );
}

/**
 * The triples whose three pairs are all among `pairs`, the strongest pairs of the fused output first: a triple acts
 * through each of its pairs, so one with a weak pair is weak.
 */
export function triplesAmong(pairs: readonly Interaction[], most: number): number[][] {
  const key = (a: number, b: number) => `${Math.min(a, b)} ${Math.max(a, b)}`;
  const strength = new Map(pairs.map(({ columns: [a, b], heads }) => [key(a!, b!), heads.at(-1)!.mean]));
  const columns = [...new Set(pairs.flatMap((pair) => pair.columns))].toSorted((a, b) => a - b);
  const triples = pairsOf(columns).flatMap(([a, b]) =>
    columns.flatMap((c) => {
      if (c <= b) return [];
      const weakest = Math.min(...[key(a, b), key(a, c), key(b, c)].map((pair) => strength.get(pair) ?? 0));
      return weakest > 0 ? [{ columns: [a, b, c], weakest }] : [];
    }),
  );
  return triples
    .toSorted((a, b) => b.weakest - a.weakest)
    .slice(0, most)
    .map((triple) => triple.columns);
}
