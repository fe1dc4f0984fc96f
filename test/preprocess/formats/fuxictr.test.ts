import { describe, expect, it } from "vitest";
import { exportFuxiCtr } from "../../../src/preprocess/export/fuxictr.ts";
import { inspectDataset } from "../../../src/preprocess/inspect.ts";
import { memoryOutput } from "../../../src/shards/byteSink.ts";
import { openDataset } from "../../../src/shards/openDataset.ts";
import { makeDataset } from "../made.ts";
import { goldenFiles, goldenText } from "./golden.ts";
import { importFiles, openFiles } from "./opened.ts";

const files = goldenFiles(/json|parquet/, "fuxictr");
const vocabulary: Record<string, Record<string, number>> = JSON.parse(
  goldenText("fuxictr/feature_vocab.json"),
);

/** The raw rows that FuxiCTR made a split of, as they should be stored: label, I1, price, C1, C2, hour. */
function expected(split: string): number[][] {
  const lines = goldenText(`fuxictr/raw/${split}.csv`).trimEnd().split("\n").slice(1);
  return lines.map((line) => {
    const [label, I1, price, C1, C2, hour] = line.split(",") as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const id = (column: string, token: string) =>
      token !== "" && Object.hasOwn(vocabulary[column]!, token) ? vocabulary[column]![token]! : 0;
    // FuxiCTR fills what is missing with 0.
    return [
      Number(label),
      Number(I1),
      Math.fround(Number(price)),
      id("C1", C1),
      id("C2", C2),
      id("hour", hour),
    ];
  });
}

describe("FuxiCTR's Parquet", () => {
  it("keeps its ids, columns and splits", async () => {
    const { source, manifest, rows } = await importFiles(files);
    expect(source.files).toEqual([
      "train.parquet",
      "valid.parquet",
      "test.parquet",
      "feature_map.json",
      "feature_vocab.json",
    ]);
    expect(source.name).toBe("tiny");
    expect(manifest.columns.map(({ name }) => name)).toEqual(["I1", "price", "C1", "C2", "hour"]);
    expect(manifest.columns[1]).toMatchObject({ kind: "integer", fractions: true });
    expect(rows.valid).toEqual(expected("valid"));
    expect(rows.test).toEqual(expected("test"));
    expect(rows.train).toHaveLength(200);
  });

  it("stops after so many rows, those of each split in proportion", async () => {
    const { rows } = await importFiles(files, { limit: 30 });
    expect(rows.train.length + rows.valid.length + rows.test.length).toBeLessThanOrEqual(30);
    expect(Math.min(rows.valid.length, rows.test.length)).toBeGreaterThan(3);
    expect(rows.test).toEqual(expected("test").slice(0, rows.test.length));
  });

  it("keeps its vocabulary, so that rows of the log can be mapped as it did", async () => {
    const { vocabulary: lines, manifest } = await importFiles(files);
    const named = (column: string) =>
      Object.keys(vocabulary[column]!)
        .filter((token) => !token.startsWith("__"))
        .sort((a, b) => vocabulary[column]![a]! - vocabulary[column]![b]!);
    expect(lines.map((line) => line.split("\t").slice(0, 2))).toEqual(
      ["C1", "C2", "hour"].flatMap((column) => named(column).map((token) => [column, token])),
    );
    expect(manifest.columns[2]).toMatchObject({ frequent: named("C1").length });
  });

  it("numbers the values where there is no vocabulary", async () => {
    const { "feature_vocab.json": _, ...rest } = files;
    const { vocabulary: lines } = await importFiles(rest);
    expect(lines.slice(0, 2).map((line) => line.split("\t").slice(0, 2))).toEqual([
      ["C1", "1"],
      ["C1", "2"],
    ]);
  });

  it("keeps names of any letters", async () => {
    const log = Array.from({ length: 50 }, (_, i) => `1\t${i}\tä${i % 3}`).join("\n");
    const layout = { integers: 1, categories: 1, names: ["I1", "类别"] };
    const made = await makeDataset(log, { threshold: 0 }, 1000, { layout });
    const exported = new Map<string, Uint8Array<ArrayBuffer>>();
    await exportFuxiCtr(await openDataset(made.folder), made.folder, memoryOutput(exported), {
      datasetId: "named",
      integers: "max",
    });
    const { folder } = await importFiles(Object.fromEntries(exported));
    const { columns } = await inspectDataset(await openDataset(folder), folder);
    expect(columns[1]).toMatchObject({ name: "类别", kind: "category", frequent: 3 });
  });

  it("refuses names that no vocabulary can hold", async () => {
    await expect(openFiles(mapWith('"hour"', '"ho\\tur"'))).rejects.toMatchObject({
      problem: { sentence: expect.stringMatching(/a column's name, "ho\\tur", is empty or has a tab/) },
    });
  });

  it("leaves raw data beside it alone", async () => {
    const raw = Object.entries(goldenFiles(/csv/, "fuxictr/raw"));
    const beside = Object.fromEntries(raw.map(([name, content]) => [`raw/${name}`, content]));
    const source = await openFiles({ ...beside, ...files });
    expect(source.format).toBe("FuxiCTR's Parquet");
    expect(source.files).not.toContain("raw/test.csv");
  });

  it("is a table like any other where no feature map is with it", async () => {
    const source = await openFiles({ "train.parquet": files["train.parquet"]! });
    expect([source.format, source.name]).toEqual(["Parquet", undefined]);
  });

  it.each([
    [
      "a damaged feature map",
      { ...files, "feature_map.json": bytes('{"dataset_id":"x","labels":[]}') },
      /feature_map.json .* at labels/,
    ],
    ["a sequence", mapWith('"type": "numeric"', '"type": "sequence"'), /"I1" is a sequence/],
    ["another column", mapWith('"price"', '"cost"'), /has no column "cost"/],
    [
      "a file that was cut off",
      { ...files, "train.parquet": files["train.parquet"]!.slice(0, 5000) },
      /train.parquet is damaged Parquet/,
    ],
  ])("refuses %s in a sentence", async (_, given, sentence) => {
    await expect(openFiles(given)).rejects.toMatchObject({
      problem: { sentence: expect.stringMatching(sentence) },
    });
  });
});

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(text));
}

function mapWith(from: string, to: string): Record<string, Uint8Array<ArrayBuffer>> {
  return { ...files, "feature_map.json": bytes(goldenText("fuxictr/feature_map.json").replace(from, to)) };
}
