// What a gate of three branches weighs, against what the engine made of it.

import { expect, it } from "vitest";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createWasmFastEngine } from "../../src/engine/wasm/fast.ts";
import { inspect } from "../../src/metrics/inspection.ts";
import { evaluateSplit } from "../../src/train/evaluate.ts";
import { smallConfig } from "./configs.ts";
import { createMemoryDataset } from "./memoryDataset.ts";

it("gives each row's weights of three gated branches, and with them the gain that the engine measured", async () => {
  await useNodeBackend("wasm");
  const branches = [8, 6, 4].map((size) => ({ units: [{ size, order: 2 }] }));
  const config = smallConfig({ branches, fusion: "gate", optimizer: { learningRate: 0.05 } });
  const dataset = createMemoryDataset({ train: 1000, test: 300 });
  const engine = createWasmFastEngine(config, dataset.shape(config.integers));
  for await (const batch of dataset.batches({
    split: "train",
    batchSize: 64,
    integers: config.integers,
    shuffle: null,
  }))
    await engine.step(batch, 0.05);
  const pass = evaluateSplit(engine, dataset, config, "test");
  let next = await pass.next();
  while (!next.done) next = await pass.next();
  engine.dispose();

  const { scores, fusionGain } = next.value;
  const [first, second, third, fused] = scores.logits;
  const [w1, w2, w3] = scores.fusionWeights!;
  for (const [r, z] of fused!.entries()) {
    expect(w1![r]! + w2![r]! + w3![r]!).toBeCloseTo(1, 6);
    expect(w1![r]! * first![r]! + w2![r]! * second![r]! + w3![r]! * third![r]!).toBeCloseTo(z, 4);
  }
  expect(Math.max(...w1!) - Math.min(...w1!)).toBeGreaterThan(0.01);
  const { measuredGain, expectedGain } = inspect(scores, "gate").branches!;
  expect(measuredGain).toBeCloseTo(fusionGain!, 6);
  expect(fusionGain).toBeGreaterThan(0);
  expect(measuredGain! / expectedGain!).toBeCloseTo(1, 0);
});
