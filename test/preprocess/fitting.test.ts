// Rows of every kind of files that take the ids of a data set that exists.

import { describe, expect, it } from "vitest";
import type { Fitted } from "../../src/preprocess/fitting.ts";
import { openIdRows } from "../../src/preprocess/formats/idRows.ts";
import { blobInput } from "../../src/preprocess/formats/input.ts";
import type { LogSource } from "../../src/preprocess/formats/logSource.ts";
import type { IntegerColumn } from "../../src/shards/manifest.ts";
import { goldenFiles } from "./formats/golden.ts";
import { type Imported, importFiles, importSource, openFiles } from "./formats/opened.ts";

/** A file of such rows: an integer each, and the ids of two categories in one space that begins with `firstId`. */
function idRows(rows: [integer: number, C1: number, C2: number][], firstId = 0): Promise<LogSource> {
  const record = {
    where: "record 0",
    labels: rows.map((_, i) => i % 2),
    ids: rows.flatMap(([, C1, C2]) => [0, C1, C2].map((id) => firstId + id)),
    values: rows.flatMap(([integer]) => [integer, 1, 1]),
  };
  async function* read() {
    yield record;
  }
  const file = blobInput("rows.tfrecord", new Blob([]));
  return openIdRows({ name: "TFRecord", read }, [{ file, head: new Uint8Array() }], {
    layout: { integers: 1, categories: 2 },
  });
}

const someRows = Array.from({ length: 300 }, (_, i): [number, number, number] => [
  i / 400,
  3 + (i % 4),
  7 + (i % 5),
]);

it("keeps numbers as the data set does, whatever the rows themselves would have", async () => {
  const base = await importSource(await idRows(someRows), { split: "none" });
  expect(base.manifest.columns[0]).toMatchObject({ fractions: true });
  const whole = await importSource(
    await idRows(someRows.map(([value, ...ids]) => [Math.round(400 * value), ...ids])),
    { split: "none" },
    base,
  );
  expect(whole.rows.train.map((row) => row[1])).toEqual(someRows.map(([value]) => Math.round(400 * value)));
  expect(whole.manifest.columns).toEqual(base.manifest.columns);
});

describe("FuxiCTR's files", () => {
  const files = goldenFiles(/json|parquet/, "fuxictr");
  const { "feature_vocab.json": _, ...withoutValues } = files;
  const raw = goldenFiles(/csv/, "fuxictr/raw");
  const layout = { integers: 2, categories: 3 };

  it("become the ids of a log's values, by what feature_vocab.json says of theirs", async () => {
    const base = await importFiles(raw, { layout }, { rule: "at-least", threshold: 1 });
    const { rows } = await importFiles(files, {}, {}, base);
    const ofLog = await importFiles(raw, { layout }, {}, base);
    const ids = ofLog.rows.test.flatMap((row) => row.slice(3));
    // What FuxiCTR had not seen in training, or too rarely, has none of its ids.
    const known = rows.test.flatMap((row) => row.slice(3)).map((id, i) => (id === 0 ? null : [id, ids[i]]));
    const pairs = known.filter((pair) => pair !== null);
    expect(pairs.map(([id]) => id)).toEqual(pairs.map(([, id]) => id));
    expect(pairs.length).toBeGreaterThan(0.5 * ids.length);
  });

  it("keep fractions at the scale of a data set of the first version", async () => {
    const base = await importFiles(files);
    const manifest = structuredClone(base.manifest);
    manifest.version = 1;
    for (const column of manifest.columns) if (column.kind === "integer") delete column.statistics;
    const { fractions: _, ...price } = manifest.columns[1] as IntegerColumn;
    manifest.columns[1] = { ...price, scale: 1e6, minimum: 0, maximum: 90_000_000 };
    const { rows, manifest: made } = await importFiles(files, {}, {}, { ...base, manifest });
    expect(made.version).toBe(1);
    expect(rows.train.map((row) => row[2])).toEqual(base.rows.train.map((row) => Math.round(row[2]! * 1e6)));
  });

  it("are refused without their values", async () => {
    for (const base of [await importFiles(files), await importFiles(withoutValues)])
      await expect(importFiles(withoutValues, {}, {}, base)).rejects.toMatchObject({
        problem: { code: "vocabulary-of-other-values" },
      });
  });
});

describe("columns that a header names", async () => {
  const lines = (columns: string[]) =>
    Array.from({ length: 60 }, (_, i) => {
      const cells: Record<string, unknown> = {
        label: i % 2,
        I1: i,
        I2: i / 8,
        C1: `a${i % 3}`,
        C2: `a${i % 5}`,
      };
      return columns.map((column) => cells[column]).join();
    });
  const csv = (...columns: string[]) => ({ "log.csv": [columns.join(), ...lines(columns)].join("\n") });
  const base = await importFiles(csv("label", "I1", "I2", "C1", "C2"), {}, { threshold: 0, split: "none" });

  it("are found in whatever order", async () => {
    const other = await importFiles(csv("label", "I2", "I1", "C2", "C1"), {}, { split: "none" }, base);
    expect(other.rows.train).toEqual(base.rows.train);
  });

  it("are refused under other names", async () => {
    const files = { "log.csv": csv("label", "I1", "I2", "C1", "C2")["log.csv"].replace("C2", "C3") };
    await expect(importFiles(files, {}, {}, base)).rejects.toMatchObject({
      problem: { sentence: expect.stringMatching(/a column of categories "C3", and imported has none/) },
    });
  });

  it("go by their places where there is no header", async () => {
    const text = lines(["label", "I1", "I2", "C1", "C2"]).join("\n");
    const layout = { integers: 2, categories: 2 };
    const { rows } = await importFiles({ "log.csv": text }, { layout }, { split: "none" }, base);
    expect(rows.train).toEqual(base.rows.train);
  });
});

