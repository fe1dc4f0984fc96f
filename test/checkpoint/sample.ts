// A checkpoint with every section in it: gating, batch norm, a kept best model, curves, a started meter.

import type { NamedArrays } from "../../src/base/batch.ts";
import { createRandom } from "../../src/base/random.ts";
import { orThrow } from "../../src/base/result.ts";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import type { DatasetCard } from "../../src/checkpoint/metadata.ts";
import { parseConfig } from "../../src/model/config.ts";
import { parameterSpecs, runningSpecs } from "../../src/model/parameters.ts";
import type { EvaluationPoint, ProgressPoint } from "../../src/runs/events.ts";

const config = orThrow(
  parseConfig({
    embeddingDim: 4,
    branches: [
      { featureGating: true, units: [{ size: 6, order: 2, batchNorm: true, dropout: 0.2 }] },
      { units: [{ size: 5, order: 3, interaction: "sum" }] },
    ],
    fusion: "gate",
    optimizer: { learningRate: 1e-3 },
    schedule: { type: "plateau" },
    batchSize: 32,
    epochs: 3,
  }),
);

const dataset: DatasetCard = {
  name: "sample",
  identity: "ab".repeat(32),
  fields: 2,
  tableRows: 9,
  splits: {
    train: { rows: 100, positives: 30 },
    valid: { rows: 10, positives: 3 },
    test: { rows: 10, positives: 2 },
  },
  columns: [
    {
      name: "I1",
      kind: "integer",
      missing: 3,
      minimum: -1,
      maximum: 40,
      distinct: 2,
      frequent: 2,
      base: 2,
      buckets: [
        { value: null, count: 60 },
        { value: 3, count: 60 },
      ],
    },
    { name: "C1", kind: "category", missing: 0, distinct: 7, frequent: 5, base: 2 },
  ],
};

export function sampleCheckpoint(seed = 1): Checkpoint {
  const random = createRandom(seed);
  const position = { step: 7, epoch: 2, rowsSeen: 200, activeSeconds: 1.25, time: 1.7e12 };
  const heads = () => ({ branches: [random.uniform(), random.uniform()], fused: random.uniform() });
  const evaluation: EvaluationPoint = {
    ...position,
    split: "valid",
    rows: 10,
    logLoss: heads(),
    auc: heads(),
    logLossInterval: { low: random.uniform(), high: random.uniform() },
    bestBranchGapInterval: { low: random.uniform(), high: random.uniform() },
    aucInterval: { low: random.uniform(), high: random.uniform() },
    fusionGain: random.uniform(),
    seconds: 0.5,
  };
  const point = (auc: ProgressPoint["auc"]): ProgressPoint => ({
    ...position,
    rows: 32,
    logLoss: heads(),
    auc,
    distillation: [random.uniform(), random.uniform()],
    teacherEntropy: random.uniform(),
    fusionGain: random.uniform(),
    l2: random.uniform(),
    total: random.uniform(),
    learningRate: 1e-3,
    firstPass: false,
  });
  const floats = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const arrays = (specs: { name: string; shape: number[] }[]): NamedArrays =>
    new Map(
      specs.map(({ name, shape }) => [name, { shape, values: floats(shape.reduce((a, b) => a * b, 1)) }]),
    );
  const trained = parameterSpecs(config, dataset);
  const counted = runningSpecs(config);
  return {
    run: {
      id: "run-1",
      name: "brisk otter",
      evaluateEverySteps: 5,
      savedAt: 1.7e12,
      origin: { type: "demo", rows: 100, seed: 1 },
    },
    config: structuredClone(config),
    dataset: structuredClone(dataset),
    engine: { engine: "reference", backend: "wasm", threads: 1 },
    progress: {
      epoch: 2,
      batchInEpoch: 3,
      step: 7,
      rowsSeen: 200,
      activeSeconds: 1.25,
      schedule: { learningRate: 1e-4, bestAuc: 0.7, staleEpochs: 1 },
      best: evaluation,
      evaluatedStep: 5,
      interruptions: [{ ...position, step: 3, cause: "device-lost" }],
      ended: null,
    },
    state: {
      step: 7,
      parameters: arrays(trained),
      running: arrays(counted),
      firstMoments: arrays(trained),
      secondMoments: arrays(trained),
    },
    best: { parameters: arrays(trained), running: arrays(counted) },
    meter: {
      steps: 2,
      rows: 64,
      rowsSinceAuc: 200,
      auc: heads(),
      last: { position, learningRate: 1e-3, firstPass: true },
      pushed: 3,
      sums: Float64Array.from({ length: 9 }, () => random.uniform()),
      logits: floats(9),
      labels: new Float32Array([0, 1, 1]),
    },
    history: {
      progress: [point(heads()), point(null)],
      evaluations: [evaluation, { ...evaluation, auc: null }],
    },
  };
}

/** The pieces of a file as one array, as a disk would give them back. */
export function joined(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
