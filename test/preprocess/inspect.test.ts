import { expect, it } from "vitest";
import { inspectDataset } from "../../src/preprocess/inspect.ts";
import { createRowSample } from "../../src/preprocess/rowSample.ts";
import { NAMED_RULES } from "../../src/preprocess/rules.ts";
import { lineSplitter, TEST } from "../../src/preprocess/splits.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { CRITEO } from "../../src/shards/rows.ts";
import { summarise } from "../../src/train/summary.ts";
import { importFiles } from "./formats/opened.ts";
import { logLine, type Made, makeDataset } from "./made.ts";

it("says what a data set holds", async () => {
  const isTest = (line: number) => lineSplitter(NAMED_RULES.mindspore)(line) === TEST;
  const lines = Array.from({ length: 1000 }, (_, i) => {
    // "late" is common, but only the test rows have it; "rare" has no id of its own.
    const value = isTest(i) ? "late" : i % 50 === 0 ? "rare" : "usual";
    // In the second column every value of a test row is rare, and none of a training row.
    return logLine(
      i % 4 === 0 ? 1 : 0,
      [i % 3 === 0 ? "" : i % 5],
      [value, isTest(i) ? `test ${i}` : "usual"],
    );
  });
  const { folder, manifest } = await makeDataset(lines.join("\n"), { threshold: 30 });
  const reported: number[] = [];
  const found = await inspectDataset(await openDataset(folder), folder, (rows) => reported.push(rows));
  const { train, test } = manifest.splits;
  expect(reported.at(-1)).toBe(1000);
  expect(found.splits.train).toEqual({ rows: train.rows, clickRate: train.positives / train.rows });
  expect(found.splits.valid).toEqual({ rows: 0, clickRate: 0 });
  expect(found.shards).toEqual([
    { file: "train-00000.parquet", rows: train.rows, clickRate: train.positives / train.rows },
    { file: "test-00000.parquet", rows: test.rows, clickRate: test.positives / test.rows },
  ]);
  const c1 = found.columns[13]!;
  const rare = lines.filter((line) => line.includes("rare")).length;
  expect(c1).toMatchObject({ name: "C1", distinct: 3, frequent: 2, unseenInTrainingShare: 1 });
  expect(c1.oovShare).toBeCloseTo(rare / train.rows);
  expect(c1.testOovShare).toBe(0);
  expect(found.columns[14]).toMatchObject({ oovShare: 0, testOovShare: 1, unseenInTrainingShare: 1 });
  expect(c1.kind === "category" && c1.top.map(({ value }) => value)).toEqual(["usual", "late"]);
  const i1 = found.columns[0]!;
  expect(i1.missingShare).toBe(0.334);
  // 3 and 4 share bucket 1 with 1.
  expect(i1.kind === "integer" && i1.histogram.map(({ bucket }) => bucket)).toEqual([0, 1, 2]);
  // Test rows have a value of their own, so none looks like a training row.
  expect(found.testRowsInTraining).toBe(0);
  expect(found.uniqueIds.ids).toBeGreaterThan(39);
  expect(found.uniqueIds.share).toBeCloseTo(found.uniqueIds.ids / (train.rows * 39), 3);
});

it("says fractions as the source had them", async () => {
  const layout = { ...CRITEO, fractions: Array.from({ length: 13 }, () => true) };
  const log = Array.from({ length: 100 }, (_, i) => logLine(1, [i / 100 - 0.25])).join("\n");
  const { folder } = await makeDataset(log, {}, 1 << 16, { layout });
  const found = await inspectDataset(await openDataset(folder), folder);
  expect(found.columns[0]).toMatchObject({ minimum: -0.25, maximum: Math.fround(0.74) });
});

it("says which rows were counted, and what share of these is missing", async () => {
  const lines = (rows: number) =>
    Array.from({ length: rows }, (_, i) => logLine(i % 2, [i % 4 ? i : ""], [i % 5 ? "a" : ""]));
  const base = await makeDataset(lines(1000).join("\n"), { threshold: 1, testShare: 0.5, fittedOn: "train" });
  const later = await makeDataset(lines(40).join("\n"), { fittedOn: "given", testShare: 1 }, 1 << 16, {
    fitted: base,
  });
  const { rows } = base.manifest.splits.train;
  for (const [made, of] of [
    [base, "train"],
    [later, "given"],
  ] as const) {
    const found = await inspectDataset(await openDataset(made.folder), made.folder);
    expect(found.counted).toEqual({ of, rows });
    expect(found.columns[0]!.missingShare).toBeCloseTo(0.25, 1);
    expect(found.columns[1]!.missingShare).toBe(1);
    expect(found.columns[13]!.missingShare).toBeCloseTo(0.2, 1);
    expect(summarise(await openDataset(made.folder)).columns.map((column) => column.missingShare)).toEqual(
      found.columns.map((column) => column.missingShare),
    );
  }
});

it("does not guess how many rows were counted", async () => {
  const layout = { integers: 0, categories: 1 };
  const base = await makeDataset("1\ta\n0\t\n", {}, 1 << 16, { layout });
  const later = await makeDataset("1\ta\n", { fittedOn: "given" }, 1 << 16, { layout, fitted: base });
  const shareOf = async ({ folder }: Made) =>
    (await inspectDataset(await openDataset(folder), folder)).columns[0]!.missingShare;
  expect([await shareOf(base), await shareOf(later)]).toEqual([0.5, null]);
});

it("finds rows that training and test share", async () => {
  const { folder, manifest } = await makeDataset(
    Array.from({ length: 500 }, () => logLine(1, [3], ["a"])).join("\n"),
  );
  const found = await inspectDataset(await openDataset(folder), folder);
  expect(found.testRowsInTraining).toBe(manifest.splits.test.rows);
  expect(found).toMatchObject({ validRowsInTraining: 0, testRowsInValid: 0 });
});

it("finds rows that the validation split shares with both others", async () => {
  const sources = { train: ["a", "b"], valid: ["a", "c", "c"], test: ["c", "b", "a", "d"] };
  const files = Object.fromEntries(
    Object.entries(sources).map(([split, values]) => [
      `${split}.csv`,
      `label,I1,C1\n${values.map((value) => `1,1,${value}\n`).join("")}`,
    ]),
  );
  const { folder } = await importFiles(files, {}, { threshold: 0 });
  const found = await inspectDataset(await openDataset(folder), folder);
  expect(found).toMatchObject({ validRowsInTraining: 1, testRowsInTraining: 2, testRowsInValid: 2 });
});

it("keeps a sample of the rows of a large data set, the same in each split", () => {
  const sample = createRowSample(10 * 2 ** 22);
  expect(sample.weight).toBe(10);
  sample.add(30, 1);
  sample.add(31, 1);
  expect([sample.has(30, 1), sample.has(31, 1), sample.has(30, 2)]).toEqual([true, false, false]);
});
