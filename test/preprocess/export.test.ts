import { beforeAll, describe, expect, it } from "vitest";
import type { NumberModes } from "../../src/base/numberModes.ts";
import { exportFuxiCtr } from "../../src/preprocess/export/fuxictr.ts";
import { exportMindSpore } from "../../src/preprocess/export/mindspore.ts";
import { memoryOutput } from "../../src/shards/byteSink.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { importFiles } from "./formats/opened.ts";
import { logLine, type Made, makeDataset } from "./made.ts";

const lines = Array.from({ length: 500 }, (_, i) =>
  logLine(i % 3 === 0 ? 1 : 0, [i % 7 ? (i % 50) - 2 : "", 5], [`${i % 40}`, i % 5 ? 'ä\\"\u0001' : ""]),
);
let made: Made;
beforeAll(async () => {
  made = await makeDataset(lines.join("\n"), { threshold: 10, validShare: 0.1 });
});

async function toFuxiCtr(integers: NumberModes) {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const dataset = await openDataset(made.folder);
  const exported = await exportFuxiCtr(dataset, made.folder, memoryOutput(files), {
    datasetId: "criteo",
    integers,
  });
  return { exported, files: Object.fromEntries(files), dataset };
}

describe("export for FuxiCTR", () => {
  it("can be imported again: the same rows, values and splits", async () => {
    const { exported, files, dataset } = await toFuxiCtr("bucket");
    expect(exported).toEqual({ files: Object.keys(files), rows: 500 });
    const again = await importFiles(files);
    for (const split of ["train", "valid", "test"] as const) {
      const batches = dataset.batches({ split, integers: "bucket", batchSize: 500, shuffle: null });
      const { value: batch } = await batches.next();
      const { fields, ids, labels } = batch!;
      // In the imported data set every column is a category, and ids follow one another as they did.
      const local = again.manifest.columns.map(({ base }) => base);
      expect(
        again.rows[split].map((row) => row.slice(1).map((id, f) => (id === 0 ? f : local[f]! + id - 1))),
      ).toEqual(Array.from(labels, (_, r) => Array.from(ids.subarray(r * fields, (r + 1) * fields))));
      expect(again.rows[split].map((row) => row[0])).toEqual(Array.from(labels));
    }
    const values = (vocabulary: string[]) => vocabulary.map((line) => line.split("\t").slice(0, 2).join());
    const original = new TextDecoder()
      .decode(made.files.get("vocabulary.tsv"))
      .trimEnd()
      .split("\n")
      .slice(1);
    expect(values(again.vocabulary).filter((line) => line.startsWith("C"))).toEqual(values(original));
  });

  it("describes its columns as FuxiCTR does", async () => {
    const { files } = await toFuxiCtr("bucket");
    const map = JSON.parse(new TextDecoder().decode(files["feature_map.json"]));
    const vocabulary = JSON.parse(new TextDecoder().decode(files["feature_vocab.json"]));
    expect(map).toMatchObject({ dataset_id: "criteo", num_fields: 39, input_length: 39, labels: ["label"] });
    expect(map.features[14]).toEqual({
      C2: { source: "", type: "categorical", padding_idx: 0, vocab_size: 4 },
    });
    expect(vocabulary.C2).toEqual({ __PAD__: 0, 'ä\\"\u0001': 1, "": 2, __OOV__: 3 });
    const sizes = map.features.map((feature: object) => Object.values(feature)[0].vocab_size);
    expect(map.total_features).toBe(sizes.reduce((a: number, b: number) => a + b));
  });

  it("leaves integers numbers when asked to", async () => {
    const { files } = await toFuxiCtr("max");
    const again = await importFiles(files);
    expect(again.manifest.columns[0]).toMatchObject({
      name: "I1",
      kind: "integer",
      maximum: 1,
      fractions: true,
    });
    expect(again.manifest.columns[1]).toMatchObject({ name: "I2", minimum: 1, maximum: 1 });
  });
});

it("exports MindSpore's dictionaries: bounds that start at 0, frequent values with their counts", async () => {
  const files = new Map<string, Uint8Array>();
  const { threshold } = await exportMindSpore(made.manifest, made.folder, memoryOutput(files));
  const content = (name: string) => JSON.parse(new TextDecoder().decode(files.get(name)));
  expect(threshold).toBe(10);
  expect(content("val_max_dict.json")).toMatchObject({ val_1: 47, val_2: 5, val_3: 0 });
  expect(content("val_min_dict.json")).toMatchObject({ val_1: -2, val_2: 0, val_3: 0 });
  const counts = content("cat_count_dict.json");
  expect(counts.cat_2).toEqual({ 'ä\\"\u0001': 400, "": 100 });
  expect(Object.keys(counts)).toEqual(Array.from({ length: 26 }, (_, c) => `cat_${c + 1}`));
});
