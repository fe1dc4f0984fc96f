import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { splitOfName } from "../../../src/preprocess/formats/splitNames.ts";
import { CRITEO, columnNames, MISSING } from "../../../src/shards/rows.ts";
import { logLine } from "../made.ts";
import { importFiles, openFiles } from "./opened.ts";

const header = (label: string) => [label, ...columnNames(CRITEO).slice(1)].join(",");
const csv = (label: string, lines: string[]) => `${[header(label), ...lines].join("\n")}\n`;
const x4 = (rows: number, first = 0) =>
  Array.from({ length: rows }, (_, i) =>
    logLine(i % 2, [first + i, ""], [i % 3 ? "05db9164" : "", "a0b1c2d3"]).replaceAll("\t", ","),
  );

describe("reczoo's Criteo_x4", () => {
  const files = {
    "Criteo_x4/test.csv": csv("Label", x4(30, 200)),
    "Criteo_x4/train.csv": csv("Label", x4(50)),
    "Criteo_x4/valid.csv": csv("Label", x4(20, 100)),
    "Criteo_x4/README.md": "# Criteo_x4\n\nAbout it.\n",
  };

  it("keeps its files as splits", async () => {
    const { source, manifest, rows, vocabulary } = await importFiles(files, {}, { threshold: 10 });
    expect(source.files).toEqual(["Criteo_x4/train.csv", "Criteo_x4/valid.csv", "Criteo_x4/test.csv"]);
    expect(manifest.splits).toMatchObject({ train: { rows: 50 }, valid: { rows: 20 }, test: { rows: 30 } });
    expect(manifest.rules).toMatchObject({ split: "given", threshold: 10, rule: "over" });
    expect(rows.train[7]!.slice(0, 3)).toEqual([1, 7, MISSING]);
    expect(rows.test.map((row) => row[1])).toEqual(Array.from({ length: 30 }, (_, i) => 200 + i));
    expect(vocabulary.slice(0, 3)).toEqual(["C1\t05db9164\t66", "C1\t\t34", "C2\ta0b1c2d3\t100"]);
  });

  it("counts the training file alone when asked to", async () => {
    const { vocabulary } = await importFiles(files, {}, { threshold: 10, fittedOn: "train" });
    expect(vocabulary.slice(0, 3)).toEqual(["C1\t05db9164\t33", "C1\t\t17", "C2\ta0b1c2d3\t50"]);
  });

  it("reads so many rows at most, packed or plain", async () => {
    const packed = { "train.csv.gz": gzipSync(files["Criteo_x4/train.csv"]) as Uint8Array<ArrayBuffer> };
    const { manifest, rows } = await importFiles(packed, { limit: 12 }, { threshold: 0, split: "none" });
    expect(manifest.source).toEqual({ files: ["train.csv.gz"], lines: 12 });
    expect(rows.train.map((row) => row[1])).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  it("reads so many rows of its splits together, of each in proportion", async () => {
    const { manifest, rows } = await importFiles(files, { limit: 20 }, { threshold: 0 });
    const { train, valid, test } = manifest.splits;
    expect([train.rows, valid.rows, test.rows]).toEqual([9, 4, 6]);
    expect(rows.test.map((row) => row[1])).toEqual([200, 201, 202, 203, 204, 205]);
    const inOrder = await importFiles(files, { limit: 20, inOrder: true }, { threshold: 0 });
    expect(inOrder.manifest.splits.train.rows).toBe(20);
  });

  it("deals all rows anew when the names are to say nothing", async () => {
    const { manifest } = await importFiles(files, { ignoreSplits: true });
    expect(manifest.rules.split).toBe("hash");
    expect(manifest.splits.valid.rows).toBe(0);
    expect(manifest.splits.train.rows + manifest.splits.test.rows).toBe(100);
  });
});

describe("reczoo's Criteo_x1", () => {
  const line = (i: number) =>
    logLine(i % 2, [i / 1000, "0.5", i === 3 ? "" : 7 * i], [String(i % 4), String(2_000_000 + i)]);
  const lines = Array.from({ length: 40 }, (_, i) => line(i).replaceAll("\t", ","));

  it("keeps fractions as integers of a scale, and the order of ids", async () => {
    const { manifest, rows, vocabulary } = await importFiles(
      { "x1.csv": csv("label", lines) },
      {},
      { split: "none" },
    );
    expect(manifest.rules).toMatchObject({ rule: "at-least", threshold: 1, idOrder: "given" });
    expect(manifest.columns.slice(0, 3)).toMatchObject([
      { name: "I1", scale: 1e9, maximum: 39_000_000, minimum: 0 },
      { name: "I2", scale: 1e9, maximum: 500_000_000 },
      { name: "I3", maximum: 273, missing: 1 },
    ]);
    expect(manifest.columns[2]).not.toHaveProperty("scale");
    expect(rows.train[3]!.slice(0, 4)).toEqual([1, 3_000_000, 500_000_000, MISSING]);
    expect(rows.train[6]!.slice(14, 16)).toEqual([3, 7]);
    expect(vocabulary.slice(0, 6)).toEqual([
      "C1\t0\t10",
      "C1\t1\t10",
      "C1\t2\t10",
      "C1\t3\t10",
      "C2\t2000000\t1",
      "C2\t2000001\t1",
    ]);
  });
});

it("takes numbers of a log as ids when told to skip their conversion", async () => {
  const log = Array.from({ length: 30 }, (_, i) => logLine(1, [i], [String(90 + (i % 3) * 5)])).join("\n");
  const { vocabulary } = await importFiles({ "log.txt": log }, { numbers: true }, { threshold: 5 });
  expect(vocabulary.filter((line) => line.startsWith("C1\t"))).toEqual([
    "C1\t90\t10",
    "C1\t95\t10",
    "C1\t100\t10",
  ]);
});

it("takes columns of other names where their numbers are given", async () => {
  const text = "click,hour,banner,site\n1,14,x,a\n0,15.0,y,b\n";
  const layout = { integers: 1, categories: 2 };
  const { manifest, rows } = await importFiles(
    { "avazu.csv": text },
    { layout },
    { threshold: 0, split: "none" },
  );
  expect(manifest.columns.map(({ name }) => name)).toEqual(["hour", "banner", "site"]);
  expect(rows.train).toEqual([
    [1, 14, 1, 1],
    [0, 15, 2, 2],
  ]);
});

it.each([
  ["no label", { "a.csv": "id,I1,C1\n1,2,3\n" }, "format-mismatch"],
  ["a text", { "a.md": "# About\n\nRows, labels, and so on\n" }, "format-unknown"],
  ["strange columns", { "a.csv": "label,I1,age\n1,2,3\n" }, "format-mismatch"],
  [
    "a file with another header",
    { "train.csv": csv("label", x4(3)), "test.csv": `label,I1,C1\n${x4(3)[0]}\n` },
    "format-mismatch",
  ],
  [
    "files of two kinds of names",
    { "train.csv": csv("label", x4(3)), "test.csv": csv("label", x4(3)), "more.csv": csv("label", x4(3)) },
    "splits-unclear",
  ],
  ["a data set of this studio", { "manifest.json": "{}", "vocabulary.tsv": "" }, "preprocessed-already"],
  ["another table with tabs", { "a.tsv": "column\tvalue\tcount\nC1\ta\t3\n" }, "format-unknown"],
  ["an archive", { "dac.zip": "PK\u0003\u0004 and so on" }, "format-unknown"],
  ["nothing at all", { "train.txt": "" }, "log-empty"],
])("refuses %s in a sentence", async (_, files, code) => {
  await expect(openFiles(files as Record<string, string>)).rejects.toMatchObject({ problem: { code } });
});

it("knows a log whose first line is bad", async () => {
  const log = ["cut off", ...Array.from({ length: 200 }, (_, i) => logLine(0, [i]))].join("\r\n");
  const { manifest, source } = await importFiles({ "train.txt": log });
  expect(source.format).toBe("Criteo's log");
  expect(manifest.badLineExamples).toEqual([{ line: 0, reason: "has 1 column instead of 40" }]);
});

it("says where a line is that cannot be read", async () => {
  const good = x4(300);
  const files = { "train.csv": csv("label", good), "test.csv": csv("label", [...good, "1,x", ...good]) };
  const { source, manifest } = await importFiles(files);
  expect(manifest.badLineExamples).toEqual([{ line: 600, reason: "has 2 columns instead of 40" }]);
  expect(source.whereIs(600)).toBe("line 302 of test.csv");
});

it("knows splits by files' names", () => {
  expect(
    [
      "train.csv",
      "test_input_part_0.h5",
      "valid/part_1.parquet",
      "tr.tsv",
      "x_val.csv",
      "log.txt",
      "train_test.csv",
    ].map(splitOfName),
  ).toEqual([0, 2, 1, 0, 1, null, null]);
});
