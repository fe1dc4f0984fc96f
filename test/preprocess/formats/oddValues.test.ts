// Values, labels, times and files that do not mean what they seem to: read as they are meant, or said.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { splitOfName } from "../../../src/preprocess/formats/splitNames.ts";
import { timeKindOf, timeOf } from "../../../src/preprocess/tables/times.ts";
import { importFiles, openFiles } from "./opened.ts";

const ROWS = Array.from({ length: 120 }, (_, i) => [i % 4 ? "0" : "1", `${(i * 7) % 50}`, `u${i % 9}`]);
const NAMES = ["click", "price", "user"];

function csv(rows: string[][], header: string[] | null = NAMES): string {
  return [...(header ? [header] : []), ...rows].map((row) => `${row.join(",")}\n`).join("");
}

/** The log with other prices, or another last column. */
const prices = (price: (i: number, own: string) => string) =>
  csv(ROWS.map(([click, own, user], i) => [click!, price(i, own!), user!]));
const users = (user: (i: number) => string, name = "user") =>
  csv(
    ROWS.map(([click, price], i) => [click!, price!, user(i)]),
    [...NAMES.slice(0, 2), name],
  );

async function noticed(content: string): Promise<string[]> {
  return ((await openFiles({ "x.csv": content })).noticed ?? []).map(({ sentence }) => sentence);
}

describe("says of values that", () => {
  it.each<[string, (i: number) => string, string]>([
    ["blanks at their ends", (i) => ["u1", " u1", "u1 "][i % 3]!, "user"],
    ["capital letters", (i) => ["04a2cb71", "04A2CB71"][i % 2]!, "user"],
    ["how Unicode writes their letters", (i) => "é".normalize(i % 2 ? "NFC" : "NFD"), "user"],
    ["how they write a number", (i) => (i % 2 ? `${i % 10}.0` : `${i % 5}`), "user_id"],
    ["the signs for their blanks", (i) => ["New York", "New\u00a0York"][i % 2]!, "city"],
    ["zeros at their beginning", (i) => (i % 2 ? `00${i % 9}` : `${i % 9}`), "user_id"],
    ["how they write yes and no", (i) => ["True", "False", "1", "0"][i % 4]!, "is_app"],
  ])("they differ only by %s", async (by, user, name) => {
    const sentences = await noticed(users(user, name));
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toContain(`two values, with an id each: they differ only by ${by}`);
  });

  it("they differ so in many pairs", async () => {
    // Of 0 to 4 and their floats, and of one word.
    const [sentence] = await noticed(
      users(
        (i) => (i % 11 === 0 ? "New" : i % 11 === 1 ? "new" : i % 2 ? `${i % 5}.0` : `${i % 5}`),
        "user_id",
      ),
    );
    expect(sentence).toContain("one of 6 such pairs");
  });

  it("a program rounded the ids", async () => {
    expect(await noticed(users((i) => `1.2345${i % 9}E+11`, "user_id"))).toEqual([
      expect.stringContaining("user_id holds ids such as 1.23450E+11"),
    ]);
    const asFloat = (i: number) => String(2 ** 60 + 4096 * (i % 9));
    expect(await noticed(users(asFloat, "user_id"))).toEqual([
      expect.stringContaining("user_id holds ids such as 115292150460684"),
    ]);
    expect(await noticed(users((i) => `115292150460684697${i % 9}`, "user_id"))).toEqual([]);
  });

  it("cells hold several of them", async () => {
    const genres = (between: string) =>
      users((i) => `"${["a", "b", "c"].slice(0, 1 + (i % 3)).join(between)}"`, "genre");
    for (const between of [";", ", "])
      expect(await noticed(genres(between))).toEqual([
        expect.stringContaining(`genre holds several values in a cell, such as "a${between}b"`),
      ]);
    expect(await noticed(users((i) => `"${["Bonn", "Berlin", "Paris"][i % 3]}, EU"`, "city"))).toEqual([]);
  });

  it("a few cells hold several of them, with bars between", async () => {
    const genres = (i: number) =>
      ["Drama", "Comedy", "War", "Drama|War", "Comedy"][i % 12 === 0 ? 3 : i % 3]!;
    expect(await noticed(users(genres, "genre"))).toEqual([
      'genre holds several values in a cell, such as "Drama|War": each combination is one value with an id.',
    ]);
    expect(await noticed(users((i) => `a${i % 3}|${i % 50 === 0 ? i : ""}`, "place"))).toEqual([]);
  });

  it("none of a column is seen in the first rows", async () => {
    const late = (i: number) => (i < 5000 ? "" : `${i % 7}.5`);
    const rows = Array.from({ length: 9000 }, (_, i) => [i % 4 ? "0" : "1", late(i), `u${i % 9}`]);
    const { findings, source } = await importFiles({ "x.csv": csv(rows, ["click", "bid", "user"]) });
    expect(source.columns!.map(({ role }) => role)).toEqual(["label", "category", "category"]);
    expect(findings.map(({ sentence }) => sentence)).toContain(
      "bid is empty in the first rows, which are looked at: it is read as a category.",
    );
    expect(await noticed(csv(rows, ["click", "site_id", "user"]))).toEqual([]);
  });

  it("they look like times, which addresses and versions do not", async () => {
    const dates = (i: number) => `${10 + (i % 15)}.10.2014`;
    expect(await noticed(users(dates, "shown"))).toEqual([
      expect.stringContaining("shown is read as a category"),
    ]);
    expect(await noticed(users((i) => `10.0.${i % 30}.1`, "ip"))).toEqual([]);
    expect(await noticed(users((i) => `1.${i % 12}.3`, "app_version"))).toEqual([]);
    expect(
      (await openFiles({ "x.csv": users((i) => `1.${i % 12}`, "app_version") })).columns?.[2],
    ).toMatchObject({ role: "category" });
  });

  it("a number stands for none", async () => {
    expect(await noticed(prices((i, own) => (i % 3 ? own : "-999")))).toEqual([
      expect.stringContaining("33 % of the numbers of price are -999"),
    ]);
    expect(await noticed(prices((i) => `${i % 2 ? 99 : -99}`))).toEqual([]);
    expect(await noticed(prices((i, own) => (i % 10 ? own : "2147483647")))).toEqual([
      expect.stringContaining("10 % of the numbers of price are 2147483647"),
    ]);
  });

  it.each([
    ["1_005", (i: number) => `1_${100 + (i % 50)}`],
    ["7-", (i: number) => `${i % 50}-`],
    ["0x1f", (i: number) => `0x${(7 * (i % 50)).toString(16)}`],
    ["7ms", (i: number) => `${i % 50}ms`],
    ["−7", (i: number) => `\u2212${i % 50}`],
    ["٧", (i: number) => String.fromCharCode(0x661 + (i % 9), 0x660 + (i % 10))],
  ])("they are numbers in a form that is not read: %s", async (_, price) => {
    expect(await noticed(prices(price))).toEqual([
      expect.stringContaining("price holds numbers, but is read"),
    ]);
  });
});

