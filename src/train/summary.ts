// An open data set as the page shows it.

import { SPLITS, type Split } from "../base/batch.ts";
import { NUMBER_MODES, type NumberMode } from "../base/numberModes.ts";
import { recommendedMode } from "../preprocess/recommendedMode.ts";
import type { Dataset } from "../shards/dataset.ts";
import {
  byteLengthOf,
  countedRows,
  type IntegerColumn,
  type Manifest,
  missingShare,
  type Rules,
} from "../shards/manifest.ts";
import { allowsMode, isFlat, ownIds } from "../shards/numberEncoding.ts";
import type { DatasetSummary, NumbersSummary } from "./requests.ts";

export function summarise(dataset: Dataset): DatasetSummary {
  const { manifest, identity } = dataset;
  return {
    name: manifest.name,
    identity,
    rows: bySplit(manifest, "rows"),
    rules: rulesInWords(manifest.rules),
    positives: bySplit(manifest, "positives"),
    byteLength: byteLengthOf(manifest),
    bestReachableAuc: manifest.bestReachableAuc ?? null,
    columns: columnsOf(manifest),
    badLines: manifest.badLines,
    badLineExamples: manifest.badLineExamples,
  };
}

const DEALT: Record<Rules["split"], string> = {
  hash: "split by a hash of the line",
  mindspore: "split as MindSpore’s script does",
  none: "not split",
  given: "splits as the source has them",
  random: "split at random with exact shares",
  time: "split by time",
};
const FITTED: Record<Rules["fittedOn"], string> = {
  all: "values counted in all rows",
  train: "values counted in the training rows",
  given: "ids of another data set",
};

/** "split by a hash of the line, seed 1; values counted in the training rows, an id from 10 rows on". */
function rulesInWords({ split, seed, fittedOn, rule, threshold }: Rules): string {
  const dealt = split === "hash" || split === "random" ? `${DEALT[split]}, seed ${seed}` : DEALT[split];
  if (fittedOn === "given") return `${dealt}; ${FITTED.given}`;
  return `${dealt}; ${FITTED[fittedOn]}, an id from ${rule === "over" ? threshold + 1 : threshold} rows on`;
}

function bySplit({ splits }: Manifest, count: "rows" | "positives"): Record<Split, number> {
  return Object.fromEntries(SPLITS.map((split) => [split, splits[split][count]])) as Record<Split, number>;
}

function columnsOf(manifest: Manifest): DatasetSummary["columns"] {
  const counted = countedRows(manifest);
  return manifest.columns.map((column) => {
    const { name, kind, distinct, frequent } = column;
    const numbers = column.kind === "integer" ? numbersOf(column) : null;
    return { name, kind, missingShare: missingShare(column, counted), distinct, frequent, numbers };
  });
}

function numbersOf(column: IntegerColumn): NumbersSummary {
  const allowed = NUMBER_MODES.filter((mode) => allowsMode(column, mode));
  const ids = NUMBER_MODES.map((mode) => [mode, allowed.includes(mode) ? ownIds(column, mode) : null]);
  return {
    ids: Object.fromEntries(ids) as Record<NumberMode, number | null>,
    flat: allowed.filter((mode) => isFlat(column, mode)),
    recommended: recommendedMode(column),
  };
}
