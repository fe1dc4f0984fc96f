// ONNX from a log's own values: each number's id or weight beside the encoder's, and a table's model beside `predict`.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { NUMBER_MODES, type NumberMode } from "../../src/base/numberModes.ts";
import { createRandom } from "../../src/base/random.ts";
import { loadOnnx } from "../../src/cli/onnxRuntime.ts";
import { onnxFile } from "../../src/export/onnx/file.ts";
import { createDrawing } from "../../src/export/onnx/final.ts";
import { DOUBLE, INT64 } from "../../src/export/onnx/graph.ts";
import { numberCells } from "../../src/export/onnx/rawNumbers.ts";
import { bucketOf, bucketOfFraction, firstBucketOf } from "../../src/shards/buckets.ts";
import type { IntegerColumn } from "../../src/shards/manifest.ts";
import { numberEncoding } from "../../src/shards/numberEncoding.ts";
import { runCommand } from "../cli/command.ts";

const folder = mkdtempSync(join(tmpdir(), "onnx-raw-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const BASE = 100;
const FIELD = 7;

/** What a graph gives for numbers of one column, NaN where one is missing: ids, or weights. */
async function drawn(column: IntegerColumn, mode: NumberMode, values: number[]): Promise<number[]> {
  const drawing = createDrawing(
    // biome-ignore lint/suspicious/noExplicitAny: of the model nothing is drawn
    { parameters: new Map(), running: new Map() } as any,
    true,
  );
  const { builder } = drawing;
  const given = builder.input("x", DOUBLE, ["batch", 1]);
  const isMissing = builder.node("IsNaN", "is_missing", [given]);
  const zero = builder.constant("zero", Float64Array.of(0), [1]);
  const x = builder.node("Where", "known", [isMissing, zero, given]);
  const columns = [{ column, mode, field: FIELD, base: BASE }];
  const [cells] = numberCells(drawing, { columns, x, isMissing }, "one");
  if (cells!.weights) builder.output("weights", cells!.weights, DOUBLE, ["batch", 1]);
  else builder.output("ids", cells!.ids, INT64, ["batch", 1]);
  const run = await loadOnnx(onnxFile(builder.graph, { name: "one", metadata: {}, externalName: null }));
  const feed = { type: "float64" as const, data: Float64Array.from(values), dims: [values.length, 1] };
  const { weights, ids } = await run({ x: feed });
  return Array.from(weights ?? ids!, Number);
}

/** The same by the encoder of batches. */
function encoded(column: IntegerColumn, mode: NumberMode, values: number[]): number[] {
  const { isWeight, encode } = numberEncoding(column, mode);
  return values.map((value) => {
    const code = encode(value);
    return isWeight ? code : code === 0 ? FIELD : BASE + code - 1;
  });
}

function columnOf(
  values: number[],
  rest: Partial<IntegerColumn>,
  bucket: (x: number) => number,
): IntegerColumn {
  const known = values.filter((value) => !Number.isNaN(value));
  const buckets = [...new Set(known.map(bucket))].map((value) => ({
    value: value as number | null,
    count: 1,
  }));
  // The last buckets are rare, and a missing number has an id.
  return {
    name: "x",
    kind: "integer",
    missing: 1,
    minimum: Math.min(...known),
    maximum: Math.max(...known),
    distinct: buckets.length + 1,
    frequent: buckets.length - 5,
    base: BASE,
    buckets: [{ value: null, count: 9 }, ...buckets],
    statistics: {
      mean: 1.25,
      deviation: 3.5,
      values: known.length,
      estimated: false,
      negative: 0,
      percentiles: [0, 1, 2, 3, 4],
      quantiles: [-2000, -1, 0, 2.5, 3, 3, 1e4],
    },
    ...rest,
  };
}

/** The numbers at which buckets begin, and their neighbours, on both sides of 0. */
function edges(next: (x: number) => number, last: number, bucket: (x: number) => number): number[] {
  const found: number[] = [];
  for (let x = 2.5; x < last; x *= 1.003) {
    const value = next(x);
    found.push(value, -value);
    if (bucket(value) === bucket(next(x * 1.003))) continue;
    let [low, high] = [value, next(x * 1.003)];
    for (let i = 0; i < 60; i++) {
      const middle = next((low + high) / 2);
      if (middle === low || middle === high) break;
      if (bucket(middle) === bucket(low)) low = middle;
      else high = middle;
    }
    found.push(low, high, -low, -high);
  }
  return [...found, 0, -1, -2, -1023, -1024, -1025, 2, 3, Number.NaN];
}

const integers = edges(Math.round, 2147483000, bucketOf);
const fractions = [...edges(Math.fround, 3e38, bucketOfFraction), 0.5, -0.5, -1024.5, Math.fround(Math.E)];

it.each(NUMBER_MODES)("gives the ids and weights of the encoder: %s", async (mode) => {
  for (const [values, column] of [
    [integers, columnOf(integers, {}, bucketOf)],
    [integers, columnOf(integers, { missing: 0 }, bucketOf)],
    [fractions, columnOf(fractions, { fractions: true }, bucketOfFraction)],
    [[3, 3, Number.NaN], columnOf([3], { frequent: 0 }, bucketOf)],
    [[-5, -4, Number.NaN], columnOf([-5, -4], { frequent: 1 }, bucketOf)],
  ] as const) {
    const found = await drawn(column, mode, [...values]);
    const expected = encoded(column, mode, [...values]);
    for (const [i, value] of expected.entries())
      if (Math.abs(found[i]! - value) > 1e-14 * Math.abs(value))
        expect.fail(`${mode} of ${values[i]}: ${found[i]} instead of ${value}`);
    expect(found).toHaveLength(expected.length);
  }
});

it("keeps the buckets of the first version's data sets", async () => {
  const column = columnOf(integers, { statistics: undefined }, firstBucketOf);
  expect(await drawn(column, "bucket", integers)).toEqual(encoded(column, "bucket", integers));
});

/** Semicolons, fractions, words for what is missing: made up. */
function table(rows: number): string[][] {
  const random = createRandom(3);
  const one = (...choices: string[]) => choices[Math.floor(random.uniform() * choices.length)]!;
  return Array.from({ length: rows }, () => {
    const price = one("", "0.25", "1e-3", "-7.5", (900 * random.uniform()).toFixed(2));
    const age = one("-1", "", "18", "33", "70", String(Math.floor(2000 * random.uniform())));
    const device = one("phone", "unknown", "", "tablet", "desk");
    const city = one("Paris", "", "Oslo", "none", "Rome", `village ${Math.floor(1e6 * random.uniform())}`);
    const clicked = random.uniform() < (device === "phone" ? 0.7 : 0.2) ? "yes" : "no";
    return [price, age, device, city, clicked];
  });
}

it("gives predict's scores of a table with fractions, marks for missing cells and what is put there", async () => {
  const cells = table(900);
  writeFileSync(
    at("log.csv"),
    [["price", "age", "device", "city", "clicked"], ...cells].map((row) => row.join(";")).join("\n"),
  );
  const columns = [
    { name: "price", role: "number", fill: "0.5" },
    { name: "age", role: "integer", missing: ["-1"] },
    { name: "device", role: "category", missing: ["unknown"] },
    { name: "city", role: "category", fill: "none" },
    { name: "clicked", role: "label", click: "yes" },
  ];
  writeFileSync(at("columns.json"), JSON.stringify(columns));
  const data = `--dataset_path=${at("data")}`;
  await done(
    "preprocess",
    `--input=${at("log.csv")}`,
    `--columns=${at("columns.json")}`,
    `--output=${at("data")}`,
    "--threshold=3",
  );
  const ways = [
    { price: "standard", age: "quantile" },
    { price: "bucket", age: "minmax" },
  ];
  for (const [w, integers] of ways.entries()) {
    const config = {
      embeddingDim: 3,
      branches: [{ units: [{ size: 4, order: 2 }] }],
      integers,
      batchSize: 100,
      optimizer: { learningRate: 0.05 },
    };
    const run = at(`run${w}`);
    mkdirSync(run);
    writeFileSync(join(run, "config.json"), JSON.stringify(config));
    await done("train", data, `--config=${join(run, "config.json")}`, `--ckpt_path=${run}`);
    const checkpoint = `--checkpoint_path=${join(run, readdirSync(run).find((name) => name.endsWith("tensors"))!)}`;
    await done("export", checkpoint, data, "--format=onnx-raw", `--output=${join(run, "raw.onnx")}`);
    await done(
      "predict",
      checkpoint,
      data,
      `--input=${at("log.csv")}`,
      `--output=${join(run, "scores.csv")}`,
    );
    const scores = readFileSync(join(run, "scores.csv"), "utf8").trim().split("\n").slice(1);
    const bytes = new Uint8Array(readFileSync(join(run, "raw.onnx")));
    const { probability } = await (await loadOnnx({ pieces: [bytes], external: null }))({
      integers: {
        type: "int32",
        data: Int32Array.from(cells, ([, age]) => (age === "" ? -2147483648 : Number(age))),
        dims: [900, 1],
      },
      numbers: {
        type: "float32",
        data: Float32Array.from(cells, ([price]) => (price === "" ? Number.NaN : Number(price))),
        dims: [900, 1],
      },
      categories: {
        type: "string",
        data: cells.flatMap(([, , device, city]) => [device!, city!]),
        dims: [900, 2],
      },
    });
    const worst = Math.max(
      ...scores.map((line, r) => Math.abs(Number(line.split(",")[1]) - probability![r]!)),
    );
    expect(worst, JSON.stringify(integers)).toBeLessThan(1e-6);
    expect(new Set(probability as Float32Array).size).toBeGreaterThan(100);
  }
});

async function done(name: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await runCommand(name, args);
  expect(code, stderr).toBe(0);
}