it("says nothing of hexadecimal hashes, and that text was encoded twice where it was", async () => {
  const hash = (i: number) => `0x${(0x9e3779b1 * (1 + (i % 40))).toString(16).slice(0, 8)}`;
  expect(await noticed(users(hash, "site"))).toEqual([]);
  const cities = ["Köln", "Málaga", "Łódź", "Bonn"];
  expect(await noticed(users((i) => cities[i % 4]!, "site"))).toEqual([]);
  const twice = cities.map((city) => new TextDecoder("windows-1252").decode(new TextEncoder().encode(city)));
  expect(await noticed(users((i) => twice[i % 4]!, "site"))).toEqual([
    expect.stringContaining('site holds text that was written as UTF-8 twice: "KÃ¶ln" was "Köln"'),
  ]);
});

it("counts few rows of a third label as bad lines, wherever they stand, and refuses many", async () => {
  const third = (places: number[]) =>
    csv(ROWS.map(([click, ...rest], i) => [places.includes(i) ? "2" : click!, ...rest]));
  for (const place of [3, 110]) {
    const { manifest } = await importFiles({ "x.csv": third([place]) });
    expect(manifest.badLines).toBe(1);
  }
  await expect(openFiles({ "x.csv": third([3, 9, 50]) })).rejects.toMatchObject({
    problem: { code: "label-values" },
  });
});

it("says of values of several files that they are alike, and of columns that are numbers in some of them", async () => {
  const first = users((i) => `${i % 9}`, "user_id");
  // pandas makes floats of integers where one is missing.
  const second = users((i) => (i === 50 ? "" : `${i % 9}.0`), "user_id");
  const sentences = (source: { noticed?: { sentence: string }[] }) =>
    (source.noticed ?? []).map(({ sentence }) => sentence);
  expect(sentences(await openFiles({ "train.csv": first, "test.csv": second }))).toEqual([
    expect.stringMatching(/^In user_id "1?\d" and "1?\d\.0" are two values/),
  ]);
  const words = prices((i) => ["high", "low"][i % 2]!);
  expect(sentences(await openFiles({ "a.csv": prices((_, own) => own), "b.csv": words }))).toEqual([
    expect.stringContaining("price holds numbers, but is read as a category"),
  ]);
});

it("finds values that are alike wherever they stand in the log", async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => [
    ...ROWS[i % 120]!.slice(0, 2),
    i < 2000 ? `${i % 9}` : `${i % 9}.0`,
  ]);
  const { manifest, findings } = await importFiles({ "x.csv": csv(rows, ["click", "price", "user_id"]) });
  expect(manifest.noticed).toBeUndefined();
  expect(findings.map(({ sentence }) => sentence)).toContainEqual(
    expect.stringMatching(/^In user_id "\d" and "\d\.0" are two values/),
  );
});

