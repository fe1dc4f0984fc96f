// Logs with other columns than Criteo's: what they seem to have is found, and one without labels is distinguished: apart.

import { describe, expect, it } from "vitest";
import { columnsLike } from "../../../src/preprocess/fitting.ts";
import { ColumnsError } from "../../../src/preprocess/formats/columns.ts";
import type { ColumnRole } from "../../../src/preprocess/roles.ts";
import type { Layout } from "../../../src/shards/rows.ts";
import { logLine } from "../made.ts";
import { goldenFiles } from "./golden.ts";
import { importFiles, openFiles } from "./opened.ts";

/** Its second column may be the label, too. */
const narrow = Array.from({ length: 60 }, (_, i) => `${i % 2}\t${(i >> 1) % 2}\t\t0a1b2c3d\t${i}\tx`).join(
  "\n",
);

async function failure(opening: Promise<unknown>): Promise<unknown> {
  return opening.then(
    () => null,
    (cause: unknown) => cause,
  );
}

it("says how many columns a log has, and which kinds they seem to be", async () => {
  const cause = await failure(openFiles({ "narrow.tsv": narrow }));
  expect(cause).toBeInstanceOf(ColumnsError);
  const { problem, likely } = cause as ColumnsError;
  expect(likely).toEqual({ integers: 2, categories: 3 });
  expect(problem.sentence).toBe(
    "narrow.tsv has no header and 6 columns a line, not 40: a label, 13 integers and 26 categories.",
  );
  const { manifest } = await importFiles({ "narrow.tsv": narrow }, { layout: likely });
  expect([manifest.badLines, manifest.source.lines]).toEqual([0, 60]);
});

it.each([
  ["rows of ids", goldenFiles(/tfrecord/), [13, 26], { integers: 10, categories: 20 }],
  ["columns of ids", goldenFiles(/columns/), [13, 26], { integers: 10, categories: 20 }],
])("finds the columns behind %s", async (_, files, [integers, categories], layout?) => {
  const cause = await failure(openFiles(files, layout ? { layout } : {}));
  expect(cause).toMatchObject({ problem: { code: "format-mismatch" }, likely: { integers, categories } });
});

it("finds each column behind a header of other names", async () => {
  const { manifest, source } = await importFiles(
    { "a.csv": "label,depth,site\n1,14,1fbe01fe\n0,15,-\n" },
    {},
    { split: "none" },
  );
  expect(manifest.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ["depth", "integer"],
    ["site", "category"],
  ]);
  expect(source.columns).toMatchObject([
    { name: "label", role: "label", click: "1" },
    { name: "depth", role: "integer", samples: ["14", "15"] },
    { name: "site", role: "category" },
  ]);
});

it("takes a log that begins with a few bad lines for what it is", async () => {
  const lines = ["1\tnothing", "1\tnothing", ...Array.from({ length: 300 }, (_, i) => logLine(i % 2, [i]))];
  const { manifest } = await importFiles({ "log.tsv": lines.join("\n") });
  expect(manifest.badLines).toBe(2);
});