it("says of a data set with another's ids by which rules they were chosen", async () => {
  const csv = `label,I1,C1\n${"1,2,aaaaaaaa\n0,3,bbbbbbbb\n".repeat(20)}`;
  const base = await importFiles(
    { "base.csv": csv },
    {},
    { rule: "at-least", threshold: 7, idOrder: "first-seen" },
  );
  const { manifest } = await importFiles({ "tomorrow.csv": csv }, {}, {}, base);
  expect(manifest.rules).toMatchObject({ rule: "at-least", threshold: 7, idOrder: "first-seen" });
  expect(manifest.rules).toMatchObject({ fittedOn: "given", testShare: 1 });
});

describe("values that mean something else", async () => {
  const csv = (value: (i: number) => string) =>
    `label,I1,C1,C2\n${Array.from({ length: 200 }, (_, i) => `${i % 2},${i},${value(i % 7)},${value(i % 9)}\n`).join("")}`;
  const hex = { "x4.csv": csv((i) => `0000000${i}`.replace("0000", "ab12")) };
  const decimal = { "x1.csv": csv((i) => String(100 + i)) };
  const mixed = { "mixed.csv": csv((i) => (i === 0 ? "none" : String(100 + i))) };
  const fromZero = await importSource(await idRows(someRows));
  const fromOne = await importSource(await idRows(someRows, 1));
  const x1 = await importFiles(decimal);
  const x4 = await importFiles(hex, {}, { threshold: 3 });

  it("are said in the manifest, texts by their absence", () => {
    expect(fromZero.manifest.categoryValues).toEqual({ kind: "row-ids", firstId: 0 });
    expect(x1.manifest.categoryValues).toEqual({ kind: "decimal" });
    expect(x4.manifest).not.toHaveProperty("categoryValues");
  });

  it.each([
    ["ids from 1 onto ids from 0", () => idRows(someRows, 1), fromZero],
    ["ids from 0 onto ids from 1", () => idRows(someRows), fromOne],
    ["ids onto numbers of a log", () => idRows(someRows), x1],
    ["ids onto a log's texts", () => idRows(someRows), x4],
    ["numbers of a log onto ids", () => openFiles(decimal), fromZero],
    ["numbers of a log onto texts", () => openFiles(decimal), x4],
    ["texts onto numbers", () => openFiles(hex), x1],
    ["ids onto ids of a manifest that does not give them", () => idRows(someRows, 1), untold(fromZero)],
    ["ids onto numbers of a manifest that does not give them", () => idRows(someRows, 1), untold(x1)],
  ])("are refused: %s", async (_, open, base) => {
    await expect(importSource(await open(), {}, base)).rejects.toMatchObject({
      problem: { code: "vocabulary-of-other-values" },
    });
  });

  it.each([
    ["ids from 1", () => idRows(someRows, 1), fromOne],
    ["ids from 1 where the manifest does not say it", () => idRows(someRows, 1), untold(fromOne)],
    ["texts", () => openFiles(hex), x4],
    ["numbers", () => openFiles(decimal), x1],
    ["numbers with other texts among them", () => openFiles(mixed), x1],
  ])("are taken where they are alike: %s", async (_, open, base) => {
    const { rows, manifest } = await importSource(await open(), {}, base);
    expect(rows.test.length).toBeGreaterThan(100);
    expect(rows.test.filter((row) => row[2] === 0).length).toBeLessThan(60);
    expect(manifest.categoryValues).toEqual(base.manifest.categoryValues);
  });
});

/** The same data set, made before manifests said what values are. */
function untold({ folder, manifest: { categoryValues: _, ...manifest } }: Imported): Fitted {
  return { folder, manifest };
}

it("says of a column whose values have far fewer ids than the data set's own", async () => {
  const csv = (C2: (i: number) => string) =>
    `label,I1,C1,C2\n${Array.from({ length: 200 }, (_, i) => `1,${i},a${i % 9},${C2(i)}\n`).join("")}`;
  const base = await importFiles({ "base.csv": csv((i) => `b${i % 5}`) }, {}, { threshold: 9 });
  const warned = async (C2: (i: number) => string) =>
    (await importFiles({ "log.csv": csv(C2) }, {}, {}, base)).warning?.sentence;
  expect(await warned((i) => `b${i % 5}`)).toBeUndefined();
  expect(await warned((i) => (i % 6 === 0 ? "new" : `b${i % 5}`))).toBeUndefined();
  expect(await warned((i) => `B${i % 5}`)).toBe(
    "100 % of the rows of imported have a value in C2 that imported has no id for, where 0 % were expected.",
  );
  const rare = await importFiles(
    { "base.csv": csv((i) => (i % 2 ? "b" : `rare${i}`)) },
    {},
    { threshold: 9 },
  );
  const { warning } = await importFiles({ "log.csv": csv((i) => (i % 4 ? `new${i}` : "b")) }, {}, {}, rare);
  expect(warning).toBeUndefined();
});
