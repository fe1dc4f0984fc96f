import { describe, expect, it } from "vitest";
import { createRandom, shuffle } from "../../src/base/random.ts";
import { type Halving, type RungResult, rungStep, rungsOf, standing } from "../../src/race/halving.ts";

const synchronous: Halving = { kind: "synchronous", eta: 3, finalists: 2 };

function result(
  trial: number,
  rung: number,
  logLoss: number | null,
  rest: Partial<RungResult> = {},
): RungResult {
  const problem = logLoss === null ? "The loss is not finite." : null;
  return { trial, rung, step: 1, logLoss, auc: null, ended: false, problem, ...rest };
}

/** Races to the end: `lossOf` is what a trial has at a rung. Gives every leg, and the last standing. */
function raced(
  halving: Halving,
  rungs: number,
  trials: number,
  lossOf: (trial: number, rung: number) => number | null,
  atOnce = Number.POSITIVE_INFINITY,
) {
  const results: RungResult[] = [];
  const legs: [number, number[]][] = [];
  for (;;) {
    const state = standing(halving, rungs, trials, results);
    const { rung, trials: ready } = state.next;
    if (ready.length === 0) return { legs, results, ...state };
    const some = ready.slice(0, atOnce);
    legs.push([rung, some]);
    for (const trial of some) results.push(result(trial, rung, lossOf(trial, rung)));
  }
}

describe("rungs", () => {
  it("are shares of the training, so many that enough trials are left for the end", () => {
    expect(rungsOf(synchronous, { trials: 27, leastSteps: 1000 })).toEqual([1 / 9, 1 / 3, 1]);
    expect(rungsOf(synchronous, { trials: 5, leastSteps: 1000 })).toEqual([1]);
    expect(rungsOf({ ...synchronous, eta: 2 }, { trials: 64, leastSteps: 1000 })).toEqual([
      1 / 8,
      1 / 4,
      1 / 2,
      1,
    ]);
    // No share is less than a step.
    expect(rungsOf(synchronous, { trials: 27, leastSteps: 4 })).toEqual([1 / 3, 1]);
    expect(rungsOf({ ...synchronous, kind: "none" }, { trials: 64, leastSteps: 1000 })).toEqual([1]);
  });
  it("lie at whole steps", () => {
    expect([1 / 3, 1].map((share) => rungStep(share, 100))).toEqual([33, 100]);
    expect(rungStep(0.001, 10)).toBe(1);
  });
});

describe("synchronous halving", () => {
  it("trains all to the first rung, a third of them on, and ends with the best", () => {
    const { legs, fates, finalists } = raced(synchronous, 2, 9, (trial, rung) =>
      rung === 0 ? trial : -trial,
    );
    expect(legs).toEqual([
      [0, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
      [1, [0, 1, 2]],
    ]);
    expect(finalists).toEqual([2, 1]);
    expect(fates[3]).toEqual({ type: "dropped", rung: 0, rank: 4, of: 9, kept: 3, logLoss: 3 });
    expect(fates[2]).toEqual({ type: "finished", rank: 1, logLoss: -2 });
  });
  it("keeps as many as are judged in the end", () => {
    const { legs } = raced({ ...synchronous, finalists: 4 }, 2, 6, (trial) => trial);
    expect(legs[1]).toEqual([1, [0, 1, 2, 3]]);
  });
  it("lets nobody continue who met a problem, and says what it was", () => {
    const { fates, finalists } = raced(synchronous, 2, 4, (trial) => (trial < 3 ? null : 1));
    expect(fates.map(({ type }) => type)).toEqual(["failed", "failed", "failed", "finished"]);
    expect(fates[0]).toMatchObject({ problem: "The loss is not finite." });
    expect(finalists).toEqual([3]);
  });
  it("takes the figure of a trial that stopped early for the rungs to come", () => {
    const results = [0, 1, 2].map((trial) => result(trial, 0, trial, { ended: trial === 0 }));
    const { next, fates } = standing(synchronous, 2, 3, results);
    expect(next).toEqual({ rung: 1, trials: [1] });
    expect(fates[0]).toMatchObject({ type: "finished", logLoss: 0 });
  });
  it("gives ties to the lower number, in whatever order the results came", () => {
    const results = Array.from({ length: 9 }, (_, trial) => result(trial, 0, 0.5));
    for (let order = 0; order < 5; order++)
      expect(standing(synchronous, 2, 9, shuffle(results, createRandom(order))).next).toEqual({
        rung: 1,
        trials: [0, 1, 2],
      });
  });
});

describe("asynchronous halving", () => {
  const asynchronous: Halving = { ...synchronous, kind: "asynchronous" };
  it("lets the best third of those that came be promoted at once", () => {
    const { legs } = raced(asynchronous, 2, 9, (trial) => trial, 1);
    expect(legs.slice(0, 5)).toEqual([
      [0, [0]],
      [0, [1]],
      [0, [2]],
      [1, [0]],
      [0, [3]],
    ]);
  });
  it("never calls back who was promoted, and still ends with the best of the last rung", () => {
    // Each newcomer is better than all before it.
    const { legs, finalists, fates } = raced(asynchronous, 2, 9, (trial) => -trial, 1);
    const reached = legs.filter(([rung]) => rung === 1).flatMap(([, trials]) => trials);
    expect(reached).toEqual(expect.arrayContaining([2, 8, 7]));
    expect(finalists).toEqual([8, 7]);
    for (const trial of reached) expect(fates[trial]!.type).toBe("finished");
  });
  it("finds what synchronous halving finds where figures do not change", () => {
    for (let race = 0; race < 20; race++) {
      const random = createRandom(race);
      const losses = Array.from({ length: 27 }, () => random.uniform());
      const lossOf = (trial: number) => losses[trial]!;
      const one = raced(synchronous, 3, 27, lossOf);
      const other = raced(asynchronous, 3, 27, lossOf, 1);
      expect(other.finalists[0]).toBe(one.finalists[0]);
    }
  });
});
