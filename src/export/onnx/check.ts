// Whether an exported graph computes what the studio computes: both on the same rows, their logits compared.

import type { Batch } from "../../base/batch.ts";
import { createRandom } from "../../base/random.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Config, InputShape } from "../../model/config.ts";
import { parameterSpecs } from "../../model/parameters.ts";
import { type Folder, withFile } from "../../shards/byteSource.ts";
import { columnEncoders } from "../../shards/encoding.ts";
import type { Manifest } from "../../shards/manifest.ts";
import { createRowMixer } from "../../shards/rowMixer.ts";
import { MISSING } from "../../shards/rows.ts";
import { openShard, type StoredColumn } from "../../shards/shardFile.ts";
import type { ExportedModel } from "../model.ts";
import { exportOnnx } from "./export.ts";
import type { OnnxFile } from "./file.ts";
import { type RawColumns, rawInputs } from "./raw.ts";

/** What a runtime takes and gives, by name. */
export type Feeds = Record<
  string,
  {
    type: "int32" | "float32" | "float64" | "string";
    data: Int32Array | Float32Array | Float64Array | string[];
    dims: number[];
  }
>;
export type OnnxRunner = (feeds: Feeds) => Promise<Record<string, ArrayLike<number>>>;

/** Rows to compare on: as the studio's engine takes them, and as a log has them. */
export interface CheckedRows {
  batch: Batch;
  /** Row-major, as `rawGraph` takes them; null where the rows came of no data set. */
  raw: { integers: Int32Array; numbers: Float32Array; categories: string[] } | null;
}

/** Logits may differ by so much times the largest of them (and at least 1): both sides round float32. */
const TOLERANCE = 2e-5;
/** Stands for every value that has no id: no log has it. */
const UNKNOWN = "\ufffdno such value";

/** Rows without a data set: every kind of table row, and weights between −1 and 1. */
export function randomRows({ shape, config }: ExportedModel, rowCount: number): CheckedRows {
  const { fields, tableRows } = shape;
  const random = createRandom(1);
  const cells = rowCount * fields;
  const weigh = config.integers !== "bucket";
  return {
    batch: {
      rowCount,
      fields,
      ids: Int32Array.from({ length: cells }, () => Math.floor(random.uniform() * tableRows)),
      weights: Float32Array.from({ length: cells }, () => (weigh ? 2 * random.uniform() - 1 : 1)),
      labels: new Float32Array(rowCount),
    },
    raw: null,
  };
}

/** The first rows of the test split, or of the one that has rows; `values` are the categories' texts in id order. */
export async function firstRows(
  folder: Folder,
  manifest: Manifest,
  values: string[][],
  integers: Config["integers"],
  most: number,
): Promise<CheckedRows> {
  const { shards } = manifest;
  const shard =
    shards.find(({ split }) => split === "test") ??
    shards.find(({ split }) => split === "valid") ??
    shards[0]!;
  const group = await withFile(folder, shard.file, async (file) => {
    const reader = await openShard(file, shard, manifest);
    return reader.decode(0, await reader.fetch(0));
  });
  const rowCount = Math.min(most, group.count);
  const encoders = columnEncoders(manifest, integers);
  const fields = encoders.length;
  const mixer = createRowMixer(encoders, group.count);
  const batch: Batch = {
    rowCount,
    fields,
    ids: new Int32Array(rowCount * fields),
    weights: new Float32Array(rowCount * fields).fill(1),
    labels: new Float32Array(rowCount),
  };
  mixer.fill([group], null);
  mixer.cut(0, rowCount, batch, 0);
  mixer.close();
  const stored = group.columns.slice(1);
  const { columns } = manifest;
  const categories = columns.filter(({ kind }) => kind === "category");
  const places = rawInputs(columns);
  const cellsOf = <T>(names: string[], cell: (column: StoredColumn, r: number, name: string) => T): T[] => {
    const at = names.map((name) => columns.findIndex((column) => column.name === name));
    return Array.from({ length: rowCount * names.length }, (_, i) => {
      const c = i % names.length;
      return cell(stored[at[c]!]!, Math.floor(i / names.length), names[c]!);
    });
  };
  const texts = new Map(categories.map(({ name }, c) => [name, values[c]!]));
  return {
    batch,
    raw: {
      integers: Int32Array.from(cellsOf(places.integers, integerAt)),
      numbers: Float32Array.from(cellsOf(places.numbers, ({ codes }, r) => codes[r]!)),
      categories: cellsOf(places.categories, ({ codes }, r, name) =>
        codes[r] === 0 ? UNKNOWN : texts.get(name)![codes[r]! - 1]!,
      ),
    },
  };
}

function integerAt({ codes, base }: StoredColumn, r: number): number {
  const code = codes[r]!;
  if (base === null) return code;
  return code === 0 ? MISSING : code + base - 1;
}

