// What is odd in a data set is found, with its figure, and what is usual is not.

import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { type Finding, findingsOf } from "../../src/preprocess/findings/findings.ts";
import { NAMED_RULES } from "../../src/preprocess/rules.ts";
import type { Manifest, Rules } from "../../src/shards/manifest.ts";
import { logLine, makeDataset } from "./made.ts";

const ROWS = 4000;

interface Row {
  label: number;
  integers: (number | string)[];
  categories: string[];
}

/** Rows as a log has them: 13 counts and 26 categories, nothing odd about them. */
function usualRows(seed = 1): Row[] {
  const random = createRandom(seed);
  const below = (most: number) => Math.floor(most * random.uniform());
  return Array.from({ length: ROWS }, () => ({
    label: random.uniform() < 0.25 ? 1 : 0,
    integers: Array.from({ length: 13 }, (_, c) => (random.uniform() < 0.1 ? "" : below(20 + c))),
    categories: Array.from({ length: 26 }, (_, c) => `v${below(5 + 3 * c)}`),
  }));
}

async function findingsIn(
  rows: Row[],
  rules: Partial<Rules> = {},
): Promise<{ findings: Finding[]; manifest: Manifest }> {
  let findings: Finding[] = [];
  const log = rows.map(({ label, integers, categories }) => logLine(label, integers, categories)).join("\n");
  const { manifest } = await makeDataset(log, { ...NAMED_RULES.studio, threshold: 3, ...rules }, 1 << 16, {
    found: (odd) => (findings = odd),
  });
  return { findings, manifest };
}

const codes = (findings: Finding[]) => findings.map(({ code }) => code);

it("nothing is found in a usual log", async () => {
  const { findings } = await findingsIn(usualRows());
  expect(findings).toEqual([]);
});

