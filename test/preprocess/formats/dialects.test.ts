// The same 240 rows written in many ways: what can be read comes out alike, value by value, and what cannot is named for
// what it is.

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { OpenOptions } from "../../../src/preprocess/formats/logSource.ts";
import { MISSING } from "../../../src/shards/rows.ts";
import { importFiles, openFiles } from "./opened.ts";
import { NAMES, ROWS, type Row, text, utf16, withPrice } from "./writtenRows.ts";

const rules = { threshold: 0 };

async function read(content: string | Uint8Array<ArrayBuffer>, options: OpenOptions = {}, name = "x.csv") {
  const { manifest, rows, vocabulary, source } = await importFiles({ [name]: content }, options, rules);
  const names = manifest.columns.map((column) => column.name);
  return { names, rows, vocabulary, bad: manifest.badLines, noticed: source.noticed ?? [], manifest };
}

async function refusal(files: Parameters<typeof openFiles>[0], options: OpenOptions = {}): Promise<string> {
  const cause = await openFiles(files, options).then(
    () => null,
    (caught: unknown) => caught as { problem: { sentence: string; remedy: string } },
  );
  return `${cause?.problem.sentence} ${cause?.problem.remedy}`;
}

it("keeps a tab inside a cell as a blank, so that the vocabulary has a line a value", async () => {
  const { vocabulary } = await read(text({ cells: ([a, b, c, d, item]) => [a, b, c, d, `${item}\tx`] }));
  expect(
    vocabulary.filter((line) => line.startsWith("item\t")).map((line) => line.split("\t").length),
  ).toEqual(Array(13).fill(3));
  expect(vocabulary.some((line) => line.startsWith("item\tit3 x\t"))).toBe(true);
});

it("reads each row of a table whose lines are long, and none that is longer than a megabyte", async () => {
  const rows = (value: string) =>
    Array.from(
      { length: 100 },
      (_, i) => `${i % 2},${String(i % 3).repeat(99_999)}0,${i === 50 ? value : 5}\n`,
    );
  const content = (value: string) => `click,text,age\n${rows(value).join("")}`;
  expect((await read(content("6"))).bad).toBe(0);
  const { manifest } = await read(content(`${"0".repeat(1 << 20)}5`));
  expect(manifest.badLineExamples).toEqual([{ line: 50, reason: "is longer than 1048576 bytes" }]);
});

describe("comes out alike", () => {
  const quoted = ([click, price, age, user, item]: Row) => [click, price, age, `"${user}"`, item];
  it.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ["separated by :", text({ separator: ":" })],
    ["separated by ^", text({ separator: "^" })],
    ["separated by ~", text({ separator: "~" })],
    ["separated by ||", text({ separator: "||" })],
    ["separated by ::, as MovieLens", text({ separator: "::" })],
    ["separated by Hive's character 1", text({ separator: "\u0001" })],
    ["a separator behind each line", text({ behind: "," })],
    ["a separator behind each row alone", `${NAMES.join()}\n${text({ header: null, behind: "," })}`],
    ["lines that end with a carriage return", text({ newline: "\r" })],
    ["those, the last line with a newline", `${text({ newline: "\r" }).slice(0, -1)}\n`],
    ["lines that end in two carriage returns and a newline", text({ newline: "\r\r\n" })],
    ["UTF-16", utf16(text({ newline: "\r\n" }))],
    ["two byte-order marks", `\uFEFF\uFEFF${text()}`],
    [
      "a quoted header behind a byte-order mark",
      `\uFEFF${text({ header: NAMES.map((name) => `"${name}"`) })}`,
    ],
    ["comments above the header", text({ above: "# made by x\n# of October\n" })],
    ["a title above the header", text({ above: "My report\n\n" })],
    ["Excel's sep= above the header", text({ separator: ";", above: "sep=;\n" })],
    ["the header once more", `${text()}${NAMES.join()}\n`],
    ["blanks in the label", text({ cells: ([click, ...rest]) => [` ${click} `, ...rest] })],
    ["labels with a fraction", text({ cells: ([click, ...rest]) => [`${click}.0`, ...rest] })],
    ["plus signs", text({ cells: ([a, b, age, ...rest]) => [a, b, `+${age}`, ...rest] })],
    [
      "exponents",
      text(
        withPrice((price) =>
          (price / 10).toExponential().replace(/e([+-]?)(\d+)/, (_, s, e) => `E${Number(s + e) + 1}`),
        ),
      ),
    ],
    ["numbers with a fraction of zero", text(withPrice((price) => `${price}.00`))],
    ["quoted texts", text({ cells: quoted })],
    [
      "texts in single quotes",
      text({ cells: (row) => quoted(row).map((cell) => String(cell).replaceAll('"', "'")) }),
    ],
    [
      "names of rows, as R writes them",
      text({ separator: " ", cells: (row) => [`"r${Math.random()}"`, ...row] }),
    ],
    ["gzip within gzip", Uint8Array.from(gzipSync(gzipSync(text())))],
    ["gzip with zeros behind it", Uint8Array.from(Buffer.concat([gzipSync(text()), Buffer.alloc(512)]))],
  ])("%s", async (_, content) => {
    const [plain, other] = await Promise.all([read(text()), read(content)]);
    expect(other.names).toEqual(plain.names);
    expect(other.vocabulary).toEqual(plain.vocabulary);
    const sorted = (rows: number[][]) => rows.map((row) => row.join()).toSorted();
    expect(sorted(Object.values(other.rows).flat())).toEqual(sorted(Object.values(plain.rows).flat()));
  });

  it("blank lines between the rows, which are no fault", async () => {
    const other = await read(text({ newline: "\n\n" }));
    expect(other.bad).toBeGreaterThanOrEqual(240);
    expect(Object.values(other.rows).flat()).toHaveLength(240);
  });
});

