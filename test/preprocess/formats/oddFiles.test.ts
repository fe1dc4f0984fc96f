// More of what people have: odd folders, archives and binary files that come out right, or are named for what they are.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { csv, type Files, imported, jsonLines, NAMES, ROWS, refusal } from "./clicks.ts";
import { openFiles } from "./opened.ts";

it("reads the original of several copies, and leaves out what systems and editors keep", async () => {
  const log = csv();
  const copies = { "d/Copy of x.csv": log, "d/x (1).csv": log, "d/x - Copy.csv": log };
  expect((await imported({ ...copies, "d/x.csv": log })).source.files).toEqual(["d/x.csv"]);
  const other = csv(([click, price, ...rest]) => [click, price + 1, ...rest]);
  const kept = ["$RECYCLE.BIN/x.csv", "System Volume Information/x.csv", "@eaDir/x.csv", "lost+found/x.csv"];
  const files = [...kept, "#x.csv#", "x.csv.lock", "x.csv.filepart"].map((name) => [`d/${name}`, other]);
  const { rows, leftOut } = await imported({ "d/x.csv": log, ...Object.fromEntries(files) });
  expect(rows).toBe(120);
  expect(leftOut).toHaveLength(7);
});

it("leaves out a test file whose labels are one value that no other file has", async () => {
  const files = { "d/train.csv": csv(), "d/test.csv": csv(([, ...rest]) => [-1, ...rest]) };
  const { source, rows } = await imported(files);
  expect(source.leftOut.map(({ reason }) => reason).join()).toMatch(
    /its column click holds -1 alone, and that of d\/train\.csv 1 and 0$/,
  );
  expect(rows).toBe(120);
});

it("keeps binary values of Parquet apart, as hexadecimal digits where they are no text", async () => {
  const bytes = Uint8Array.from(
    readFileSync(join(import.meta.dirname, "../../golden/tables/binary.parquet")),
  );
  const { vocabulary } = await imported({ "x.parquet": bytes });
  const values = vocabulary.filter((line) => line.startsWith("bytes\t")).map((line) => line.split("\t")[1]);
  expect(values.toSorted()).toEqual(["0x636166e8", "0x636166e9", "café", "tea"]);
});

it("refuses an Arrow file whose damaged footer leads to its schema, instead of reading that for ever", async () => {
  const bytes = Uint8Array.from(
    readFileSync(join(import.meta.dirname, "../../golden/tables/endless.feather")),
  );
  expect(await refusal({ "x.feather": bytes })).toMatch(/x\.feather is damaged Arrow/);
});

it("says of two columns of one name in Parquet that there are two, and not that the file is damaged", async () => {
  const bytes = Uint8Array.from(readFileSync(join(import.meta.dirname, "../../golden/tables/twice.parquet")));
  expect(await refusal({ "x.parquet": bytes })).toMatch(/two columns named "price"/);
});

it.each<[string, Files]>([
  [
    "JSON lines",
    {
      "d/train.jsonl": jsonLines(ROWS.map(([click, price]) => ({ click, price }))),
      "d/test.jsonl": jsonLines(ROWS.map(([, price]) => ({ price }))),
    },
  ],
  [
    "CSV beside a sample submission",
    {
      "d/train.csv": csv(),
      "d/test.csv": csv(([, ...rest]) => rest, NAMES.slice(1)),
      "d/sampleSubmission.csv": csv((_, i) => [i, "0.0"], ["id", "click"]),
    },
  ],
])("reads the labelled file of a folder of %s", async (_, files) => {
  const { rows, clicks, source } = await imported(files);
  expect([rows, clicks, source.files.length]).toEqual([120, 30, 1]);
});

it("reads parts of a log one of which holds its header alone", async () => {
  const [header, ...lines] = csv().trimEnd().split("\n");
  const part = (from: number, to: number) => `${[header, ...lines.slice(from, to)].join("\n")}\n`;
  const files = { "d/part-0.csv": part(0, 70), "d/part-1.csv": part(70, 120), "d/part-2.csv": part(0, 0) };
  const { rows, clicks } = await imported(files);
  expect([rows, clicks]).toEqual([120, 30]);
});

it("reads rows without a time beside others in a folder of days", async () => {
  const files = { "d/day=2024-05-01/a.csv": csv(), "d/day=__HIVE_DEFAULT_PARTITION__/a.csv": csv() };
  const { rows, columns, source } = await imported(files);
  expect([rows, columns]).toEqual([240, ["price integer", "age integer", "user category"]]);
  expect(source.columns?.find(({ name }) => name === "day")?.role).toBe("time");
});

