// The fusion gate's weights of single rows, for inspections: engines give logits only, and those of three branches or
// more do not determine the weights.

import type { Batch } from "../base/batch.ts";
import type { Engine } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";
import { parameterCount } from "../model/parameters.ts";
import type { Dataset } from "../shards/dataset.ts";

/** Weights of the branches in the fused logit of a batch's row. */
export type RowWeights = (batch: Batch, row: number) => number[];

/** Reading a larger model at every evaluation would take longer than the evaluation. */
const MOST_PARAMETERS = 4_000_000;

/** Whether the weights must be computed, and can be. */
export function hasGate(config: Config, dataset: Dataset): boolean {
  const isGated = config.fusion === "gate" && config.branches.length > 2;
  return isGated && parameterCount(config, dataset.shape(config.integers)) <= MOST_PARAMETERS;
}

/** softmax(x·W + b) of the engine's present parameters, x the row's weighted embeddings (as `forward` has it). */
export async function rowWeights(engine: Engine): Promise<RowWeights> {
  const { parameters } = await engine.read();
  const [embedding, weight, bias] = ["embedding", "fusion/weight", "fusion/bias"].map(
    (name) => parameters.get(name)!,
  );
  const D = embedding!.shape[1]!;
  const n = bias!.values.length;
  return ({ ids, weights, fields }, row) => {
    const scores = Array.from(bias!.values);
    for (let f = 0; f < fields; f++) {
      const from = ids[row * fields + f]! * D;
      for (let d = 0; d < D; d++) {
        const x = weights[row * fields + f]! * embedding!.values[from + d]!;
        for (let b = 0; b < n; b++) scores[b]! += x * weight!.values[(f * D + d) * n + b]!;
      }
    }
    return softmax(scores);
  };
}

function softmax(scores: number[]): number[] {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
