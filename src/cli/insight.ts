// eval --insight: which columns a checkpoint's model uses and combines, and how it does on slices of a split.

import type { Split } from "../base/batch.ts";
import { problemError } from "../base/result.ts";
import type { Engine } from "../engine/engine.ts";
import { createSeenIds, embeddingNorm, gateWeights, unseenShare } from "../insight/fieldFacts.ts";
import type { Drop, Measured } from "../insight/fieldImportance.ts";
import { byImportance, IMPORTANCE_ROWS } from "../insight/insight.ts";
import type { Interaction } from "../insight/interactions.ts";
import { scoreSample } from "../insight/sample.ts";
import { measureSlices, type SliceOf, slicesOfColumn, slicesOfPrediction } from "../insight/slices.ts";
import { measureWhole, readSample } from "../insight/wholeInsight.ts";
import type { Config } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import { say } from "./log.ts";

interface InsightInputs {
  engine: Engine;
  dataset: Dataset;
  config: Config;
  split: Split;
  step: number;
}

const REPEATS = 3;
const SLICE_ROWS = 50_000;

/** Permutation importance of every column, the strongest pairs and triples, and each column's facts. */
export async function measureInsight(inputs: InsightInputs) {
  const { engine, dataset, config, split, step } = inputs;
  const { columns } = dataset.manifest;
  const sample = await readSample(dataset, config, split, IMPORTANCE_ROWS);
  const measured = { engine, sample, batchSize: config.batchSize, step };
  const { findings, interactions } = await measureWhole(measured, REPEATS, (done) => {
    if (done === columns.length) say("interactions");
    else if (done % 10 === 0) say(`importance of ${done} of ${columns.length} columns`);
  });
  const ranked = byImportance(findings);
  const seen = createSeenIds(dataset.shape(config.integers).tableRows);
  const { batchSize, integers } = config;
  for await (const { ids } of dataset.batches({
    split: "train",
    batchSize,
    integers,
    shuffle: null,
    reuse: true,
  }))
    seen.add(ids);
  const hasTraining = dataset.manifest.splits.train.rows > 0;
  const state = await engine.read();
  const gates = gateWeights(config, state, sample);
  const nameOf = (column: number) => columns[column]!.name;
  return {
    split,
    rows: sample.rows,
    repeats: REPEATS,
    fields: ranked.map((column) => ({
      column: nameOf(column),
      ...byHead(findings[column]!.drops),
      embeddingNorm: embeddingNorm(state, sample, column),
      unseenShare: hasTraining ? unseenShare(sample, column, seen) : null,
      gates: gates.map((gate) => gate?.[column] ?? null),
    })),
    interactions: {
      rows: interactions.rows,
      among: interactions.columns.map(nameOf),
      pairs: interactions.pairs.map((pair) => named(pair, nameOf)),
      triples: interactions.triples.map((triple) => named(triple, nameOf)),
    },
  };
}

/** How every head does by the values of a column, or by buckets of the fused prediction. */
export async function measureSlicesBy(inputs: InsightInputs, by: string) {
  const { engine, dataset, config, split } = inputs;
  const names = dataset.manifest.columns.map(({ name }) => name);
  const column = names.indexOf(by);
  if (column < 0 && by !== "prediction") throw problemError("slice-of-no-column", { by, names });
  const sample = await readSample(dataset, config, split, SLICE_ROWS);
  const evaluate = async (batch: Parameters<Engine["evaluate"]>[0]) => (await engine.evaluate(batch)).logits;
  const logits = await scoreSample(evaluate, sample, config.batchSize);
  const slicing = column < 0 ? slicesOfPrediction(logits) : slicesOfColumn(sample, column);
  const slices = measureSlices(sample.labels, logits, slicing);
  return {
    by,
    split,
    rows: sample.rows,
    slices: slices.map(({ of, heads, ...slice }): { of: SliceOf } & object => ({
      of,
      ...slice,
      ...byHead(heads),
    })),
  };
}

function named({ columns, heads }: Interaction, nameOf: (column: number) => string) {
  return { columns: columns.map(nameOf), ...byHead<Measured>(heads) };
}

function byHead<T extends Drop | Measured | object>(heads: T[]): { branches: T[]; fused: T } {
  return { branches: heads.slice(0, -1), fused: heads.at(-1)! };
}
