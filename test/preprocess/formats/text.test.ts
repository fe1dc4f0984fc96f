import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { blobInput } from "../../../src/preprocess/formats/input.ts";
import { openLogs } from "../../../src/preprocess/formats/openLogs.ts";
import { splitOfName } from "../../../src/preprocess/formats/splitNames.ts";
import { CRITEO, columnNames, MISSING } from "../../../src/shards/rows.ts";
import { logLine } from "../made.ts";
import { importFiles, openFiles } from "./opened.ts";

const header = (label: string) => [label, ...columnNames(CRITEO).slice(1)].join(",");
const csv = (label: string, lines: string[]) => `${[header(label), ...lines].join("\n")}\n`;
const x4 = (rows: number, first = 0) =>
  Array.from({ length: rows }, (_, i) =>
    logLine(i % 2, [first + i, ""], [i % 3 ? "0a1b2c3d" : "", "a0b1c2d3"]).replaceAll("\t", ","),
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
    expect(vocabulary.slice(0, 3)).toEqual(["C1\t0a1b2c3d\t66", "C1\t\t34", "C2\ta0b1c2d3\t100"]);
  });

  it("counts the training file alone when asked to", async () => {
    const { vocabulary } = await importFiles(files, {}, { threshold: 10, fittedOn: "train" });
    expect(vocabulary.slice(0, 3)).toEqual(["C1\t0a1b2c3d\t33", "C1\t\t17", "C2\ta0b1c2d3\t50"]);
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
    expect([train.rows, valid.rows, test.rows]).toEqual([10, 4, 6]);
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

  it("keeps fractions as they are, and the order of ids", async () => {
    const { manifest, rows, vocabulary } = await importFiles(
      { "x1.csv": csv("label", lines) },
      {},
      { split: "none" },
    );
    expect(manifest.rules).toMatchObject({ rule: "at-least", threshold: 1, idOrder: "given" });
    expect(manifest.columns.slice(0, 3)).toMatchObject([
      { name: "I1", fractions: true, maximum: Math.fround(0.039), minimum: 0 },
      { name: "I2", fractions: true, maximum: 0.5 },
      { name: "I3", maximum: 273, missing: 1 },
    ]);
    expect(manifest.columns[2]).not.toHaveProperty("fractions");
    expect(rows.train[3]!.slice(0, 4)).toEqual([1, Math.fround(0.003), 0.5, MISSING]);
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

it("keeps fractions beside a number that no float fits, whose line alone is bad", async () => {
  const lines = Array.from({ length: 200 }, (_, i) => `1,${i === 150 ? "1e39" : i / 1000},a`);
  const csv = ["label,I1,C1", ...lines].join("\n");
  const { manifest, rows } = await importFiles({ "a.csv": csv }, {}, { split: "none" });
  expect(manifest.columns[0]).toMatchObject({ fractions: true, maximum: Math.fround(0.199) });
  expect(rows.train).toHaveLength(199);
  expect(manifest.badLineExamples).toEqual([
    { line: 150, reason: "has 1e+39 in column I1, which is too large for a float of 32 bits" },
  ]);
});

describe("quotes in CSV", () => {
  const lines = Array.from({ length: 300 }, (_, i) => [i % 2, i, i % 3 ? "0a1b2c3d" : "", `b${i % 4}`]);
  const header = ["label", "I1", "C1", "C2"];
  const plain = [header, ...lines].map((line) => line.join()).join("\n");
  const quoted = [header, ...lines].map((line) => line.map((cell) => `"${cell}"`).join()).join("\r\n");

  it("are no part of a value", async () => {
    const expected = await importFiles({ "a.csv": plain }, {}, { threshold: 3 });
    const { manifest, rows, vocabulary } = await importFiles({ "a.csv": quoted }, {}, { threshold: 3 });
    expect([rows, vocabulary]).toEqual([expected.rows, expected.vocabulary]);
    expect(manifest.columns).toEqual(expected.manifest.columns);
  });

  it("stand for one where they are doubled, and may have commas and line ends between them", async () => {
    const odd = `${plain}\n1,2,"a ""b""",c\n1,2,"a,b",c\n1,2,x"y",c\n0,3,"d\n,e",c\n1,2,"open,c\n1,4,f,g`;
    const { vocabulary, manifest, rows } = await importFiles(
      { "a.csv": odd },
      {},
      { threshold: 3, split: "none" },
    );
    expect([manifest.badLines, rows.train.length]).toEqual([0, 306]);
    expect(rows.train.slice(-6).map((row) => row[1])).toEqual([2, 2, 2, 3, 2, 4]);
    const all = await importFiles({ "a.csv": odd.replace("d\n,e", "d,e") }, {}, { threshold: 0 });
    expect(vocabulary).toHaveLength(7);
    expect(all.vocabulary).toEqual(
      expect.arrayContaining(['C1\ta "b"\t1', 'C1\tx"y"\t1', "C1\ta,b\t1", "C1\td,e\t1", 'C1\t"open\t1']),
    );
  });
});

it("finds fractions in CSV wherever the first of them is", async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `1,${i < 19_000 ? i % 900 : i / 1000},a`);
  const csv = ["label,I1,C1", ...lines].join("\n");
  expect(csv.lastIndexOf("\n1,899,a")).toBeGreaterThan(1 << 17);
  const { manifest, rows } = await importFiles({ "a.csv": csv }, {}, { split: "none" });
  expect(manifest).toMatchObject({ badLines: 0, columns: [{ fractions: true, maximum: 899 }, {}] });
  expect(rows.train[19_001]![1]).toBe(Math.fround(19.001));
});

it("finds fractions at the ends of lines", async () => {
  const layout = { integers: 2, categories: 0 };
  const csv = ["label,a,b", ...Array.from({ length: 50 }, (_, i) => `1,${i},${i / 8}`), ""].join("\r\n");
  const { manifest } = await importFiles({ "a.csv": csv }, { layout });
  expect(manifest.columns[1]).toMatchObject({ fractions: true, maximum: 6.125 });
});

it("takes words for missing numbers as such in CSV", async () => {
  const words = ["nan", "NaN", "null", "NA", "None", ""];
  const csv = ["label,I1,C1", ...words.map((word) => `1,${word},${word}`), "0,7,x"].join("\n");
  const { rows, manifest } = await importFiles({ "a.csv": csv }, {}, { split: "none", threshold: 0 });
  expect(rows.train.map((row) => row[1])).toEqual([...words.map(() => MISSING), 7]);
  // NA is a name too: Namibia's, for example.
  expect(manifest.columns[1]).toMatchObject({ distinct: 3, missing: 5 });
});

it("takes numbers of a log as ids when asked to skip their conversion", async () => {
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
  ["no label", { "a.csv": "id,I1,C1\n1,2,3\n" }, "label-unclear"],
  ["a text", { "a.md": "# About\n\nRows, labels, and so on\n" }, "format-unknown"],
  ["two columns of one name", { "a.csv": "label,I1,I1,C1\n1,2,3,4\n" }, "column-twice"],
  [
    "a file with another header",
    { "train.csv": csv("label", x4(3)), "test.csv": "label,age,site\n1,20,x\n" },
    "tables-of-two-kinds",
  ],
  [
    "files of two kinds of names",
    { "train.csv": csv("label", x4(3)), "test.csv": csv("label", x4(3)), "more.csv": csv("label", x4(3)) },
    "splits-unclear",
  ],
  ["a data set of this studio", { "manifest.json": "{}", "vocabulary.tsv": "" }, "preprocessed-already"],
  ["a shard of this studio without its manifest", { "train-00000.parquet": "PAR1" }, "shard-alone"],
  ["a shard as a browser keeps it", { "d/test-00001.packed": "\u0000" }, "shard-alone"],
  ["another table with tabs", { "a.tsv": "column\tvalue\tcount\nC1\ta\t3\n" }, "label-unclear"],
  ["an archive that is damaged", { "dac.zip": "PK\u0003\u0004 and so on" }, "unpacking-failed"],
  [
    "a training split that is no text",
    { "train.csv": "\0\u0001", "test.csv": csv("label", x4(3)) },
    "format-unknown",
  ],
  [
    "CSV with a header and without",
    { "a.csv": csv("label", x4(300)).slice(header("label").length + 1), "b.csv": csv("label", x4(3)) },
    "tables-of-two-kinds",
  ],
  ["nothing at all", { "train.txt": "" }, "log-empty"],
])("refuses %s in a sentence", async (_, files, code) => {
  await expect(openFiles(files as Record<string, string>)).rejects.toMatchObject({ problem: { code } });
});

it("refuses files of one name, which hold labels and rows of each other for all one can know", async () => {
  const files = [1, 2].map((rows) => blobInput("train.csv", new Blob([csv("label", x4(rows))])));
  await expect(openLogs(files)).rejects.toMatchObject({ problem: { code: "names-alike" } });
});

it("refuses a file that a person named, if it holds no rows", async () => {
  const files = [
    blobInput("a.csv", new Blob([csv("label", x4(3))])),
    { ...blobInput("b.bin", new Blob(["\0"])), chosen: true },
  ];
  await expect(openLogs(files)).rejects.toMatchObject({ problem: { code: "format-unknown" } });
  expect((await openLogs(files.map((file) => ({ ...file, chosen: false })))).files).toEqual(["a.csv"]);
});

it.each([
  ["is no text", "valid.csv", "\0\u0001", "valid.csv is a binary file of an unknown kind"],
  ["is packed and damaged", "valid.csv.bz2", "BZh91AY&SY", "cannot be unpacked (bzip2): its end is missing"],
  ["has no byte", "valid.csv", "", "holds no row"],
  ["has no label", "valid.csv", csv("label", x4(3)).replaceAll(/^[^,]*,/gm, ""), "has no label"],
])("leaves out and names a split that %s", async (_, name, content, reason) => {
  const files = { "train.csv": csv("label", x4(3)), "test.csv": csv("label", x4(3)), [name]: content };
  const { source } = await importFiles(files);
  expect(source.files).toEqual(["train.csv", "test.csv"]);
  expect(source.leftOut).toMatchObject([{ name, reason: expect.stringContaining(reason) }]);
});

it("leaves out what lies beside rows: notes, marks and empty parts", async () => {
  const { source } = await importFiles({
    "train/part-0.csv": csv("label", x4(3)),
    "train/part-1.csv": "",
    "test/part-0.csv": csv("label", x4(3)),
    "test/_SUCCESS.csv": "no rows",
    "test/README.md": "# About\n",
    "test_notes.txt": "About\n",
  });
  expect(source.files).toEqual(["train/part-0.csv", "test/part-0.csv"]);
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
