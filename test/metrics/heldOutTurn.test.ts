import { expect, it } from "vitest";
import { clickRateLogLoss, heldOutTurn } from "../../src/metrics/heldOutTurn.ts";

const curve = (...losses: number[]) => losses.map((logLoss, i) => ({ step: 50 * (i + 1), logLoss }));

it("finds the turn after three evaluations that are worse than the best", () => {
  expect(heldOutTurn(curve(0.5, 0.47, 0.48, 0.475, 0.49))).toEqual({
    best: { step: 100, logLoss: 0.47 },
    last: { step: 250, logLoss: 0.49 },
    worse: 3,
  });
});

it.each([
  ["nothing", curve()],
  ["a curve that falls", curve(0.5, 0.49, 0.48, 0.47)],
  ["two worse evaluations", curve(0.5, 0.47, 0.48, 0.49)],
  ["a new lowest point after worse ones", curve(0.47, 0.48, 0.49, 0.5, 0.46)],
  ["a curve that stays where it is", curve(0.5, 0.5, 0.5, 0.5, 0.5)],
])("finds none in %s", (_, points) => expect(heldOutTurn(points)).toBe(null));

it("scores the click rate alone as the entropy where the rates agree, and worse where they differ", () => {
  expect(clickRateLogLoss(0.5, 0.5)).toBeCloseTo(Math.LN2, 12);
  expect(clickRateLogLoss(0.25, 0.3)).toBeGreaterThan(clickRateLogLoss(0.3, 0.3));
});
