// How a model did on parts of the rows that it was evaluated on: of all of them, unlike the slices of a run's own sample.

import type { Split } from "../base/batch.ts";
import { problemError } from "../base/result.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import type { Sample } from "../insight/sample.ts";
import { measureSlices, slicesOfColumn, slicesOfPrediction } from "../insight/slices.ts";
import type { Config } from "../model/config.ts";
import { namedSlices, type RunSlices } from "../runs/runSlices.ts";
import type { Dataset } from "../shards/dataset.ts";
import { readValueTexts } from "./columnTexts.ts";
import type { Scores } from "./evaluate.ts";

interface SlicedRows {
  dataset: Dataset;
  /** Where the data set can be opened once more, for the values' names. */
  location: DatasetLocation;
  split: Split;
  config: Config;
}

/** Measures scores of these rows by a column, or by "prediction". Throws a ProblemError for a column that there is not. */
export function sliceMeter(by: string, rows: SlicedRows): (scores: Scores) => Promise<RunSlices> {
  const names = rows.dataset.manifest.columns.map(({ name }) => name);
  const column = names.indexOf(by);
  if (column < 0 && by !== "prediction") throw problemError("slice-of-no-column", { by, names });
  return async ({ labels, logits }) => {
    if (column < 0)
      return { by, slices: namedSlices(measureSlices(labels, logits, slicesOfPrediction(logits)), () => "") };
    const slicing = slicesOfColumn(await readColumn(rows, column), 0);
    const texts = await readValueTexts(rows.location, rows.dataset.identity, rows.config.integers);
    const valueText = (id: number, weight: number) => texts.textOf(column, id, weight);
    return { by, slices: namedSlices(measureSlices(labels, logits, slicing), valueText) };
  };
}

/** A split's values of one column, in file order. */
async function readColumn(
  { dataset, split, config: { batchSize, integers } }: SlicedRows,
  column: number,
): Promise<Omit<Sample, "labels">> {
  const { rows } = dataset.manifest.splits[split];
  const ids = new Int32Array(rows);
  const weights = new Float32Array(rows);
  let at = 0;
  for await (const batch of dataset.batches({ split, batchSize, integers, shuffle: null, reuse: true }))
    for (let r = 0; r < batch.rowCount; r++, at++) {
      ids[at] = batch.ids[r * batch.fields + column]!;
      weights[at] = batch.weights[r * batch.fields + column]!;
    }
  return { rows, fields: 1, ids, weights };
}