describe("numbers", () => {
  const prices = async (content: string) => {
    const { manifest, rows } = await read(content);
    const at = manifest.columns.findIndex(({ name }) => name === "price");
    expect(manifest.columns[at]?.kind).toBe("integer");
    return Object.values(rows)
      .flat()
      .map((row) => row[1 + at]!)
      .toSorted((a, b) => a - b);
  };
  const all = ROWS.map(([, price]) => price).toSorted((a, b) => a - b);
  const german = (value: number, digits: number) =>
    value.toLocaleString("de", { minimumFractionDigits: digits, maximumFractionDigits: digits });

  it.each<[string, string]>([
    ["1,234 in quotes", text(withPrice((price) => `"${(1000 * price).toLocaleString("en")}"`))],
    ["1 234", text(withPrice((price) => (1000 * price).toLocaleString("en").replace(",", " ")))],
    [
      "1 234 with the blank of French",
      text(withPrice((price) => (1000 * price).toLocaleString("en").replace(",", "\u202f"))),
    ],
    [
      "1'234",
      text({
        ...withPrice((price) => (1000 * price).toLocaleString("en").replace(",", "'")),
        separator: ";",
      }),
    ],
  ])("in groups of thousands: %s", async (_, content) => {
    expect(await prices(content)).toEqual(all.map((price) => 1000 * price));
  });

  it.each([";", "\t", "|"])("with a decimal comma, separated by %j", async (separator) => {
    const content = text({ ...withPrice((price) => german(1000.25 * price, 2)), separator });
    expect(await prices(content)).toEqual(all.map((price) => 1000.25 * price));
  });

  it("with a decimal comma in quotes", async () => {
    expect(await prices(text(withPrice((price) => `"${german(price / 4, 2)}"`)))).toEqual(
      all.map((price) => price / 4),
    );
  });

  it("of which nobody knows whether a comma is a point are no numbers, and that is said", async () => {
    const written = withPrice((price) => (1000 * price).toLocaleString("en"));
    const { manifest, noticed } = await read(text({ ...written, separator: ";" }));
    expect(manifest.columns.find(({ name }) => name === "price")?.kind).toBe("category");
    expect(noticed.map(({ code }) => code)).toEqual(["numbers-as-categories"]);
  });

  it.each([
    "-",
    "?",
    ".",
    "N/A",
    "(null)",
    "undefined",
    "nil",
    "#NULL!",
    "missing",
    "\\N",
    "NULL",
    "<NA>",
    "NaT",
  ])("%s is a number that is missing", async (word) => {
    const found = await prices(text(withPrice((price) => (price === 21 ? word : price))));
    expect(found.filter((value) => value === MISSING)).toHaveLength(ROWS.filter(([, p]) => p === 21).length);
  });

  it("with signs around them are reported", async () => {
    const { noticed } = await read(text(withPrice((price) => `$${price}`)));
    expect(noticed[0]?.sentence).toMatch(/price holds numbers, but is read as a category.*"\$0"/);
  });

  it("with three digits behind every point are fractions, which may be groups of thousands, and that is said", async () => {
    for (const separator of [",", ";", "\t"]) {
      const { noticed, manifest } = await read(
        text({ ...withPrice((price) => (price < 25 ? price : `${price}.000`)), separator }),
      );
      expect(noticed[0]).toMatchObject({
        code: "thousands-unclear",
        sentence: /every point.*as in \d\d\.000/,
      });
      expect(manifest.noticed).toEqual(noticed);
    }
    const certain = { ...withPrice((price) => `${price}.${price}00`), separator: ";" };
    expect(
      (await read(text({ ...certain, cells: ([a, b, c, d, e]) => [a, `${b}.000`, `${c},5`, d, e] }))).noticed,
    ).toEqual([]);
  });

  it("with leading zeros are codes", async () => {
    const { manifest } = await read(text(withPrice((price) => String(price).padStart(5, "0"))));
    expect(manifest.columns.find(({ name }) => name === "price")?.kind).toBe("category");
  });

  it("of more than 32 bits are categories, each its own, and that is said", async () => {
    const { manifest, noticed } = await read(
      text(withPrice((price) => String(9007199254740993n + BigInt(price)))),
    );
    expect(manifest.columns.find(({ name }) => name === "price")).toMatchObject({
      kind: "category",
      distinct: 50,
    });
    expect(noticed.map(({ code }) => code)).toEqual(["large-numbers-as-categories"]);
  });

  it("that a float of 32 bits makes the same are reported", async () => {
    const { noticed } = await read(text(withPrice((price) => `${1414000000 + price}.25`)));
    expect(noticed.map(({ code }) => code)).toEqual(["numbers-rounded"]);
  });

  it("that are infinite are no numbers, which is said of their rows", async () => {
    const content = text(withPrice((price) => (price === 21 ? "inf" : price / 4)));
    await expect(read(content)).rejects.toMatchObject({ problem: { sentence: /has "inf" in column price/ } });
  });
});

