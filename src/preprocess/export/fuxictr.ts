// A data set → the folder that FuxiCTR makes of its raw data: feature_map.json, feature_vocab.json, and Parquet files with
// its ids. In a column 0 is padding, 1 to n are the values by falling count, n + 1 is OOV.

import { SPLITS, type Split } from "../../base/batch.ts";
import { modeOf, type NumberMode, type NumberModes } from "../../base/numberModes.ts";
import type { OutputFolder } from "../../shards/byteSink.ts";
import type { Folder } from "../../shards/byteSource.ts";
import type { Dataset } from "../../shards/dataset.ts";
import { columnEncoders } from "../../shards/encoding.ts";
import { type Column, integerColumns, type Manifest } from "../../shards/manifest.ts";
import { createParquetFrame, encodeColumns, flatSchema } from "../../shards/parquetFile.ts";
import { ROW_GROUP_ROWS } from "../../shards/rows.ts";
import { readVocabulary } from "../vocabularyFile.ts";
import { textOf, writeJson } from "./json.ts";

export interface FuxiCtrOptions {
  /** As FuxiCTR's configuration names the data set; it looks for a folder of this name. */
  datasetId: string;
  /** bucket: integers are categories, as in its Criteo configurations; else numbers, scaled as this studio scales them. */
  integers: NumberModes;
  onProgress?: (rows: number) => void;
}

/** One of FuxiCTR's features. */
interface Feature {
  name: string;
  /** The column's values in the order of their ids; null for a number. */
  tokens: string[] | null;
  /** Table row of the first value. */
  base: number;
}

export interface Exported {
  files: string[];
  rows: number;
}

/** Writes the folder; returns what is in it. Throws a ProblemError where the data set is damaged. */
export async function exportFuxiCtr(
  dataset: Dataset,
  folder: Folder,
  output: OutputFolder,
  { datasetId, integers, onProgress = () => {} }: FuxiCtrOptions,
): Promise<Exported> {
  const features = await featuresOf(dataset.manifest, folder, integers);
  await writeJson(output, "feature_map.json", featureMap(datasetId, features));
  await writeJson(output, "feature_vocab.json", featureVocabulary(features));
  const files = ["feature_map.json", "feature_vocab.json"];
  let rows = 0;
  for (const split of SPLITS) {
    if (dataset.manifest.splits[split].rows === 0) continue;
    const file = `${split}.parquet`;
    await writeSplit(dataset, output, file, split, features, integers, (count) =>
      onProgress((rows += count)),
    );
    files.push(file);
  }
  return { files, rows };
}

async function featuresOf(manifest: Manifest, folder: Folder, integers: NumberModes): Promise<Feature[]> {
  const vocabulary = await readVocabulary(folder, manifest);
  const first = integerColumns(manifest).length;
  const encoders = columnEncoders(manifest, integers);
  return manifest.columns.map((column, f): Feature => {
    const { name } = column;
    const { base } = encoders[f]!;
    if (column.kind === "category")
      return { name, tokens: vocabulary[f - first]!.map(({ value }) => textOf(value)), base };
    return { name, tokens: numberTokens(column, modeOf(integers, name)), base };
  });
}

/** What has an id of its own; a missing number is the empty string, as FuxiCTR has it. Null for a number with a weight. */
function numberTokens(column: Extract<Column, { kind: "integer" }>, mode: NumberMode): string[] | null {
  if (mode === "bucket")
    return column.buckets.slice(0, column.frequent).map(({ value }) => (value === null ? "" : String(value)));
  if (mode !== "quantile") return null;
  const bounds = (column.statistics?.quantiles ?? []).map((bound) => `from ${bound}`);
  return ["below", ...bounds, ...(column.missing > 0 ? [""] : [])];
}

function featureMap(datasetId: string, features: Feature[]): unknown {
  return {
    dataset_id: datasetId,
    num_fields: features.length,
    total_features: features.reduce((sum, { tokens }) => sum + (tokens ? tokens.length + 2 : 1), 0),
    input_length: features.length,
    labels: ["label"],
    features: features.map(({ name, tokens }) => ({
      [name]: tokens
        ? { source: "", type: "categorical", padding_idx: 0, vocab_size: tokens.length + 2 }
        : { source: "", type: "numeric" },
    })),
  };
}

function featureVocabulary(features: Feature[]): unknown {
  return new Map(
    features.flatMap(({ name, tokens }) => {
      if (!tokens) return [];
      const ids = tokens.map((token, i): [string, number] => [token, i + 1]);
      return [[name, new Map([["__PAD__", 0], ...ids, ["__OOV__", tokens.length + 1]])]];
    }),
  );
}

async function writeSplit(
  dataset: Dataset,
  output: OutputFolder,
  file: string,
  split: Split,
  features: Feature[],
  integers: NumberModes,
  onProgress: (rows: number) => void,
): Promise<void> {
  const schema = flatSchema([
    { name: "label", type: "FLOAT" },
    ...features.map(({ name, tokens }) => ({ name, type: tokens ? ("INT32" as const) : ("FLOAT" as const) })),
  ]);
  const frame = createParquetFrame(schema);
  const sink = await output.create(file);
  await sink.write(frame.head);
  let offset = frame.head.length;
  for await (const { rowCount, fields, ids, weights, labels } of dataset.batches({
    split,
    integers,
    batchSize: ROW_GROUP_ROWS,
    shuffle: null,
    reuse: true,
  })) {
    const columns = features.map(({ tokens, base }, f) => {
      if (!tokens) return Float32Array.from({ length: rowCount }, (_, r) => weights[r * fields + f]!);
      const oov = tokens.length + 1;
      return Int32Array.from({ length: rowCount }, (_, r) => {
        // A column's OOV row has the column's own number.
        const id = ids[r * fields + f]!;
        return id === f ? oov : id - base + 1;
      });
    });
    const { bytes, chunks } = encodeColumns(schema, [labels, ...columns]);
    frame.add(chunks, rowCount, offset, bytes.length);
    await sink.write(bytes);
    offset += bytes.length;
    onProgress(rowCount);
  }
  await sink.write(frame.foot());
  await sink.close();
}
