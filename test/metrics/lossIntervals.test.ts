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

function gapsOf({ logits, labels }: ReturnType<typeof drawnRows>): number[] {
  const losses = logits.map((head) => logLoss(head, labels));
  return losses.slice(0, -1).map((loss) => loss - losses.at(-1)!);
}

it("gives the fused log loss the interval that Evaluate gives it", () => {
  const { logits, labels } = drawnRows(5000, 1);
  const { low, high } = headFigures(logits.at(-1)!, labels)!.logLoss;
  const found = lossIntervals(logits, labels)!.logLoss;
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
    const { low, high } = lossIntervals(rows.logits, rows.labels)!.bestBranchGap!;
    const best = truth[gaps.indexOf(Math.min(...gaps))]!;
    if (low <= best && best <= high) covered++;
  }
  expect(covered / studies).toBeGreaterThan(0.93);
});

it("has nothing to say of one row, of a logit that is not a number, and of a gap where there is one branch", () => {
  const [one, two] = [new Float32Array([0.5]), new Float32Array([0.5, -1])];
  expect(lossIntervals([one, one], new Float32Array(1))).toBeNull();
  expect(lossIntervals([two, new Float32Array([Number.NaN, 1])], new Float32Array(2))).toBeNull();
  expect(lossIntervals([two, two], new Float32Array(2))!.bestBranchGap).toBeNull();
});
