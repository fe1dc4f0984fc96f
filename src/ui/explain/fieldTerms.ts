// What the fields of the settings mean.

import { meaningOf, type TermName } from "./glossary.ts";

/** The terms of the configuration's fields, by their paths, or by the last part of these. */
const FIELD_TERMS: Record<string, TermName> = {
  batchSize: "batchSize",
  epochs: "epoch",
  seed: "seed",
  learningRate: "learningRate",
  beta1: "adam",
  beta2: "adam",
  epsilon: "adam",
  weightDecay: "weightDecay",
  distillationWeight: "distillation",
  l2Embedding: "l2",
  embeddingDim: "embeddingDim",
  embeddingDropout: "dropout",
  initialization: "initialization",
  size: "unitSize",
  order: "order",
  interaction: "interaction",
  dropout: "dropout",
  batchNorm: "batchNorm",
  warmupSteps: "warmup",
  clipNorm: "clipping",
  featureGating: "featureGating",
  gate: "gate",
  activation: "activation",
  layers: "crossLayers",
  epsilonHat: "epsilonHat",
  fusion: "fusion",
  integers: "numberModes",
  "optimizer.kind": "adam",
  updates: "lazyUpdates",
  "schedule.type": "schedule",
  floor: "schedule",
  every: "schedule",
  factor: "schedule",
  patience: "earlyStopping",
};

/** What a field of the configuration means; null where its label says all. */
export function meaningOfField(path: string): string | null {
  const term = FIELD_TERMS[path] ?? FIELD_TERMS[path.split(".").at(-1)!];
  return term ? meaningOf(term) : null;
}
