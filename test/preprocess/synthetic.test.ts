import { expect, it } from "vitest";
import { NAMED_RULES } from "../../src/preprocess/rules.ts";
import { makeDemoDataset, syntheticLog } from "../../src/preprocess/synthetic.ts";
import { categoryColumns, integerColumns, type Manifest } from "../../src/shards/manifest.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { makeDataset } from "./made.ts";

const ROWS = 60_000;
const folder = await makeDemoDataset({ rows: ROWS, seed: 2020 });
const { manifest } = await openDataset(folder);

function column(name: string): Manifest["columns"][number] {
  return manifest.columns.find((candidate) => candidate.name === name)!;
}

it("has Criteo's click rate, missing shares and long tails", () => {
  const { train, valid, test } = manifest.splits;
  expect(train.rows + valid.rows + test.rows).toBe(ROWS);
  expect((train.positives + valid.positives + test.positives) / ROWS).toBeCloseTo(0.26, 1);
  const missingShare = (name: string) => column(name).missing / train.rows;
  expect(missingShare("I12")).toBeCloseTo(0.765, 1);
  expect(missingShare("C22")).toBeCloseTo(0.761, 1);
  expect(missingShare("I2")).toBe(0);
  expect(column("C9").distinct).toBe(3);
  // C3 has ten million values: most of those in a sample occur once.
  expect(column("C3").distinct).toBeGreaterThan(20_000);
  expect(column("C3").frequent).toBeLessThan(1500);
  // The median bucket is far below the greatest.
  const [i5] = integerColumns(manifest).filter(({ name }) => name === "I5");
  expect(i5!.maximum).toBeGreaterThan(1_000_000);
});

it("says how well a model can do at best", () => {
  expect(manifest.bestReachableAuc).toBeGreaterThan(0.78);
  expect(manifest.bestReachableAuc).toBeLessThan(0.83);
});

it("is the same for the same seed, and another for another", async () => {
  const identityOf = async (seed: number) =>
    (await openDataset(await makeDemoDataset({ rows: 10_000, seed }))).identity;
  const first = await identityOf(2020);
  expect(await identityOf(2021)).not.toBe(first);
  expect(await identityOf(2020)).toBe(first);
});

it("says how far it is", async () => {
  const reported: number[] = [];
  await makeDemoDataset({
    rows: 10_000,
    seed: 1,
    onProgress: (done, total) => {
      expect(total).toBe(20_000);
      reported.push(done);
    },
  });
  expect(reported).toEqual(reported.toSorted((a, b) => a - b));
  expect(reported.at(-1)).toBe(20_000);
});

it("writes the same rows as a log", async () => {
  let log = "";
  for await (const piece of syntheticLog({ rows: ROWS, seed: 2020 })) log += new TextDecoder().decode(piece);
  const made = await makeDataset(log, { ...NAMED_RULES.studio, threshold: 30 });
  expect(made.manifest.shards).toEqual(manifest.shards);
  expect(categoryColumns(made.manifest)).toEqual(categoryColumns(manifest));
});
