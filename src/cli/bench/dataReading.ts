// Reading measured: rows per second of whole shuffled epochs, and how long a trainer waits that takes 200,000 a second
// while a thread reads ahead for it.

import type { Folder } from "../../shards/byteSource.ts";
import type { BatchOptions, Dataset } from "../../shards/dataset.ts";
import { openDataset } from "../../shards/openDataset.ts";

const READINGS = 3;
const BATCH_ROWS = 4096;
const TRAINER_ROWS_PER_SECOND = 200_000;
const TRAINED_BATCHES = 100;

export interface WaitFigures {
  /** Of a trainer's time at 200,000 rows a second, the share in which it waited for a batch. */
  waitShare: number;
  longestWaitMs: number;
}

/** Rows per second, the median of whole epochs. */
export async function measureReading(folder: Folder): Promise<number> {
  const dataset = await openDataset(folder);
  const speeds: number[] = [];
  for (let epoch = 0; epoch <= READINGS; epoch++) {
    const started = performance.now();
    let rows = 0;
    for await (const batch of dataset.batches(optionsOf(epoch))) rows += batch.rowCount;
    // The first epoch warms up.
    if (epoch > 0) speeds.push((1000 * rows) / (performance.now() - started));
  }
  await dataset.close();
  return Math.round(speeds.toSorted((a, b) => a - b)[Math.floor(READINGS / 2)]!);
}

function optionsOf(epoch: number): BatchOptions {
  // As the reader of a training has it.
  return {
    split: "train",
    batchSize: BATCH_ROWS,
    integers: "bucket",
    shuffle: { seed: 1, epoch },
    reuse: true,
  };
}

/** How long a trainer of a given speed waits for its batches. */
export async function measureWaits(dataset: Dataset): Promise<WaitFigures> {
  const batches = dataset.batches(optionsOf(0));
  const stepMs = (1000 * BATCH_ROWS) / TRAINER_ROWS_PER_SECOND;
  const waits: number[] = [];
  // Opening the shards is not waiting for a batch.
  await batches.next();
  for (let step = 0; step < TRAINED_BATCHES; step++) {
    await new Promise((trained) => setTimeout(trained, stepMs));
    const asked = performance.now();
    if ((await batches.next()).done) break;
    waits.push(performance.now() - asked);
  }
  await batches.return(undefined);
  const waited = waits.reduce((sum, ms) => sum + ms, 0);
  return {
    waitShare: Number((waited / (waited + waits.length * stepMs)).toFixed(3)),
    longestWaitMs: Number(Math.max(...waits).toFixed(1)),
  };
}