const sas = new Uint8Array(400);
sas.set(Buffer.from("c2ea8160b31411cfbd92080009c7318c181f1011", "hex"), 12);

it("takes a column named click for no pickle, and MovieLens' ratings for a table", async () => {
  expect(await refusal({ "x.csv": `click\n${"0\n1\n".repeat(50)}` })).toMatch(/^x.csv is text, but no table/);
  const ratings = Array.from(
    { length: 90 },
    (_, i) => `${i % 40}::${(i * 7) % 900}::${1 + (i % 5)}::${978300760 + i}\n`,
  );
  expect(await refusal({ "ratings.dat": ratings.join("") })).toMatch(
    /^ratings.dat has no header and 4 columns a line/,
  );
});

it("finds the table that is picked by its name in folders and archives, and says what there is instead", async () => {
  const files = { "a/train.csv": csv(), "a/b/more.csv": csv(), "train.csv": csv().slice(0, -8) };
  const read = async (only: string[]) => (await imported(files, { only })).source.files;
  expect(await read(["train.csv"])).toEqual(["train.csv"]);
  expect(await read(["more.csv"])).toEqual(["a/b/more.csv"]);
  expect(await read(["a"])).toEqual(["a/train.csv", "a/b/more.csv"]);
  await expect(openFiles(files, { only: ["train.csv", "nope.csv"] })).rejects.toMatchObject({
    problem: {
      code: "table-missing",
      sentence: "None of the files is called nope.csv: there are a/train.csv, a/b/more.csv, train.csv.",
    },
  });
  const path = join(import.meta.dirname, "../../golden/tables/csv-12.csv.zip");
  const zip = { "x.zip": Uint8Array.from(readFileSync(path)) };
  expect((await openFiles(zip, { only: ["csv-12.csv"] })).files).toEqual(["x.zip/data/csv-12.csv"]);
  await expect(openFiles(zip, { only: ["y.csv"] })).rejects.toMatchObject({
    problem: { sentence: "None of the files is called y.csv: there is x.zip/data/csv-12.csv." },
  });
});

it("says of two files whose names differ by capital letters that they do", async () => {
  const other = csv(
    (row) => row,
    NAMES.map((name) => name.toUpperCase()),
  );
  expect(await refusal({ "a.csv": csv(), "b.csv": other })).toMatch(/differ by capital letters alone/);
});

it.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
  [
    "a log with room behind it",
    Uint8Array.from([...Buffer.from(csv()), ...new Uint8Array(4096)]),
    /text with zero bytes in it/,
  ],
  [
    "what compress packed",
    Uint8Array.from([0x1f, 0x9d, 0x90, ...Array.from({ length: 400 }, (_, i) => (i * 37) % 256)]),
    /packed with compress\. Unpack it first \(gzip -d\)/,
  ],
  ["a SAS data set", sas, /a SAS data set/],
  [
    "a DuckDB database",
    Buffer.from(`\x01\x02\x03\x04\x05\x06\x07\x08DUCK\x40${"\0".repeat(99)}`, "latin1"),
    /a DuckDB database/,
  ],
  ["what R saved", Buffer.from(`RDX3\nX\n${"\0".repeat(99)}`), /a file of R's own/],
  [
    "a ZIP archive of another method",
    // Written by Python's zipfile with ZIP_LZMA.
    Uint8Array.from(
      Buffer.from(
        "UEsDBD8AAgAOAKF6e13xrXDsKAAAABQAAAAFAAAAYS5jc3YJBAUAXQAAgAAAMZsJYMUAxXy2PQHAO+1gl3GoHpXAV/HsUn/422gAUEsBAj8DPwACAA4A" +
          "oXp7XfGtcOwoAAAAFAAAAAUAAAAAAAAAAAAAAIABAAAAAGEuY3N2UEsFBgAAAAABAAEAMwAAAEsAAAAAAA==",
        "base64",
      ),
    ),
    /whose a\.csv is packed with LZMA, and not with Deflate\. Unpack it first/,
  ],
])("names %s for what it is", async (_, bytes, sentence) => {
  expect(await refusal({ x: bytes })).toMatch(sentence);
});

