// Intervals of an evaluation's log losses: against those of Evaluate, and against draws of new rows.

import { expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { headFigures } from "../../src/metrics/headFigures.ts";
import { logLoss } from "../../src/metrics/logLoss.ts";
import { lossIntervals } from "../../src/metrics/lossIntervals.ts";

/** Three branches that err by noise of their own, all as much, and their mean. */
function drawnRows(rows: number, seed: number) {
  const random = createRandom(seed);
  const truth = Float32Array.from({ length: rows }, () => 3 * random.uniform() - 2);
  const branches = [0, 1, 2].map(() => truth.map((logit) => logit + 0.5 * random.normal()));
  const fused = truth.map((_, r) => (branches[0]![r]! + branches[1]![r]! + branches[2]![r]!) / 3);
  const labels = truth.map((logit) => (random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0));
  return { logits: [...branches, fused], labels };
}

type Rows = ReturnType<typeof drawnRows>;

const lossesOf = ({ logits, labels }: Rows) => logits.map((head) => logLoss(head, labels));
const intervalsOf = (rows: Rows) => lossIntervals(rows.logits, rows.labels, lossesOf(rows));

function gapsOf(rows: Rows): number[] {
  const losses = lossesOf(rows);
  return losses.slice(0, -1).map((loss) => loss - losses.at(-1)!);
}

it("gives the fused log loss the interval that Evaluate gives it", () => {
  const rows = drawnRows(5000, 1);
  const { logits, labels } = rows;
  const { low, high } = headFigures(logits.at(-1)!, labels)!.logLoss;
  const found = intervalsOf(rows)!.logLoss;
  expect(found.low).toBeCloseTo(low, 12);
  expect(found.high).toBeCloseTo(high, 12);
});

it("has the best branch's true gap in at least 93 of 100 intervals, though it is chosen on the same rows", () => {
  const truth = gapsOf(drawnRows(400_000, 2));
  const studies = 400;
  let covered = 0;
  for (let study = 0; study < studies; study++) {
    const rows = drawnRows(400, 100 + study);
    const gaps = gapsOf(rows);
    const { low, high } = intervalsOf(rows)!.bestBranchGap!;
    const best = truth[gaps.indexOf(Math.min(...gaps))]!;
    if (low <= best && best <= high) covered++;
  }
  expect(covered / studies).toBeGreaterThan(0.93);
});

it("has nothing to say of one row, of a logit that is not a number, and of a gap where there is one branch", () => {
  const [one, two] = [new Float32Array([0.5]), new Float32Array([0.5, -1])];
  const of = (...logits: Rows["logits"]) =>
    intervalsOf({ logits, labels: new Float32Array(logits[0]!.length) });
  expect(of(one, one)).toBeNull();
  expect(of(two, new Float32Array([Number.NaN, 1]))).toBeNull();
  expect(of(two, two)!.bestBranchGap).toBeNull();
  expect(of(two, two, two)!.bestBranchGap).toEqual({ low: 0, high: 0 });
});
