// How rows come to their splits: by hash, at random with exact shares, by time.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { preprocess } from "../../src/preprocess/preprocess.ts";
import { DEFAULT_RULES, NAMED_RULES, type RuleChoices, rulesOf } from "../../src/preprocess/rules.ts";
import { surveyedRules } from "../../src/preprocess/splitSurvey.ts";
import { lineSplitter, TEST, TRAIN, VALID } from "../../src/preprocess/splits.ts";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import { memoryOutput } from "../../src/shards/byteSink.ts";
import type { Manifest } from "../../src/shards/manifest.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { openFiles } from "./formats/opened.ts";

describe("at random", () => {
  it("each split has exactly its share, for any number of lines", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.nat(),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (splitRows, seed, testShare, validShare) => {
          const splitOf = lineSplitter({ split: "random", seed, testShare, validShare, splitRows });
          const rows = [0, 0, 0];
          for (let line = 0; line < splitRows; line++) rows[splitOf(line)]!++;
          expect(rows[TEST]).toBe(Math.round(testShare * splitRows));
          const left = splitRows - rows[TEST]!;
          expect(rows[VALID]).toBe(Math.min(left, Math.round(validShare * splitRows)));
        },
      ),
    );
  });

  it("neighbouring lines, and two seeds, have nothing to do with each other", () => {
    const rules = { split: "random", testShare: 0.5, validShare: 0, splitRows: 100_000 } as const;
    const [one, other] = [1, 2].map((seed) => lineSplitter({ ...rules, seed }));
    let alike = 0;
    let pairs = 0;
    for (let line = 0; line < 100_000; line++) {
      if (one!(line) === other!(line)) alike++;
      if (one!(line) === one!(line + 1 === 100_000 ? 0 : line + 1)) pairs++;
    }
    // Standard deviation 158.
    for (const count of [alike, pairs]) expect(Math.abs(count - 50_000)).toBeLessThan(800);
  });
});

/** A log of `days` days with `perDay` rows each; what is missing has no time. */
function timedLog(days: number, perDay: number): string {
  const rows = Array.from({ length: days * perDay }, (_, i) => {
    const time = new Date(Date.UTC(2026, 0, 1) + (i * 86_400_000) / perDay).toISOString().slice(0, 19);
    return `${i % 3 === 0 ? 1 : 0},${i % 50 === 7 ? "" : time.replace("T", " ")},${i % 7},a${i % 5}`;
  });
  return ["label,time,I1,C1", ...rows].join("\n");
}

async function madeOf(csv: string, choices: RuleChoices): Promise<Manifest> {
  const source = await openFiles({ "log.csv": csv });
  const form = source.form;
  const rules = await surveyedRules(rulesOf({ ...DEFAULT_RULES, ...source.rules }, choices), {
    name: "log.csv",
    form,
    columns: source.columns,
    parts: () => source.parts(() => {}, form),
  });
  return preprocess(() => source.parts(() => {}, form), memoryOutput(new Map()), {
    name: "timed",
    files: source.files,
    rules,
    layout: form,
  });
}

describe("by time", () => {
  it("the last day is for testing, the one before it for validation", async () => {
    const { splits, rules } = await madeOf(timedLog(10, 100), { split: "time" });
    // Two of a hundred rows have no time, and are trained on.
    expect([splits.train.rows, splits.valid.rows, splits.test.rows]).toEqual([804, 98, 98]);
    expect(rules.times).toEqual({
      valid: "1d",
      test: "1d",
      validFrom: Date.UTC(2026, 0, 9) / 1000,
      testFrom: Date.UTC(2026, 0, 10) / 1000,
      untimed: 20,
    });
  });

  it("hours are taken too, and none where none are asked for", async () => {
    const { splits } = await madeOf(timedLog(2, 240), { split: "time", testLast: "6h", validLast: "0d" });
    expect([splits.valid.rows, splits.test.rows]).toEqual([0, 59]);
  });

  it("only training rows are counted", async () => {
    const { columns, splits } = await madeOf(timedLog(10, 100), { split: "time", threshold: 0 });
    const [, category] = columns;
    expect(category).toMatchObject({ kind: "category", frequent: 5 });
    const numbers = columns[0]!;
    const counted =
      numbers.kind === "integer" ? numbers.buckets.reduce((sum, { count }) => sum + count, 0) : 0;
    expect(counted).toBe(splits.train.rows);
  });

  it("is refused where no row would be left to train on, and where there are no times", async () => {
    await expect(madeOf(timedLog(2, 100), { split: "time" })).rejects.toMatchObject({
      problem: { code: "split-time-too-short", sentence: expect.stringContaining("2 days") },
    });
    await expect(madeOf("label,I1,C1\n1,2,a\n0,3,b\n1,1,c\n0,2,d", { split: "time" })).rejects.toMatchObject({
      problem: { code: "split-without-time" },
    });
    const mixed = Array.from(
      { length: 60 },
      (_, i) => `${i % 2},${1709251200 + 60 * i}${i % 3 ? "" : "000"},${i % 7}`,
    );
    await expect(madeOf(`label,ts,I1\n${mixed.join("\n")}`, { split: "time" })).rejects.toMatchObject({
      problem: {
        code: "split-time-unread",
        sentence: expect.stringContaining('column ts holds, "1709251200000"'),
      },
    });
  });
});

describe("rules", () => {
  it("are 80/10/10 by hash with ids of the training rows, where nothing is chosen", () => {
    expect(rulesOf(DEFAULT_RULES, {})).toEqual(NAMED_RULES.studio);
    expect(NAMED_RULES.studio).toMatchObject({
      split: "hash",
      validShare: 0.1,
      testShare: 0.1,
      fittedOn: "train",
    });
  });

  it("make room for the shares that are chosen", () => {
    expect(rulesOf(DEFAULT_RULES, { testShare: 0.95 }).validShare).toBe(0.05);
    expect(rulesOf(DEFAULT_RULES, { testShare: 1 }).validShare).toBe(0);
    expect(rulesOf(DEFAULT_RULES, { split: "mindspore" })).toMatchObject({ validShare: 0, fittedOn: "all" });
  });
});

it("the demo has validation rows; that of earlier links and checkpoints is what it was", async () => {
  const made = async (edition: 1 | 2) => openDataset(await makeDemoDataset({ rows: 3000, seed: 1, edition }));
  const [then, now] = await Promise.all([made(1), made(2)]);
  expect(then!.identity).toBe("9c5a4291875b7a325fa7a6d9cd463480a7716e784ffae34a966cf7b7df0e5034");
  const { train, valid, test } = now!.manifest.splits;
  expect(train.rows + valid.rows + test.rows).toBe(3000);
  expect(Math.min(valid.rows, test.rows)).toBeGreaterThan(230);
});

it("a line's split by hash is what it was", () => {
  const splitOf = lineSplitter(NAMED_RULES.mindspore);
  const tests = Array.from({ length: 100 }, (_, line) => line).filter((line) => splitOf(line) === TEST);
  expect(tests).toEqual(tests.filter((line) => splitOf(line) !== TRAIN));
  expect(tests.length).toBeGreaterThan(3);
});
