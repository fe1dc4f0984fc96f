// What a model's parameters say of a column, beside what permuting it says.

import type { NamedArrays } from "../base/batch.ts";
import type { Config } from "../model/config.ts";
import type { Sample } from "./sample.ts";

/** Marks the table rows that training has met. */
export interface SeenIds {
  /** Takes in the ids of a training batch. */
  add(ids: Int32Array): void;
  has(id: number): boolean;
}

/** Nothing seen yet of a table of so many rows. */
export function createSeenIds(tableRows: number): SeenIds {
  const seen = new Uint8Array(tableRows);
  return {
    add(ids) {
      for (let i = 0; i < ids.length; i++) seen[ids[i]!] = 1;
    },
    has: (id) => seen[id] === 1,
  };
}

/** Share of a column's values on the sample whose table row no training batch had. */
export function unseenShare({ rows, fields, ids }: Sample, column: number, seen: SeenIds): number {
  let unseen = 0;
  for (let r = 0; r < rows; r++) if (!seen.has(ids[r * fields + column]!)) unseen++;
  return unseen / rows;
}

/** Mean over the sample's rows of the Euclidean norm of the column's weighted embedding. */
export function embeddingNorm(
  { parameters }: { parameters: NamedArrays },
  sample: Sample,
  column: number,
): number {
  const { values, shape } = parameters.get("embedding")!;
  const D = shape[1]!;
  let sum = 0;
  for (let r = 0; r < sample.rows; r++) {
    const at = r * sample.fields + column;
    let squares = 0;
    for (let d = 0; d < D; d++) squares += values[sample.ids[at]! * D + d]! ** 2;
    sum += Math.abs(sample.weights[at]!) * Math.sqrt(squares);
  }
  return sum / sample.rows;
}

/**
 * Each branch's mean |g| of a column over the sample, g = e·W + b being the feature gate that its embedding is multiplied by
 * (`gateFields` in src/model/final.ts); null for a branch without feature gating.
 */
export function gateWeights(
  config: Config,
  { parameters }: { parameters: NamedArrays },
  sample: Sample,
): (Float64Array | null)[] {
  const embedding = parameters.get("embedding")!;
  const D = embedding.shape[1]!;
  const { rows, fields: F, ids, weights } = sample;
  return config.branches.map((branch, b) => {
    if (branch.kind !== "final" || !branch.featureGating) return null;
    const weight = parameters.get(`branch${b}/gating/weight`)!.values;
    const bias = parameters.get(`branch${b}/gating/bias`)!.values;
    const sums = new Float64Array(F);
    for (let r = 0; r < rows; r++)
      for (let d = 0; d < D; d++) {
        const gate = Float64Array.from(bias);
        for (let from = 0; from < F; from++) {
          const at = r * F + from;
          const value = weights[at]! * embedding.values[ids[at]! * D + d]!;
          for (let to = 0; to < F; to++) gate[to]! += value * weight[from * F + to]!;
        }
        for (let f = 0; f < F; f++) sums[f]! += Math.abs(gate[f]!) / (rows * D);
      }
    return sums;
  });
}