describe("found is", () => {
  it.each<[string, (row: Row, i: number) => void, RegExp]>([
    [
      "a category that gives the label away",
      (row, i) => {
        row.categories[4] = row.label === 1 && i % 50 > 0 ? "bought" : "none";
      },
      /^C5 alone gives the label away: AUC 0\.9\d\d on [\d,]+ rows that were held out\.$/,
    ],
    [
      "an integer that gives the label away",
      (row, i) => {
        row.integers[2] = row.label === 1 ? 100 + (i % 90) : i % 90;
      },
      /^I3 alone gives the label away: AUC (1\.000|0\.9\d\d)/,
    ],
    [
      "a label that a missing number gives away",
      (row) => {
        row.integers[0] = row.label === 1 ? 5 : "";
      },
      /^I1 alone gives the label away: AUC 1\.000/,
    ],
    [
      "a column that is empty from some row on",
      (row, i) => {
        if (i >= 3000) row.categories[7] = "";
      },
      /^C8 is empty from row 3,00[01] of 4,000 on\.$/,
    ],
    [
      "a number that is missing from some row on",
      (row, i) => {
        row.integers[6] = i >= 2500 ? "" : 3;
        if (i % 3 === 0 && i < 2500) row.integers[6] = "";
      },
      /^I7 is empty from row 2,500 of 4,000 on/,
    ],
    [
      "a category that is different in every row",
      (row, i) => {
        row.categories[9] = `id${i}`;
      },
      /^C10 is nearly different in every row: 100 % of its values are\.$/,
    ],
    [
      "an integer that is different in every row",
      (row, i) => {
        row.integers[9] = 1_000_000 + 7 * i;
      },
      /^I10 is nearly different in every row: (9\d|100) % of its values are\.$/,
    ],
    [
      "a constant column",
      (row) => {
        row.categories[3] = "same";
        row.integers[3] = 8;
      },
      /^I4 has the same value in every row; so has C4\.$/,
    ],
    [
      "a column of rare values",
      (row, i) => {
        row.categories[12] = `r${i % 1500}`;
      },
      /^100 % of the rows have a rare value in C13/,
    ],
    [
      "numbers far from the others",
      (row, i) => {
        if (i % 1000 === 3) row.integers[5] = 2_000_000;
      },
      /^A few numbers of I6 lie far from the others: the furthest [\d,]+ times the width of the middle half\.$/,
    ],
  ])("%s", async (_, change, sentence) => {
    const rows = usualRows();
    for (const [i, row] of rows.entries()) change(row, i);
    const { findings } = await findingsIn(rows);
    expect(findings.map((finding) => finding.sentence)).toContainEqual(expect.stringMatching(sentence));
    for (const { remedy } of findings) expect(remedy.length).toBeGreaterThan(20);
  });

  it("copies of rows, and test rows that training has, with their share", async () => {
    const rows = usualRows();
    const { findings } = await findingsIn([...rows, ...rows.slice(0, 2000)]);
    expect(codes(findings)).toEqual(["test-rows-in-training", "test-rows-in-training", "rows-twice"]);
    // Of 6,000 rows 4,000 have a twin, which is a training row with probability 0.8.
    const share = Number(/^(\d+) % of the test rows/.exec(findings[0]!.sentence)![1]);
    expect(Math.abs(share - 53)).toBeLessThan(8);
  });

  it("a last day that a wrong time made, and rows without a time", async () => {
    const { manifest } = await findingsIn(usualRows());
    const of = (test: number, untimed?: number) =>
      findingsOf({
        manifest: {
          ...manifest,
          rules: {
            ...manifest.rules,
            split: "time",
            times: {
              valid: "0d",
              test: "1d",
              validFrom: null,
              testFrom: Date.UTC(2038, 0, 19) / 1000,
              ...(untimed && { untimed }),
            },
          },
          splits: {
            train: { rows: 4000 - test, positives: 1000 },
            valid: { rows: 0, positives: 0 },
            test: { rows: test, positives: 1 },
          },
        },
        vocabulary: Array.from({ length: 26 }, () => [{ value: "a", count: 4000 }]),
        rows: null,
        filled: null,
        different: [],
      });
    expect(of(1, 300).map(({ sentence }) => sentence)).toEqual([
      "Split by time, the test split has 1 of 4,000 rows: it begins at 2038-01-19 00:00, as the latest time in the log has it.",
      expect.stringMatching(/^300 of \d,\d{3} lines have no time that can be read/),
    ]);
    expect(codes(of(20))).toEqual(["split-by-time-small"]);
    expect(codes(of(40))).toEqual([]);
  });

  it("splits that click otherwise", async () => {
    const { manifest } = await findingsIn(usualRows());
    const withClicks = (test: number): Manifest => ({
      ...manifest,
      splits: {
        train: { rows: 8000, positives: 2000 },
        valid: { rows: 1000, positives: 250 },
        test: { rows: 1000, positives: test },
      },
    });
    const of = (test: number) =>
      findingsOf({
        manifest: withClicks(test),
        vocabulary: Array.from({ length: 26 }, () => [{ value: "a", count: 4000 }]),
        rows: null,
        filled: null,
        different: [],
      });
    // One standard error is 14.4 rows.
    expect(codes(of(300))).not.toContain("splits-click-otherwise");
    expect(of(310)[0]).toMatchObject({
      code: "splits-click-otherwise",
      sentence:
        "The click rate is 25.00 % in train and 31.00 % in test, 4.1 standard errors apart: more than chance.",
    });
  });
});

it("the worst comes first", async () => {
  const rows = usualRows();
  for (const [i, row] of rows.entries()) {
    row.categories[3] = "same";
    row.categories[4] = row.label === 1 ? "bought" : "none";
    if (i >= 3000) row.categories[7] = "";
  }
  const { findings } = await findingsIn([...rows, ...rows.slice(0, 1000)]);
  expect(codes(findings)).toEqual([
    "column-tells-label",
    "test-rows-in-training",
    "test-rows-in-training",
    "rows-twice",
    "column-constant",
  ]);
});
