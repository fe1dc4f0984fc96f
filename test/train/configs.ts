// Small configurations for tests of training.

import { type Config, parseConfig } from "../../src/model/config.ts";

/** Two small branches over `memoryDataset`'s columns, changed as asked. */
export function smallConfig(changes: object = {}): Config {
  const parsed = parseConfig({
    embeddingDim: 4,
    branches: [{ units: [{ size: 8, order: 2 }] }, { units: [{ size: 4, order: 1, activation: "relu" }] }],
    optimizer: { learningRate: 0.01 },
    batchSize: 64,
    epochs: 2,
    seed: 7,
    ...changes,
  });
  if (!parsed.ok) throw new Error(parsed.problem.sentence);
  return parsed.value;
}
