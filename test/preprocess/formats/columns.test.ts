// Logs with other columns than Criteo's: what they seem to have is found, and one without labels is distinguished: apart.

import { describe, expect, it } from "vitest";
import { ColumnsError } from "../../../src/preprocess/formats/columns.ts";
import { logLine } from "../made.ts";
import { goldenFiles } from "./golden.ts";
import { importFiles, openFiles } from "./opened.ts";

const narrow = Array.from({ length: 60 }, (_, i) => `${i % 2}\t${i}\t\t0a1b2c3d\t${i}\tx`).join("\n");

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
    "narrow.tsv has 6 columns a line, not 40: a label, 13 integers and 26 categories.",
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
