// More of what people have: odd texts that come out right, or are named for what they are.

import { describe, expect, it } from "vitest";
import { csv, imported, jsonLines, labelled, NAMES, ROWS, refusal } from "./clicks.ts";
import { importFiles, openFiles } from "./opened.ts";

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

it("says nothing of codes with leading zeros of which a few are no numbers", async () => {
  const code = (i: number) => (i % 12).toString(16).padStart(8, "0");
  const written = csv(([click, , ...rest], i) => [click, code(i), ...rest]);
  expect((await imported({ "x.csv": written })).noticed).toEqual([]);
});

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

it("says by which of several columns of times a split would go", async () => {
  const times = csv(
    ([click], i) => [click, `2024-03-0${1 + (i % 9)}`, `2024-04-0${1 + (i % 9)}`, i % 7],
    ["click", "shown_at", "seen_at", "n"],
  );
  expect((await imported({ "a.csv": times })).noticed).toEqual(["times-several"]);
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
