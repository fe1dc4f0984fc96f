// More of what people have: odd files that come out right, or are named for what they are.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importFiles, openFiles } from "./opened.ts";

type Files = Parameters<typeof openFiles>[0];
type Row = [click: number, price: number, age: number, user: string];
const NAMES = ["click", "price", "age", "user"];
const ROWS = Array.from({ length: 120 }, (_, i): Row => [i % 4 ? 0 : 1, (i * 7) % 50, i % 6, `u${i % 9}`]);

function csv(cells: (row: Row, i: number) => (string | number)[] = (row) => row, header = NAMES): string {
  return [header, ...ROWS.map(cells)].map((row) => `${row.join(",")}\n`).join("");
}
const labelled = (click: string, other: string) =>
  csv(([label, ...rest]) => [label ? click : other, ...rest]);
const jsonLines = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

async function imported(files: Files, options: Parameters<typeof openFiles>[1] = {}) {
  const { manifest, source, vocabulary } = await importFiles(files, options, { threshold: 0 });
  const { train, valid, test } = manifest.splits;
  return {
    source,
    vocabulary,
    columns: manifest.columns.map(({ name, kind }) => `${name} ${kind}`),
    rows: train.rows + valid.rows + test.rows,
    clicks: train.positives + valid.positives + test.positives,
    noticed: (manifest.noticed ?? []).map(({ code }) => code),
    leftOut: source.leftOut.map(({ name }) => name).toSorted(),
  };
}

async function refusal(files: Files): Promise<string> {
  const cause = await openFiles(files).then(
    () => null,
    (caught: unknown) => caught as { problem: { sentence: string; remedy: string } },
  );
  return `${cause?.problem.sentence} ${cause?.problem.remedy}`;
}

const PLAIN = ["price integer", "age integer", "user category"];

it.each<[string, string]>([
  ["click and impression", labelled("click", "impression")],
  [
    "numbers as NumPy's savetxt writes them",
    labelled("1.000000000000000000e+00", "0.000000000000000000e+00"),
  ],
  ["a sign behind the header's #", csv(undefined, ["# click", ...NAMES.slice(1)])],
  ["blanks behind numbers", csv(([click, price, ...rest]) => [click, `${price} `, ...rest])],
  [
    "types below the names, as ClickHouse writes them",
    csv().replace("\n", "\nUInt8,UInt32,Nullable(UInt8),String\n"),
  ],
  ["a separator behind the names alone", csv().replace("\n", ",\n")],
  ["dashes below the names", csv().replace("\n", "\n-----,-----,---,----\n")],
  ["a comment among the rows", csv().replace("\n0,", "\n# here,the,next,day\n0,")],
  ["rows of separators alone below it", csv() + ",,,\n".repeat(40)],
  ["longer rows of separators alone below it", csv() + ",,,,,,,\n".repeat(40)],
  [
    "blanks between cells, and a # above",
    csv(undefined, NAMES).replaceAll(",", " ").replace("click", "# click"),
  ],
])("is read with %s", async (_, content) => {
  const { columns, rows, clicks } = await imported({ "x.csv": content });
  expect({ columns, rows, clicks }).toEqual({ columns: PLAIN, rows: 120, clicks: 30 });
});

