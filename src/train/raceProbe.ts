// What the smallest and the largest trial of a race take, measured by a few steps of each.

import { orThrow } from "../base/result.ts";
import type { Engine } from "../engine/engine.ts";
import { type Config, inputShape } from "../model/config.ts";
import { type Measured, probes, type TrialSize, trialSize } from "../race/estimate.ts";
import type { Trial } from "../race/trials.ts";
import type { Dataset } from "../shards/dataset.ts";

/** Of each, one to warm up and the rest to measure. */
const STEPS = 4;

/** Every trial's size, and what its steps cost. Throws a ProblemError where a trial does not fit the data. */
export async function measureTrials(
  trials: readonly Trial[],
  dataset: Dataset,
  createEngine: (config: Config) => Promise<Engine>,
): Promise<{ sizes: TrialSize[]; measured: Measured[] }> {
  const trainRows = dataset.manifest.splits.train.rows;
  const sizes = trials.map(({ config }) =>
    trialSize(config, orThrow(inputShape(config, dataset.shape(config.integers))), trainRows),
  );
  const measured: Measured[] = [];
  for (const trial of probes(sizes)) {
    const { config } = trials[trial]!;
    const engine = await createEngine(config);
    try {
      measured.push({ trial, ...(await measure(engine, config, dataset, sizes[trial]!)) });
    } finally {
      engine.dispose();
    }
  }
  return { sizes, measured };
}

async function measure(
  engine: Engine,
  { batchSize, integers, seed, optimizer }: Config,
  dataset: Dataset,
  { parameters }: TrialSize,
): Promise<Pick<Measured, "bytes" | "secondsPerStep">> {
  let seconds = 0;
  let steps = 0;
  const shuffle = { seed, epoch: 1 };
  for await (const batch of dataset.batches({ split: "train", batchSize, integers, shuffle })) {
    const began = performance.now();
    await engine.step(batch, optimizer.learningRate);
    await engine.drain();
    // The first step compiles.
    if (steps > 0) seconds += (performance.now() - began) / 1000;
    if (++steps === STEPS) break;
  }
  // Engines that count no bytes hold each parameter, its gradient and its two moments in float32.
  const bytes = engine.cost?.().allocatedBytes ?? 16 * parameters;
  return { bytes, secondsPerStep: steps > 1 ? seconds / (steps - 1) : 0 };
}