describe("a table without a header that is not Criteo's", () => {
  const line = (i: number, click: string) =>
    `${5000 + i},${i % 3 ? "shop" : "news"}x,${click},${i % 40},0.${i % 9}`;
  const lines = (count: number, click = (i: number): string => (i % 3 === 0 ? "t" : "f")) =>
    `${Array.from({ length: count }, (_, i) => line(i, click(i))).join("\n")}\n`;

  it("is read by its values, which is said, where one column alone can be the label", async () => {
    const { manifest, source, findings } = await importFiles(
      { "psql.csv": lines(300) },
      {},
      { split: "none" },
    );
    expect(source.columns!.map(({ name, role }) => [name, role])).toEqual([
      ["column_1", "id"],
      ["column_2", "category"],
      ["column_3", "label"],
      ["column_4", "integer"],
      ["column_5", "number"],
    ]);
    expect(manifest.columns.map(({ name }) => name)).toEqual(["column_4", "column_5", "column_2"]);
    expect(manifest.splits.train).toEqual({ rows: 300, positives: 100 });
    expect(findings.map(({ code }) => code)).toContain("label-guessed");
  });

  it("is read by the click that a person says, where one column alone has that value", async () => {
    const text = lines(90, (i) => (i % 3 ? "nope" : "tap"));
    const { manifest } = await importFiles({ "a.csv": text }, { click: "tap" }, { split: "none" });
    expect(manifest.splits.train).toEqual({ rows: 90, positives: 30 });
  });

  it("is read with a part whose labels are all one value", async () => {
    const { manifest } = await importFiles({ "part-0.csv": lines(200), "part-1.csv": lines(50, () => "f") });
    expect(manifest.source.lines).toBe(250);
  });

  it("is read with the label that a person says, and refused with its columns' names where two may be it", async () => {
    const two = lines(90).replaceAll("\n", ",1\n").replace(",1\n", ",0\n");
    expect(await failure(openFiles({ "a.csv": two }))).toMatchObject({
      problem: { code: "log-columns", remedy: expect.stringContaining("--label=column_1") },
    });
    const { manifest } = await importFiles({ "a.csv": two }, { label: "column_3" }, { split: "none" });
    expect(manifest.splits.train).toEqual({ rows: 90, positives: 30 });
    expect(manifest.noticed).toBeUndefined();
  });

  it.each([
    ["commas", ",", { layout: { integers: 1, categories: 1 } }],
    ["tabs", "\t", { layout: { integers: 1, categories: 1 } }],
    ["a guess", ",", {}],
    [
      "roles in another order",
      ",",
      {
        columns: [
          ["column_3", "category"],
          ["column_1", "label"],
          ["column_2", "integer"],
        ],
      },
    ],
  ] as const)(
    "gets the ids of an earlier one: %s",
    async (_, sign, {
      columns,
      ...options
    }: { columns?: readonly (readonly [string, ColumnRole])[]; layout?: Layout }) => {
      const wishes = columns ? { columns: columns.map(([name, role]) => ({ name, role })) } : options;
      const text = Array.from({ length: 100 }, (_, i) => [i % 2, i % 30, `v${i % 4}`].join(sign)).join("\n");
      const { manifest, folder } = await importFiles({ "a.csv": text }, wishes, { threshold: 0 });
      const next = await importFiles(
        { "b.csv": text },
        { like: columnsLike(manifest) },
        { split: "none", testShare: 0 },
        { manifest, folder },
      );
      expect(next.manifest.columns.map(({ name }) => name)).toEqual(manifest.columns.map(({ name }) => name));
      expect(next.rows.train.map(([label, number]) => [label, number])).toEqual(
        Array.from({ length: 100 }, (_, i) => [i % 2, i % 30]),
      );
      expect(new Set(next.rows.train.map(([, , id]) => id))).toEqual(new Set([1, 2, 3, 4]));
    },
  );
});

describe("a log without labels", () => {
  const unlabelled = (first: number) =>
    Array.from({ length: 50 }, (_, i) => logLine(1, [first + i]).replace(/^1\t/, "")).join("\n");

  it.each([
    ["whose first column never looks like a label", unlabelled(2)],
    ["whose first column sometimes looks like one", unlabelled(0)],
    ["with a header", `I1,I2,C1\n1,2,x\n`],
  ])("is distinguished: one %s", async (_, text) => {
    const cause = await failure(openFiles({ "test.txt": text }));
    expect(cause).toMatchObject({ problem: { code: "log-unlabelled" } });
  });

  it("is not what a log with a column less is", async () => {
    const log = Array.from({ length: 50 }, (_, i) => logLine(i % 2, [i]).replace(/\t[^\t]*$/, ""));
    const cause = await failure(openFiles({ "log.tsv": log.join("\n") }));
    expect(cause).toMatchObject({ problem: { code: "log-columns" } });
  });
});
