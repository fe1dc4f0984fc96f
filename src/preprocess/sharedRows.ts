// Rows of one data set among the training rows of another: an evaluation on them flatters the model.

import type { Split } from "../base/batch.ts";
import { unhurried } from "../base/yield.ts";
import type { Dataset } from "../shards/dataset.ts";
import { censusModes } from "./findings/censusModes.ts";
import { createRowSample, eachRowHash } from "./rowSample.ts";

const BATCH_ROWS = 4096;

/**
 * How many rows of `split` are alike, label and every id, to some training row of `trained`, whose ids both data sets have.
 * Reads both once; of more than four million training rows the count is an estimate from a sample.
 */
export async function rowsInTraining(dataset: Dataset, split: Split, trained: Dataset): Promise<number> {
  const integers = censusModes(trained.manifest.columns);
  const rowsOf = (from: Dataset, of: Split) =>
    unhurried(from.batches({ split: of, batchSize: BATCH_ROWS, integers, shuffle: null, reuse: true }));
  const training = createRowSample(trained.manifest.splits.train.rows);
  for await (const batch of rowsOf(trained, "train")) eachRowHash(batch, training.add);
  let found = 0;
  for await (const batch of rowsOf(dataset, split))
    eachRowHash(batch, (hash, check) => {
      if (training.has(hash, check)) found += training.weight;
    });
  return Math.min(found, dataset.manifest.splits[split].rows);
}
