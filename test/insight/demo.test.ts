// What a model learns of the demo's planted signal: the planted columns, pairs and triple come out on top.

import { expect, it } from "vitest";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { measureInsight } from "../../src/cli/insight.ts";
import { DEMO_DATA } from "../../src/datasets/demoData.ts";
import { createEngine } from "../../src/engine/create.ts";
import { preset } from "../../src/model/presets.ts";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import { openDataset } from "../../src/shards/openDataset.ts";

it("finds the planted pairs and the triple of the demo's data in a model that was trained on it", async () => {
  await useNodeBackend("wasm");
  const dataset = await openDataset(await makeDemoDataset(DEMO_DATA));
  const config = preset("demo");
  const { batchSize, integers, seed } = config;
  const engine = await createEngine("fast", config, dataset.shape(integers));
  // In two epochs of 100,000 rows a model finds the pairs, in three the triple too.
  for (const epoch of [1, 2, 3])
    for await (const batch of dataset.batches({
      split: "train",
      batchSize,
      integers,
      shuffle: { seed, epoch },
    }))
      await engine.step(batch, config.optimizer.learningRate);
  await engine.drain();
  const found = await measureInsight({ engine, dataset, config, split: "test", step: 0 });
  engine.dispose();

  // The triple's pairs are among the first too: what a pair does within it counts.
  const pairs = found.interactions.pairs.map(({ columns }) => columns.join("×"));
  expect(pairs.slice(0, 3).toSorted()).toEqual(["C17×C23", "C6×C14", "I11×C20"]);
  expect(pairs.slice(3, 5).toSorted()).toEqual(["C14×C17", "C14×C23"]);
  const share = (pair: number) => found.interactions.pairs[pair]!.fused.mean;
  expect(share(2)).toBeGreaterThan(5 * share(5));
  const [first, second] = found.interactions.triples;
  expect(first!.columns).toEqual(["C14", "C17", "C23"]);
  expect(first!.fused.mean).toBeGreaterThan(3 * second!.fused.mean);
  // All columns that interact have main effects too, and these are among the ten that matter most.
  const strong = found.fields.slice(0, 10).map(({ column }) => column);
  expect(strong).toEqual(expect.arrayContaining(["C14", "C20", "C23", "C6", "I11", "C17"]));
  for (const { fused, unseenShare, embeddingNorm } of found.fields) {
    expect(fused.auc!.mean).toBeGreaterThan(-3 * fused.auc!.radius - 1e-3);
    expect(unseenShare).toBeLessThan(0.2);
    expect(embeddingNorm).toBeGreaterThan(0);
  }
});