it("finds the label among lines of totals, and names that a mark or blanks hide", async () => {
  const file = `\u00a0click,price\u200b, "user"\n${csv(ROWS, null)}TOTAL,2940,\n\ufeff${csv(ROWS)}`;
  const { manifest } = await importFiles({ "x.csv": file });
  expect(manifest.columns.map(({ name }) => name)).toEqual(["price", "user"]);
  const { train, valid, test } = manifest.splits;
  expect(train.rows + valid.rows + test.rows).toBe(240);
  expect(manifest.badLines).toBe(2);
});

it("keeps whole numbers beyond 64 bits apart", async () => {
  const { vocabulary } = await importFiles(
    { "x.csv": users((i) => `118059162071741130342${i % 9}`, "user_id") },
    {},
    { threshold: 0 },
  );
  expect(vocabulary.filter((line) => line.startsWith("user_id\t118059162071741130342"))).toHaveLength(9);
});

it("reads a label that is written in several ways which mean the same", async () => {
  const label = (i: number) => ["1", "TRUE", "True", "yes", "0", "False", "FALSE", "no"][i % 8]!;
  const rows = ROWS.map((row, i) => [label(i), ...row.slice(1)]);
  const { manifest, source } = await importFiles({ "x.csv": csv(rows) });
  expect(manifest.splits.train.positives + manifest.splits.test.positives).toBe(60);
  // The dialog shows the columns, and sends them back.
  const { manifest: again } = await importFiles({ "x.csv": csv(rows) }, { columns: source.columns! });
  expect(again.splits).toEqual(manifest.splits);
});

describe("a log cut into parts by its lines", () => {
  const parts = {
    "d/part-0.csv": csv(ROWS.slice(0, 50)),
    "d/part-1.csv": csv(ROWS.slice(50, 90), null),
    "d/part-2.csv": csv(ROWS.slice(90), null),
  };

  it("is read whole, with the header of its first part", async () => {
    const { manifest, source } = await importFiles(parts);
    const { train, test } = manifest.splits;
    expect([train.rows + test.rows, train.positives + test.positives]).toEqual([120, 30]);
    expect(source.noticed?.[0]?.sentence).toBe(
      "d/part-1.csv and 1 more have no header: the columns are read in the order of d/part-0.csv.",
    );
  });

  it("is not what holds something else in the same number of columns", async () => {
    const other = csv(
      ROWS.map(([click, price, user]) => [user!, click!, price!]),
      null,
    );
    const { source } = await importFiles({ ...parts, "d/part-3.csv": other, "d/more.csv": csv(ROWS, null) });
    expect(source.leftOut.map(({ name }) => name).toSorted()).toEqual(["d/more.csv", "d/part-3.csv"]);
  });
});

it.each([
  ["1413867600", "seconds"],
  ["1.4138676e+09", "seconds"],
  ["1413867600000.0", "milliseconds"],
  ["1413867600000000", "microseconds"],
  ["1413867600000000000", "nanoseconds"],
  ["201410210500", "yyyymmddhhmm"],
  ["20141021050000", "yyyymmddhhmmss"],
  ["2014/10/21 05:00:00", "iso"],
  ["20141021T050000Z", "iso"],
  ["2014-10-21 07:00:00,000+02:00", "iso"],
  ["2014-10-21 07:00:00+02", "iso"],
  ["2014/10/21 5:00", "iso"],
] as const)("reads the time %s", (text, kind) => {
  expect(timeKindOf([text])).toBe(kind);
  expect(timeOf(` ${text} `, kind)).toBe(Date.UTC(2014, 9, 21, 5) / 1000);
});

it("takes no time for another one, as JavaScript's Date does", () => {
  for (const text of ["2014-21-10", "2014-10-45 05:00:00", "0000-00-00 00:00:00", "2014-10-21 25:00"])
    expect(timeKindOf([text]), text).toBe(null);
});

it("knows splits by more of their names", () => {
  expect(["training.csv", "d/eval/x.csv", "testing.csv", "x_holdout.csv"].map(splitOfName)).toEqual([
    0, 1, 2, 2,
  ]);
});

describe("of Arrow", () => {
  const file = (name: string) => ({
    [name]: Uint8Array.from(readFileSync(join(import.meta.dirname, "../../golden/tables", name))),
  });

  it("lists with offsets of 64 bits are several values in a cell", async () => {
    const { columns } = await openFiles(file("large-list.arrow"));
    expect(columns?.map(({ role }) => role)).toEqual(["label", "integer", "several"]);
  });

  it("a type that is not read is named, and the file not called damaged", async () => {
    await expect(openFiles(file("run-end-encoded.arrow"))).rejects.toMatchObject({
      problem: { sentence: expect.stringContaining("a column of the type RunEndEncoded, which is not read") },
    });
  });
});