describe("is refused for what it is", () => {
  it.each<[string, string | Uint8Array<ArrayBuffer>, RegExp]>([
    [
      "two columns of one name",
      text({ header: ["click", "price", "price", "user", "item"] }),
      /two columns named "price"/,
    ],
    [
      "two labels",
      text({ header: ["click", "price", "click", "user", "item"] }),
      /two columns named "click"|several columns/,
    ],
    [
      "labels 1 and 2",
      text({ cells: ([click, ...rest]) => [click + 1, ...rest] }),
      /nothing says which of them is a click.*--click/,
    ],
    [
      "a count of clicks",
      text({ cells: ([click, price, ...rest]) => [click * (1 + (price % 3)), price, ...rest] }),
      /not two\. Write a column of two values/,
    ],
    [
      "days as labels",
      text({ cells: ([click, ...rest]) => [`2014-10-2${click}`, ...rest] }),
      /nothing says which of them is a click/,
    ],
    ["nothing but line ends", "\n\n\n", /holds no row/],
    ["one line", "404: Not Found", /one line of text/],
    [
      "UTF-32",
      Uint8Array.from([0xff, 0xfe, 0, 0, ...Array.from(text(), (c) => [c.charCodeAt(0), 0, 0, 0]).flat()]),
      /text in UTF-32.*UTF-8/,
    ],
    ["zero bytes in a text", text().replaceAll("u5", "u\u00005"), /text with zero bytes/],
    [
      "an old Excel workbook",
      Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...new Uint8Array(600)]),
      /old Excel workbook/,
    ],
    ["a table of HTML", "<table><tr><th>click</th><th>a</th></tr></table>", /a table of HTML/],
    ["JSON with commas", '{"click":1,"user":"a"},\n'.repeat(9), /lines of JSON records with a comma/],
    ["Python's dicts", "{'click': 1, 'user': 'a'}\n".repeat(9), /lines of Python's dicts/],
    [
      "a table of Markdown",
      `| click | price |\n|---|---|\n${"| 1 | 2 |\n".repeat(9)}`,
      /a table of Markdown/,
    ],
    ["an SQL script", "INSERT INTO t VALUES (1,2,3);\n".repeat(9), /an SQL script/],
    [
      "too many columns",
      `click,${Array.from({ length: 5000 }, (_, i) => `c${i}`).join()}\n${`1,${"2,".repeat(4999)}2\n`.repeat(3)}`,
      /5,000 columns of features, and a data set holds 4,096/,
    ],
  ])("%s", async (_, content, sentence) => {
    expect(await refusal({ "x.csv": content })).toMatch(sentence);
  });
});

describe("what nothing can be learned from is said", () => {
  const findings = async (content: string) => {
    const { preprocess } = await import("../../../src/preprocess/preprocess.ts");
    const { ownIds } = await import("../../../src/preprocess/fitting.ts");
    const { NAMED_RULES } = await import("../../../src/preprocess/rules.ts");
    const { memoryOutput } = await import("../../../src/shards/byteSink.ts");
    const source = await openFiles({ "x.csv": content });
    const { rules: implied, ...ids } = ownIds(source);
    const found: string[] = [];
    await preprocess(() => source.parts(), memoryOutput(new Map()), {
      name: "x",
      files: ["x.csv"],
      ...ids,
      rules: { ...NAMED_RULES.mindspore, ...implied, split: "hash" },
      found: (odd) => found.push(...odd.map(({ code }) => code)),
    });
    return found;
  };

  it.each([0, 1])("all labels are %s", async (label) => {
    expect((await findings(text({ cells: ([, ...rest]) => [label, ...rest] })))[0]).toBe("label-one-value");
  });
});
