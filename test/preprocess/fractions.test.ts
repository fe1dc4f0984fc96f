// Numbers with fractions, from a file to batches, and data sets that earlier versions made of them.

import { describe, expect, it } from "vitest";
import type { NumberModes } from "../../src/base/numberModes.ts";
import { memoryFolder } from "../../src/shards/byteSource.ts";
import { integerColumns, type Manifest } from "../../src/shards/manifest.ts";
import { manifestText } from "../../src/shards/manifestFile.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { importFiles } from "./formats/opened.ts";
import { logLine, makeDataset } from "./made.ts";

const values = Array.from({ length: 400 }, (_, i) => (i * i) % 119);
const csv = (numbers: (number | string)[]) =>
  ["label,I1,C1", ...numbers.map((value, i) => `${i % 2},${value},${i % 3 ? "a" : "b"}`)].join("\n");
const bucketsOf = (manifest: Manifest) =>
  new Map(integerColumns(manifest)[0]!.buckets.map(({ value, count }) => [value, count]));

it("one fraction in a column leaves FuxiCTR's buckets of the others as they are", async () => {
  const rules = { split: "none", threshold: 1 } as const;
  const whole = await importFiles({ "a.csv": csv(values) }, {}, rules);
  const one = await importFiles({ "a.csv": csv(values.with(7, 12.5)) }, {}, rules);
  expect(integerColumns(one.manifest)[0]).toMatchObject({ fractions: true });
  const expected = bucketsOf(whole.manifest);
  // 49, ⌊ln² 49⌋ = 15, became 12.5, ⌊ln² 12.5⌋ = 6.
  expected.set(15, expected.get(15)! - 1);
  expected.set(6, (expected.get(6) ?? 0) + 1);
  expect(bucketsOf(one.manifest)).toEqual(expected);
});

describe("fractions in batches", () => {
  const cells = values.map((value, i) => (i % 9 ? value / 8 - 4 : ""));
  const most = Math.max(...cells.map(Number));

  async function batchOf(format: "parquet" | "packed", integers: NumberModes) {
    const log = cells.map((value, i) => logLine(i % 2, [i, value], ["a"])).join("\n");
    const layout = { integers: 13, categories: 26, fractions: Array.from({ length: 13 }, (_, c) => c === 1) };
    const { folder } = await makeDataset(log, { split: "none", threshold: 3 }, 1 << 16, { layout, format });
    const dataset = await openDataset(folder);
    const batches = dataset.batches({ split: "train", batchSize: 400, integers, shuffle: null });
    return (await batches.next()).value!;
  }

  it.each(["parquet", "packed"] as const)("are as they were in %s", async (format) => {
    const { weights, fields } = await batchOf(format, "max");
    const found = cells.map((_, i) => weights[i * fields + 1]!);
    expect(found).toEqual(cells.map((value) => Math.fround(value === "" ? 0 : value / most)));
  });

  it.each(["bucket", "quantile", "standard"] as const)(
    "are the same in either format: %s",
    async (integers) => {
      const [parquet, packed] = await Promise.all([
        batchOf("parquet", integers),
        batchOf("packed", integers),
      ]);
      expect(packed).toEqual(parquet);
    },
  );
});

describe("a data set of the first version", () => {
  const log = values.map((value, i) => logLine(i % 2, [value - 30], ["a"])).join("\n");

  async function firstVersion() {
    const { manifest, files } = await makeDataset(log, { threshold: 3 });
    const old: Manifest = { ...manifest, version: 1 };
    old.columns = manifest.columns.map((column) => {
      if (column.kind === "category") return column;
      const { statistics: _, ...rest } = column;
      return rest;
    });
    files.set("manifest.json", new TextEncoder().encode(manifestText(old)));
    return openDataset(memoryFolder(files));
  }

  it("opens, and enters in the ways that there were", async () => {
    const dataset = await firstVersion();
    const { folder } = await makeDataset(log, { threshold: 3 });
    const now = await openDataset(folder);
    for (const integers of ["max", "log", "bucket", "minmax"] as const) {
      const options = { split: "train", batchSize: 500, integers, shuffle: null } as const;
      const [old, made] = await Promise.all([dataset.batches(options).next(), now.batches(options).next()]);
      expect(old.value).toEqual(made.value);
    }
    expect(() => dataset.shape("standard")).toThrow(/I1 cannot enter as standard.*earlier version/);
  });
});

describe("negative integers", () => {
  it("far below 0 share buckets, so that a manifest stays small", async () => {
    const log = Array.from({ length: 5000 }, (_, i) => logLine(i % 2, [-3 * i])).join("\n");
    const { manifest } = await makeDataset(log, { threshold: 0, split: "none" });
    const [column] = integerColumns(manifest);
    expect(column!.buckets.length).toBeLessThan(400);
    expect(bucketsOf(manifest).get(-1023)).toBe(1);
    expect(column!.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(5000);
    expect(column).toMatchObject({ minimum: -14_997, statistics: { estimated: true, negative: 4999 } });
    expect(column!.statistics!.values / 5000).toBeCloseTo(1, 1);
  });
});