it.each<[string, string, RegExp]>([
  [
    "a header of fewer names",
    csv(undefined, NAMES.slice(0, 3)),
    /rows of 4 columns, and 3 names above them: click, price, age\./,
  ],
  [
    "a header of more names",
    csv(undefined, [...NAMES, "extra"]),
    /rows of 4 columns, and 5 names above them/,
  ],
  [
    "a header with another separator",
    csv(undefined, [NAMES.join(";")]),
    /rows of 4 columns, and one name above them/,
  ],
  [
    "one JSON object of columns",
    JSON.stringify({ click: [0, 1], price: [1, 2] }),
    /one JSON object, and no table/,
  ],
  ["a server's answer in JSON", '{"error": "Not Found", "status": 404}', /one JSON object, and no table/],
  ["JSON arrays", "[1,2,3]\n[0,2,3]\n[0,2,5]\n", /lines of JSON arrays, whose columns have no names/],
  ["Feather of version 1", `FEA1${"\0".repeat(400)}`, /Feather file of version 1/],
  ["rows of svmlight, some without a feature", "1 1:5 3:0.5\n0\n1 2:4\n0 1:1\n", /in libsvm's form/],
  [
    "pairs of names and values",
    "click=1 price=5 user=u1\nclick=0 price=7 user=u2\nclick=0 price= user=u3\n",
    /names with their values/,
  ],
  [
    "many namespaces of Vowpal Wabbit",
    "1 |a x:1 |b u1 |c s |d t |e v\n-1 |a x:2 |b u2 |c s |d t |e v\n",
    /Vowpal Wabbit/,
  ],
  ["TOML", "[[row]]\nclick = 1\nprice = 5\n[[row]]\nclick = 0\nprice = 7\n", /text, but no table/],
  ["a pickle of protocol 0", "(lp0\n(dp1\nVclick\np2\nI1\ns", /a pickle/],
  ["Base64", `${Buffer.from(csv()).toString("base64").replace(/.{76}/g, "$&\n")}\n`, /encoded as text/],
])("is refused for what it is: %s", async (_, content, sentence) => {
  expect(await refusal({ "x.csv": content })).toMatch(sentence);
});

it("reads rows without the separators of empty last cells, as Excel writes them, and says so", async () => {
  const written = csv(([click, price, age, user], i) =>
    i % 5 === 0 ? (i % 10 === 0 ? [click, price] : [click, price, age]) : [click, price, age, user],
  );
  const { columns, rows, clicks, noticed, vocabulary } = await imported({ "x.csv": written });
  expect({ columns, rows, clicks, noticed }).toEqual({
    columns: PLAIN,
    rows: 120,
    clicks: 30,
    noticed: ["rows-short"],
  });
  expect(vocabulary.find((line) => line.startsWith("user\t\t"))).toBe("user\t\t24");
  // One row that was cut off is none either, nor a table whose first row is longer than what is looked at.
  const cut = await imported({ "x.csv": `${csv()}1,2` });
  expect([cut.rows, cut.noticed]).toEqual([120, []]);
  const long = csv(([click, price, age, user], i) => [
    click,
    price,
    age,
    i === 0 ? "u".repeat(300_000) : user,
  ]);
  expect((await imported({ "x.csv": long })).noticed).toEqual(["rows-unseen"]);
  // A row with more cells than names is no such table.
  expect(await refusal({ "x.csv": `${written}1,2,3,u1,5\n` })).toMatch(/same number of columns/);
});

it("says that a column of times in an unknown form is read as a category", async () => {
  for (const time of [
    (i: number) => `10/${1 + (i % 28)}/2014 05:00`,
    (i: number) => `Jan ${1 + (i % 28)}, 2014`,
  ]) {
    const written = csv((row, i) => [...row, `"${time(i)}"`], [...NAMES, "time"]);
    expect((await imported({ "x.csv": written })).noticed).toEqual(["time-unread"]);
  }
});

it.each(["=", "'"])("says that numbers behind %s are read as a category", async (sign) => {
  const written = csv(([click, price, ...rest]) => [click, `${sign}${price}`, ...rest]);
  expect((await imported({ "x.csv": written })).noticed).toEqual(["numbers-as-categories"]);
});

it("says that numbers with Fortran's exponents are read as a category", async () => {
  const written = csv(([click, price, ...rest]) => [click, `${(price / 10).toFixed(3)}D+01`, ...rest]);
  expect((await imported({ "x.csv": written })).noticed).toEqual(["numbers-as-categories"]);
});

it("leaves lists as pandas writes them out, and says so", async () => {
  const written = csv((row, i) => [...row, `"[1, ${i % 3}]"`], [...NAMES, "tags"]);
  const { source, columns } = await imported({ "x.csv": written });
  expect(columns).toEqual(PLAIN);
  expect(source.columns?.find(({ name }) => name === "tags")?.role).toBe("several");
});

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

it("says nothing of codes with leading zeros of which a few are no numbers", async () => {
  const code = (i: number) => (i % 12).toString(16).padStart(8, "0");
  const written = csv(([click, , ...rest], i) => [click, code(i), ...rest]);
  expect((await imported({ "x.csv": written })).noticed).toEqual([]);
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

it("reads a table whose first name is another file's signature", async () => {
  for (const name of ["ORCID", "LZIP", "x^"]) {
    const { rows } = await imported({
      "x.csv": csv(([click, ...rest], i) => [`r${i % 7}`, click, ...rest], [name, ...NAMES]),
    });
    expect(rows).toBe(120);
  }
});

it("reads the values of objects within JSON records as columns, and MongoDB's numbers as numbers", async () => {
  const records = ROWS.map(([click, price, age, user]) => ({
    click: { $numberInt: String(click) },
    ad: { price, of: { user } },
    age: { $numberLong: String(age) },
    tags: ["a", "b"],
  }));
  const { columns, clicks, source } = await imported({ "x.jsonl": jsonLines(records) });
  expect({ columns, clicks }).toEqual({
    columns: ["ad.price integer", "age integer", "ad.of.user category"],
    clicks: 30,
  });
  expect(source.columns?.find(({ name }) => name === "tags")?.role).toBe("several");
  // Keys that are values are no columns.
  const maps = ROWS.map(([click, price], i) => ({
    click,
    price,
    seen: Object.fromEntries([
      [`k${i * 3}`, 1],
      [`k${i * 5 + 400}`, 1],
      [`k${i + 2000}`, 1],
    ]),
  }));
  expect((await imported({ "x.jsonl": jsonLines(maps) })).columns).toEqual(["price integer"]);
});

it("keeps long numbers of JSON apart, with .0 behind them, too", async () => {
  const ids = (end: string) =>
    jsonLines(ROWS.map(([click], i) => ({ click, user_id: `9007199254740993${i % 10}${end}` })));
  for (const end of ["", ".0"]) {
    const { vocabulary } = await imported({ "x.jsonl": ids(end).replace(/:"(\d+(\.0)?)"/g, ":$1") });
    expect(vocabulary.filter((line) => line.startsWith("user_id\t"))).toHaveLength(10);
  }
});

it("says of a log whose clicks alone have a label what to write for the others", async () => {
  const text = csv(([click, ...rest]) => [click === 1 ? 1 : "", ...rest]);
  await expect(importFiles({ "x.csv": text })).rejects.toMatchObject({
    problem: {
      code: "log-not-readable",
      remedy: expect.stringMatching(/^If an empty cell means that there was no click, write 0 there/),
    },
  });
});

it("says that a key is left out which JSON's first records do not have", async () => {
  const records = Array.from({ length: 9000 }, (_, i) => ({ click: i % 3 ? 0 : 1, user: `user${i % 40}` }));
  const late = { click: 1, user: "u", discount: 5, ad: { price: 1 } };
  expect((await imported({ "x.jsonl": jsonLines(records) })).noticed).toEqual([]);
  const { noticed, rows } = await imported({ "x.jsonl": jsonLines([...records, late]) });
  expect({ noticed, rows }).toEqual({ noticed: ["key-unknown"], rows: 9001 });
  const [first, ...rest] = records;
  const known = [{ ...first, discount: 1, ad: { price: null } }, ...rest, late];
  expect((await imported({ "x.jsonl": jsonLines(known) })).noticed).toEqual(["columns-unseen"]);
});

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

it("says by which of several columns of times a split would go", async () => {
  const times = csv(
    ([click], i) => [click, `2024-03-0${1 + (i % 9)}`, `2024-04-0${1 + (i % 9)}`, i % 7],
    ["click", "shown_at", "seen_at", "n"],
  );
  expect((await imported({ "a.csv": times })).noticed).toEqual(["times-several"]);
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

describe("above whose columns pandas wrote their numbers", () => {
  const numbered = (columns: number, index = false) =>
    `${index ? "," : ""}${Array.from({ length: columns }, (_, c) => c).join(",")}\n`;
  const hashes = (i: number) =>
    Array.from({ length: 26 }, (_, c) => `0000${(1000 + ((i * c) % 7)).toString()}`);
  const criteo = Array.from(
    { length: 60 },
    (_, i) => `${i % 2},${Array.from({ length: 13 }, (_, c) => (i * c) % 9)},${hashes(i)}\n`,
  ).join("");

  it("Criteo's rows are read, and that is no row", async () => {
    const { rows, clicks } = await imported({ "x.csv": numbered(40) + criteo });
    expect([rows, clicks]).toEqual([60, 30]);
  });

  it("three columns are read, and that is a row where it may be one", async () => {
    const row = (i: number, price: string) => `${i % 2},${price},${i % 9}\n`;
    const three = (price: (i: number) => string) =>
      numbered(3) + Array.from({ length: 60 }, (_, i) => row(i, price(i))).join("");
    expect((await imported({ "x.csv": three((i) => `${i}.5`) })).rows).toBe(60);
    expect((await imported({ "x.csv": three((i) => `${i}`) })).rows).toBe(61);
  });

  it("a place that names rows is no name of a header", async () => {
    const text = Array.from({ length: 60 }, (_, i) => `${i % 2},${i * 7},x${i % 9}\n`).join("");
    const { rows } = await imported({ "x.csv": text }, { rowName: "1" });
    expect(rows).toBe(60);
  });
});

it("leaves row numbers that begin anew out, as tables put one behind the other have them", async () => {
  const text = `,click,price\n${Array.from({ length: 80 }, (_, i) => `${i % 40},${i % 2},${i % 7}\n`).join("")}`;
  const { columns } = await openFiles({ "x.csv": text });
  expect(columns!.map(({ role }) => role)).toEqual(["ignore", "label", "integer"]);
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