/** The inputs of a graph for these rows: ids and weights, or a log's values. */
export function feedsOf({ batch, raw }: CheckedRows, from: "ids" | "raw", float64: boolean): Feeds {
  const { rowCount, fields, ids, weights } = batch;
  if (from === "ids")
    return {
      ids: { type: "int32", data: ids, dims: [rowCount, fields] },
      weights: {
        type: float64 ? "float64" : "float32",
        data: float64 ? Float64Array.from(weights) : weights,
        dims: [rowCount, fields],
      },
    };
  const { integers, numbers, categories } = raw!;
  const dims = ({ length }: ArrayLike<unknown>) => [rowCount, length / rowCount];
  const feeds: Feeds = {};
  if (integers.length > 0) feeds.integers = { type: "int32", data: integers, dims: dims(integers) };
  if (numbers.length > 0) feeds.numbers = { type: "float32", data: numbers, dims: dims(numbers) };
  if (categories.length > 0) feeds.categories = { type: "string", data: categories, dims: dims(categories) };
  return feeds;
}

export interface Difference {
  rows: number;
  /** The largest, of the fused logit and of any branch's. */
  largest: number;
  /** Whether it is rounding alone. */
  isRounding: boolean;
}

/** Compares a runtime's outputs with the engine's logits, row-major [B, branches + 1], the fused one last. */
export function differenceOf(
  outputs: Record<string, ArrayLike<number>>,
  logits: Float32Array,
  rows: number,
): Difference {
  const heads = logits.length / rows;
  let largest = 0;
  let greatest = 1;
  for (let r = 0; r < rows; r++)
    for (let h = 0; h < heads; h++) {
      const expected = logits[r * heads + h]!;
      const found = h === heads - 1 ? outputs.logit![r]! : outputs.branch_logits![r * (heads - 1) + h]!;
      // NaN is the largest difference of all.
      const difference = Math.abs(found - expected);
      largest =
        difference >= largest || !Number.isNaN(difference)
          ? Math.max(largest, difference)
          : Number.POSITIVE_INFINITY;
      greatest = Math.max(greatest, Math.abs(expected));
    }
  return { rows, largest, isRounding: largest <= TOLERANCE * greatest };
}

/** The same model with those rows of its table alone that a batch has; the batch's ids point into it. */
export function compacted(model: ExportedModel, batch: Batch): { model: ExportedModel; batch: Batch } {
  const rows = [...new Set(batch.ids)].sort((a, b) => a - b);
  const places = new Map(rows.map((row, place) => [row, place]));
  const parameters = new Map(model.parameters);
  for (const { name, kind } of parameterSpecs(model.config, model.shape)) {
    if (kind !== "embedding" && kind !== "linear") continue;
    const { shape, values } = model.parameters.get(name)!;
    const width = shape[1]!;
    const table = new Float32Array(rows.length * width);
    for (const [place, row] of rows.entries())
      table.set(values.subarray(row * width, (row + 1) * width), place * width);
    parameters.set(name, { shape: [rows.length, width], values: table });
  }
  return {
    model: { ...model, parameters, shape: { ...model.shape, tableRows: rows.length } },
    batch: { ...batch, ids: batch.ids.map((id) => places.get(id)!) as Batch["ids"] },
  };
}

/** Of a model's file; above that, the check takes the rows' part of the table. */
const MOST_CHECKED_BYTES = 512e6;

/** Where graph and model run for the check. */
export interface CheckPlace {
  loadOnnx(file: OnnxFile): Promise<OnnxRunner>;
  createEngine(config: Config, shape: InputShape): Promise<Engine>;
}

/** Runs a model's graph in onnxruntime beside the studio's engine, both on `rows`. */
export async function checkOnnx(
  whole: ExportedModel,
  rows: CheckedRows,
  raw: RawColumns | null,
  { float64, bytes }: { float64: boolean; bytes: number },
  { loadOnnx, createEngine }: CheckPlace,
): Promise<Difference> {
  const part = !raw && bytes > MOST_CHECKED_BYTES ? compacted(whole, rows.batch) : null;
  const { model, batch } = part ?? { model: whole, batch: rows.batch };
  const run = await loadOnnx(exportOnnx(model, { float64, raw, dataName: "", external: false }));
  const outputs = await run(feedsOf({ ...rows, batch }, raw ? "raw" : "ids", float64));
  const engine = await createEngine(model.config, model.shape);
  try {
    const state = await engine.read();
    await engine.write({ ...state, parameters: model.parameters, running: model.running });
    const { logits } = await engine.evaluate(batch);
    return differenceOf(outputs, logits, batch.rowCount);
  } finally {
    engine.dispose();
  }
}
