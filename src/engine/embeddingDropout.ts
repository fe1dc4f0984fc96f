// Dropout of whole embeddings, before every engine's step: a value that is dropped weighs nothing in its row, so the engines
// need no kernel for it and still work by unique ids.

import type { Batch } from "../base/batch.ts";
import type { IdGroups } from "../base/idGroups.ts";
import { hash32, mix32 } from "../base/random.ts";
import type { Config } from "../model/config.ts";
import { dropoutThreshold } from "../model/dropout.ts";

// Names the stream of random numbers; units' dropout uses another.
const EMBEDDINGS = 0xe3;

/**
 * The batch of step `step` (1 for the first) as training sees it: each value of a row is dropped with the configuration's
 * probability, its linear weight with it, and survivors are scaled up by 1/(1 − p). Dropped are whole embeddings, as Gal and
 * Ghahramani (2016, section 4.2) do with words. The batch itself where nothing is dropped.
 */
export function dropEmbeddings(
  batch: Batch,
  { embeddingDropout: probability, seed }: Pick<Config, "embeddingDropout" | "seed">,
  step: number,
): Batch {
  if (probability === 0) return batch;
  const key = hash32(seed, step, EMBEDDINGS);
  const threshold = dropoutThreshold(probability);
  const kept = 1 / (1 - probability);
  const weights = Float32Array.from(batch.weights, (weight, i) =>
    mix32(i ^ key) < threshold ? 0 : weight * kept,
  );
  const { groups, ...rest } = batch;
  return groups ? { ...rest, weights, groups: regroup(groups, weights) } : { ...rest, weights };
}

/** The same groups with other weights. */
function regroup(groups: IdGroups, weights: Float32Array): IdGroups {
  const { fields: F, fieldStarts, positionStarts, positions } = groups;
  const positionWeights = new Float32Array(positions.length);
  for (let f = 0; f < F; f++) {
    const end = positionStarts[fieldStarts[f + 1]!]!;
    for (let at = positionStarts[fieldStarts[f]!]!; at < end; at++)
      positionWeights[at] = weights[positions[at]! * F + f]!;
  }
  return { ...groups, positionWeights, unitWeights: false };
}
