// What a person wants to know of a data set before training: click rates, columns, rare and unseen values, how many
// different ids a batch has (that decides the speed), and rows that occur in more than one split.

import { type Batch, SPLITS, type Split } from "../base/batch.ts";
import { unhurried } from "../base/yield.ts";
import type { Folder } from "../shards/byteSource.ts";
import type { Dataset } from "../shards/dataset.ts";
import { type Column, countedRows, type Manifest, missingShare } from "../shards/manifest.ts";
import { createBatchCensus } from "./findings/batchCensus.ts";
import { censusModes } from "./findings/censusModes.ts";
import { findingsOf } from "./findings/findings.ts";
import type { ColumnInspection, Inspection } from "./inspection.ts";
import { recommendedModes } from "./recommendedMode.ts";
import { createRowSample, eachRowHash } from "./rowSample.ts";
import type { CountedValue } from "./vocabulary.ts";
import { readVocabulary } from "./vocabularyFile.ts";

const TOP_VALUES = 10;
const BATCH_ROWS = 4096;
/** Batches whose different ids are counted. */
const SAMPLED_BATCHES = 20;

/** Reads every row once; `onProgress` gets how many are done. Shares of nothing are 0. */
export async function inspectDataset(
  dataset: Dataset,
  folder: Folder,
  onProgress: (rows: number) => void = () => {},
): Promise<Inspection> {
  const { manifest } = dataset;
  const vocabulary = await readVocabulary(folder, manifest);
  const modes = censusModes(manifest.columns);
  const census = createCensus(manifest.columns.length, dataset.shape(modes).tableRows, manifest);
  const odd = createBatchCensus(manifest, vocabulary);
  const shards: Inspection["shards"] = [];
  let rows = 0;
  for (const split of SPLITS) {
    const countClicks = clicksByShard(manifest, split, shards);
    // File order, so that shards can be compared.
    const options = { split, batchSize: BATCH_ROWS, integers: modes, shuffle: null, reuse: true } as const;
    for await (const batch of unhurried(dataset.batches(options))) {
      countClicks(batch.labels);
      census[split](batch);
      odd.see(split, batch);
      onProgress((rows += batch.rowCount));
    }
  }
  const integers = manifest.columns.length - vocabulary.length;
  const counted = { of: manifest.rules.fittedOn, rows: countedRows(manifest) };
  return {
    name: manifest.name,
    badLines: manifest.badLines,
    counted,
    splits: {
      train: splitInspection(manifest, "train"),
      valid: splitInspection(manifest, "valid"),
      test: splitInspection(manifest, "test"),
    },
    shards,
    columns: manifest.columns.map((column, f) => ({
      ...commonInspection(column, counted.rows),
      oovShare: share(census.oov[f]!, manifest.splits.train.rows),
      testOovShare: share(census.testOov[f]!, manifest.splits.test.rows),
      unseenInTrainingShare: share(census.unseen[f]!, manifest.splits.test.rows),
      ...valuesOf(column, vocabulary[f - integers] ?? []),
    })),
    uniqueIds: census.uniqueIds(),
    ...census.shared(),
    findings: findingsOf({ manifest, vocabulary, ...odd.facts() }),
    recommended: recommendedModes(manifest),
  };
}

interface Census {
  train(batch: Batch): void;
  /** Follows the training rows. */
  valid(batch: Batch): void;
  /** Follows the rows of both others. */
  test(batch: Batch): void;
  /** Rows by field. */
  oov: Float64Array;
  testOov: Float64Array;
  unseen: Float64Array;
  uniqueIds(): Inspection["uniqueIds"];
  shared(): Pick<Inspection, "testRowsInTraining" | "validRowsInTraining" | "testRowsInValid">;
}

function createCensus(fields: number, tableRows: number, manifest: Manifest): Census {
  const seen = new Uint8Array(tableRows);
  const oov = new Float64Array(fields);
  const testOov = new Float64Array(fields);
  const unseen = new Float64Array(fields);
  const training = createRowSample(manifest.splits.train.rows);
  const validation = createRowSample(manifest.splits.valid.rows);
  const shared = { testRowsInTraining: 0, validRowsInTraining: 0, testRowsInValid: 0 };
  let sampledBatches = 0;
  let sampledRows = 0;
  let ids = 0;
  return {
    oov,
    testOov,
    unseen,
    train(batch) {
      for (let r = 0, at = 0; r < batch.rowCount; r++)
        for (let f = 0; f < fields; f++, at++) {
          const id = batch.ids[at]!;
          seen[id] = 1;
          // A field's OOV row has the field's own number.
          if (id === f) oov[f]!++;
        }
      eachRowHash(batch, training.add);
      if (sampledBatches === SAMPLED_BATCHES) return;
      sampledBatches++;
      sampledRows += batch.rowCount;
      ids += new Set(batch.ids).size;
    },
    test(batch) {
      for (let r = 0, at = 0; r < batch.rowCount; r++)
        for (let f = 0; f < fields; f++, at++) {
          const id = batch.ids[at]!;
          if (id === f) testOov[f]!++;
          if (seen[id] === 0) unseen[f]!++;
        }
      eachRowHash(batch, (hash, check) => {
        if (training.has(hash, check)) shared.testRowsInTraining += training.weight;
        if (validation.has(hash, check)) shared.testRowsInValid += validation.weight;
      });
    },
    valid(batch) {
      eachRowHash(batch, (hash, check) => {
        if (training.has(hash, check)) shared.validRowsInTraining += training.weight;
        validation.add(hash, check);
      });
    },
    uniqueIds: () => ({
      batchRows: BATCH_ROWS,
      ids: Math.round(share(ids, sampledBatches)),
      share: share(ids, sampledRows * fields),
    }),
    shared: () => shared,
  };
}

/** Notes the click rate of each shard of a split while its labels pass by in file order. */
function clicksByShard(
  manifest: Manifest,
  split: Split,
  into: Inspection["shards"],
): (labels: Float32Array) => void {
  const shards = manifest.shards.filter((shard) => shard.split === split);
  let s = 0;
  let rows = 0;
  let clicks = 0;
  return (labels) => {
    for (const label of labels) {
      clicks += label;
      if (++rows < shards[s]!.rows) continue;
      into.push({ file: shards[s]!.file, rows, clickRate: clicks / rows });
      s++;
      rows = 0;
      clicks = 0;
    }
  };
}

function splitInspection({ splits }: Manifest, split: Split): { rows: number; clickRate: number } {
  const { rows, positives } = splits[split];
  return { rows, clickRate: share(positives, rows) };
}

function commonInspection(
  column: Column,
  counted: number | null,
): Pick<ColumnInspection, "name" | "missingShare" | "distinct" | "frequent"> {
  const { name, distinct, frequent } = column;
  return { name, missingShare: missingShare(column, counted), distinct, frequent };
}

function valuesOf(column: Column, values: CountedValue[]) {
  if (column.kind === "category") return { kind: column.kind, top: values.slice(0, TOP_VALUES) };
  const { kind, minimum, maximum, buckets, scale } = column;
  const histogram = buckets
    .flatMap(({ value, count }) => (value === null ? [] : [{ bucket: value, count }]))
    .sort((a, b) => a.bucket - b.bucket);
  if (scale === undefined) return { kind, minimum, maximum, histogram };
  const ofSource = (stored: number | null) => stored && stored / scale;
  return { kind, minimum: ofSource(minimum), maximum: ofSource(maximum), scale, histogram };
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