it("unpacks Zstandard behind a frame of another program's data", async () => {
  const skipped = [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
  // Written by zstandard for Python.
  const packed = Buffer.from(
    "KLUv/SBnlQIA1ANjbGljayxwcmljZSx1c2VyCjEsMCx1MAowLDEsdTEKMCwyLHUyCjAsMzEsNDU2MCw3MSw4OTEwMTEsdTIKCABDGAgGA+NAOBAEjAtmBINZBg==",
    "base64",
  );
  const { rows, clicks } = await imported({ "x.csv.zst": Uint8Array.from([...skipped, ...packed]) });
  expect([rows, clicks]).toEqual([12, 3]);
});

it("says of Zstandard with a dictionary that it needs one", async () => {
  // Written by zstandard for Python.
  const packed = "KLUv/SN27r5lPG0BAOBjbGljayxwcmljZSx1c2VyCjEsMDcyMzAsMzUsBjAjBcy9yXxzZgkCRhlA7g==";
  expect(await refusal({ "x.csv.zst": Uint8Array.from(Buffer.from(packed, "base64")) })).toMatch(
    /packed with Zstandard and a dictionary, .*\(zstd -d -D DICTIONARY\)/,
  );
});

it("names a type of Parquet's that is not read, and does not call the file damaged", async () => {
  // Written by DuckDB.
  const path = join(import.meta.dirname, "../../golden/tables/interval.parquet");
  expect(await refusal({ "x.parquet": Uint8Array.from(readFileSync(path)) })).toMatch(
    /Parquet with a column of the type interval, which is not read/,
  );
});

describe("of a table with a log of its own", () => {
  const [header, ...lines] = csv().trimEnd().split("\n");
  const part = (from: number, to: number) => [header, ...lines.slice(from, to)].join("\n");
  const log = (actions: object[]) => jsonLines(actions);
  const commit = (n: number) => `t/_delta_log/${String(n).padStart(20, "0")}.json`;

  it("files that Delta Lake's log removed are left out and named", async () => {
    const files = {
      "t/site=a%20b/1.csv": part(0, 60),
      "t/site=a%20b/2.csv": part(40, 120),
      "t/3.csv": part(60, 120),
      [commit(0)]: log([
        { metaData: {} },
        { add: { path: "site=a%2520b/1.csv" } },
        { add: { path: "site=a%2520b/2.csv" } },
      ]),
      [commit(1)]: log([{ remove: { path: "site=a%2520b/2.csv" } }, { add: { path: "3.csv" } }]),
    };
    const { rows, leftOut } = await imported(files);
    expect(rows).toBe(120);
    expect(leftOut).toContain("t/site=a%20b/2.csv");
  });

  it.each([
    ["begins late", { [commit(7)]: log([{ add: { path: "1.csv" } }]) }, /not begin with its first commit/],
    [
      "deletes rows",
      { [commit(0)]: log([{ add: { path: "1.csv", deletionVector: { storageType: "u" } } }]) },
      /deletion vectors/,
    ],
    [
      "is Iceberg's, with deletions",
      {
        "t/metadata/v2.metadata.json": JSON.stringify(
          { snapshots: [{ summary: { operation: "delete" } }] },
          null,
          1,
        ),
      },
      /Iceberg table in which rows were replaced or deleted/,
    ],
  ])("it is refused where its log %s", async (_, its, sentence) => {
    expect(await refusal({ "t/1.csv": csv(), ...its } as Files)).toMatch(sentence);
  });

  it("Iceberg's files are read where all were appended", async () => {
    const metadata = JSON.stringify({ snapshots: [{ summary: { operation: "append" } }] }, null, 1);
    expect((await imported({ "t/data/1.csv": csv(), "t/metadata/v1.metadata.json": metadata })).rows).toBe(
      120,
    );
  });

  it("the older files of a group of Hudi's are left out", async () => {
    const parquet = Uint8Array.from(
      readFileSync(join(import.meta.dirname, "../../golden/tables/pandas-3.parquet")),
    );
    const files = {
      "t/ab-0_0-1-1_20260101.parquet": parquet,
      "t/ab-0_0-2-2_20260102.parquet": Uint8Array.from(
        readFileSync(join(import.meta.dirname, "../../golden/tables/pandas-3.parquet")),
      ),
      "t/.hoodie/hoodie.properties": "hoodie.table.name=t",
    };
    const { source } = await imported(files);
    expect(source.files).toEqual(["t/ab-0_0-2-2_20260102.parquet"]);
  });
});
