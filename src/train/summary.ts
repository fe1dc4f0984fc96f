// An open data set as the page shows it.

import { SPLITS, type Split } from "../base/batch.ts";
import { INTEGER_MODES, type InputShape, type IntegerMode } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import { byteLengthOf, countedRows, type Manifest, missingShare } from "../shards/manifest.ts";
import type { DatasetSummary } from "./requests.ts";

export function summarise(dataset: Dataset): DatasetSummary {
  const { manifest, identity } = dataset;
  return {
    name: manifest.name,
    identity,
    rows: bySplit(manifest, "rows"),
    positives: bySplit(manifest, "positives"),
    byteLength: byteLengthOf(manifest),
    shapes: Object.fromEntries(INTEGER_MODES.map((mode) => [mode, dataset.shape(mode)])) as Record<
      IntegerMode,
      InputShape
    >,
    bestReachableAuc: manifest.bestReachableAuc ?? null,
    columns: columnsOf(manifest),
    badLines: manifest.badLines,
    badLineExamples: manifest.badLineExamples,
  };
}

function bySplit({ splits }: Manifest, count: "rows" | "positives"): Record<Split, number> {
  return Object.fromEntries(SPLITS.map((split) => [split, splits[split][count]])) as Record<Split, number>;
}

function columnsOf(manifest: Manifest): DatasetSummary["columns"] {
  const counted = countedRows(manifest);
  return manifest.columns.map((column) => {
    const { name, kind, distinct, frequent } = column;
    return { name, kind, missingShare: missingShare(column, counted), distinct, frequent };
  });
}
