// What the crossed analysis claims where there is nothing to claim, and how often it finds what a plan says it finds.
// STUDIES=2000 makes as many studies of each kind (npm run test:full); without it, enough to see what is broken.

import { describe, expect, it } from "vitest";
import { type Estimate, pOf } from "../../src/metrics/crossed.ts";
import { powerOf, type Spread, smallestDifference } from "../../src/metrics/power.ts";
import { type Deviations, differenceStudy, logitStudy, type Straying, shapes, share } from "./studies.ts";

const STUDIES = Number(process.env.STUDIES ?? 120);
const isWhole = STUDIES >= 2000;
/** 6.5 % of 2,000 studies is three standard deviations above 5 %; of fewer, four are allowed. */
const MOST_FALSE = isWhole ? 0.065 : 0.05 + 4 * Math.sqrt((0.05 * 0.95) / STUDIES);
const claims = (estimate: Estimate) => pOf(estimate)! < 0.05;

/** Per row and seed: nothing of the seed, nothing of the row, both alike, and seeds that hide among many rows. */
const deviations = (rows: number): [string, Deviations][] => [
  ["rows alone vary", { seeds: 0, sharedRows: 1, ownRows: 0.1 }],
  ["seeds dominate", { seeds: 1, sharedRows: 0.1, ownRows: 1 }],
  ["seeds vary three times as much as rows", { seeds: 3 / Math.sqrt(rows), sharedRows: 1, ownRows: 0.5 }],
  ["seeds and rows vary alike", { seeds: 1 / Math.sqrt(rows), sharedRows: 1, ownRows: 0.5 }],
  ["each seed has rows of its own", { seeds: 0, sharedRows: 0, ownRows: 1 }],
];

// With 500 rows, differences as skewed as a log-normal are beyond what any mean's interval can promise: 7 %.
const rowCounts = (shape: string) =>
  (isWhole ? [500, 4000, 20_000] : [500]).filter((rows) => rows > 500 || !shape.startsWith("very"));

describe.each([3, 5])("studies of %d seeds of two models that are alike", (seeds) => {
  for (const shape of Object.keys(shapes))
    for (const rows of rowCounts(shape))
      it.each(deviations(rows))(
        `claim at most 5 %, ${shape} differences of ${rows} rows: %s`,
        (name, spread) => {
          const found = share(STUDIES, rows + seeds + name.length, (random) =>
            claims(differenceStudy(random, { seeds, rows }, spread, shape)),
          );
          expect(found).toBeLessThanOrEqual(MOST_FALSE);
        },
      );

  const strayings: [string, Straying][] = [
    ["alike from seed to seed", { seeds: 0, sharedRows: 0.4, ownRows: 0.15, shape: "normal", boldness: 1 }],
    ["seeds that differ", { seeds: 0.4, sharedRows: 0.1, ownRows: 0.5, shape: "normal", boldness: 1 }],
    [
      "bold logits with heavy tails",
      { seeds: 0.1, sharedRows: 0.4, ownRows: 0.3, shape: "heavy-tailed", boldness: 2.5 },
    ],
  ];
  for (const rows of isWhole ? [500, 4000, 20_000] : [500])
    it.each(strayings)(`claim at most 5 %, log loss and AUC of ${rows} rows: %s`, (name, straying) => {
      let [losses, areas] = [0, 0];
      share(STUDIES, 7 * rows + seeds + name.length, (random) => {
        const { logLoss, auc } = logitStudy(random, { seeds, rows }, straying);
        if (claims(logLoss)) losses++;
        if (claims(auc)) areas++;
        return false;
      });
      expect(losses / STUDIES).toBeLessThanOrEqual(MOST_FALSE);
      expect(areas / STUDIES).toBeLessThanOrEqual(MOST_FALSE);
    });
});

describe("a plan", () => {
  const rows = 500;
  const tolerance = isWhole ? 0.05 : 0.05 + 3 * Math.sqrt(0.16 / STUDIES);

  it.each([
    [1, "rows alone vary"],
    [3, "seeds dominate"],
    [3, "seeds and rows vary alike"],
    [5, "seeds vary three times as much as rows"],
    [5, "seeds and rows vary alike"],
  ])("of %d seeds names a difference that 80 of 100 studies find: %s", (seeds, name) => {
    const parts = deviations(rows).find(([other]) => other === name)![1];
    const spread: Spread = {
      seeds: parts.seeds ** 2,
      sharedRows: parts.sharedRows ** 2,
      ownRows: parts.ownRows ** 2,
    };
    const study = { seeds, rows, alpha: 0.05 };
    const difference = smallestDifference(spread, study);
    expect(powerOf(spread, study, difference)).toBeCloseTo(0.8, 4);
    const found = share(STUDIES, 90 + seeds + name.length, (random) =>
      claims(differenceStudy(random, { seeds, rows }, parts, "normal", difference)),
    );
    expect(Math.abs(found - 0.8)).toBeLessThanOrEqual(tolerance);
  });
});
