// Permutation importance on the fast engine against a plain loop: row by row on the reference engine, AUC pair by pair.

import { expect, it } from "vitest";
import type { Batch } from "../../src/base/batch.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createReferenceEngine } from "../../src/engine/reference.ts";
import { createFieldImportance } from "../../src/insight/fieldImportance.ts";
import { createSampleCollector, permutation, type Sample, scoreSample } from "../../src/insight/sample.ts";
import { smallConfig } from "../train/configs.ts";
import { createMemoryDataset } from "../train/memoryDataset.ts";
import { evaluatePlanted, plantedSample } from "./planted.ts";

it("measures what a plain loop over rows measures, for every head", async () => {
  await useNodeBackend("wasm");
  const config = smallConfig({ optimizer: { learningRate: 0.05 } });
  const { batchSize, integers } = config;
  const dataset = createMemoryDataset({ train: 1000, test: 90 });
  const shape = dataset.shape(integers);
  const engine = await createEngine("fast", config, shape);
  for await (const batch of dataset.batches({ split: "train", batchSize, integers, shuffle: null }))
    await engine.step(batch, 0.05);
  const slow = createReferenceEngine(config, shape);
  await slow.write(await engine.read());
  const collector = createSampleCollector(90, shape.fields, 90);
  for await (const batch of dataset.batches({ split: "test", batchSize, integers, shuffle: null }))
    collector.add(batch);
  const sample = collector.sample();
  const evaluate = async (batch: Batch) => (await engine.evaluate(batch)).logits;
  const logits = await scoreSample(evaluate, sample, batchSize);
  const column = 2;
  const drops = await createFieldImportance(evaluate, sample, logits, batchSize).measure(column, 2);

  const before = await slowly(slow, sample, null, 0);
  const after = [await slowly(slow, sample, column, 0), await slowly(slow, sample, column, 1)];
  for (const [h, { logLoss, auc }] of drops.entries()) {
    const mean = (of: (head: { loss: number; area: number }) => number) =>
      (of(after[0]![h]!) + of(after[1]![h]!)) / 2;
    expect(logLoss.mean).toBeCloseTo(mean(({ loss }) => loss) - before[h]!.loss, 5);
    expect(auc!.mean).toBeCloseTo(before[h]!.area - mean(({ area }) => area), 5);
  }
  engine.dispose();
  slow.dispose();
});

/** Log loss and AUC of each head, one row at a time, AUC over all pairs. */
async function slowly(engine: Engine, sample: Sample, column: number | null, repeat: number) {
  const { rows, fields: F } = sample;
  const donors = column === null ? null : permutation(rows, column, repeat);
  const heads: number[][] = [];
  for (let r = 0; r < rows; r++) {
    const ids = sample.ids.slice(r * F, (r + 1) * F);
    const weights = sample.weights.slice(r * F, (r + 1) * F);
    if (donors) ids[column!] = sample.ids[donors[r]! * F + column!]!;
    if (donors) weights[column!] = sample.weights[donors[r]! * F + column!]!;
    const row = { rowCount: 1, fields: F, ids, weights, labels: sample.labels.slice(r, r + 1) };
    for (const [h, logit] of (await engine.evaluate(row)).logits.entries()) (heads[h] ??= [])[r] = logit;
  }
  return heads.map((logits) => {
    const probability = (z: number) => 1 / (1 + Math.exp(-z));
    const loss = logits.reduce((sum, z, r) => {
      const p = probability(z);
      return sum - Math.log(sample.labels[r]! > 0 ? p : 1 - p) / rows;
    }, 0);
    let pairs = 0;
    let right = 0;
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < rows; j++) {
        if (!(sample.labels[i]! > 0) || sample.labels[j]! > 0) continue;
        pairs++;
        right += logits[i]! > logits[j]! ? 1 : logits[i]! === logits[j]! ? 0.5 : 0;
      }
    return { loss, area: right / pairs };
  });
}

it("finds which head uses which column, and exactly nothing for a column that none uses", async () => {
  const sample = plantedSample(4000, 5);
  const logits = await scoreSample(evaluatePlanted, sample, 512);
  const importance = createFieldImportance(evaluatePlanted, sample, logits, 512);
  const [, second, fused] = await importance.measure(0, 1);
  expect(second!.logLoss.mean).toBeGreaterThan(3 * second!.logLoss.radius);
  expect(fused!.auc!.mean).toBeGreaterThan(3 * fused!.auc!.radius);
  const [first, , both] = await importance.measure(6, 1);
  expect(first).toEqual({ logLoss: { mean: 0, radius: 0 }, auc: { mean: 0, radius: 0 } });
  expect(both!.logLoss.mean).toBeGreaterThan(both!.logLoss.radius);
  for (const drop of await importance.measure(7, 2)) expect(drop.logLoss).toEqual({ mean: 0, radius: 0 });
});
