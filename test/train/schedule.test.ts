import { expect, it } from "vitest";
import type { ScheduleState } from "../../src/checkpoint/progress.ts";
import { afterEpoch, rateFactor } from "../../src/train/schedule.ts";

const start: ScheduleState = { learningRate: 1e-3, bestAuc: null, staleEpochs: 0 };
const plateau = { schedule: { type: "plateau", patience: 2, factor: 0.1 }, earlyStopping: null } as const;

function follow(aucs: number[]) {
  const decisions = [];
  let state = start;
  for (const auc of aucs) {
    const { improved, stop, ...next } = afterEpoch(plateau, state, auc);
    decisions.push({ improved, stop, learningRate: next.learningRate });
    state = next;
  }
  return decisions;
}

it("lowers the rate at each epoch that does not improve, and stops after `patience` of them", () => {
  expect(follow([0.7, 0.71, 0.709, 0.71])).toEqual([
    { improved: true, stop: false, learningRate: 1e-3 },
    { improved: true, stop: false, learningRate: 1e-3 },
    { improved: false, stop: false, learningRate: 1e-4 },
    { improved: false, stop: true, learningRate: expect.closeTo(1e-5, 12) },
  ]);
});

it("begins to count anew after an improvement, and keeps the lowered rate", () => {
  expect(follow([0.7, 0.69, 0.72, 0.71]).map(({ stop }) => stop)).toEqual([false, false, false, false]);
  expect(follow([0.7, 0.69, 0.72])[2]!.learningRate).toBe(1e-4);
});

it("takes no gain below 1e-6 for one, and lowers no rate below 1e-6", () => {
  expect(follow([0.7, 0.7 + 5e-7])[1]!.improved).toBe(false);
  const low = afterEpoch(plateau, { learningRate: 2e-6, bestAuc: 0.9, staleEpochs: 0 }, 0.8);
  expect(low.learningRate).toBe(1e-6);
});

it("leaves a constant rate alone, whatever AUC does", () => {
  const state = { learningRate: 1e-3, bestAuc: 0.9, staleEpochs: 0 };
  expect(afterEpoch({ schedule: { type: "constant" }, earlyStopping: null }, state, 0.1)).toMatchObject({
    learningRate: 1e-3,
    stop: false,
  });
});

it.each(["constant", "cosine", "step"] as const)(
  "stops a %s schedule early, without changing its rate",
  (type) => {
    const schedule = {
      constant: { type },
      cosine: { type, floor: 0 },
      step: { type, every: 1, factor: 0.5 },
    }[type];
    const config = { schedule, earlyStopping: { patience: 2 } } as Parameters<typeof afterEpoch>[0];
    const first = afterEpoch(config, { learningRate: 1e-3, bestAuc: 0.7, staleEpochs: 0 }, 0.69);
    expect(first).toMatchObject({ improved: false, stop: false, staleEpochs: 1, learningRate: 1e-3 });
    expect(afterEpoch(config, first, 0.7)).toMatchObject({ stop: true, bestAuc: 0.7, learningRate: 1e-3 });
    expect(afterEpoch(config, first, 0.71)).toMatchObject({ improved: true, stop: false, staleEpochs: 0 });
  },
);

it("warms up in a line to where the schedule begins", () => {
  const config = { schedule: { type: "constant" }, warmupSteps: 4 } as const;
  const factors = [0, 1, 2, 3, 4, 5].map((step) => rateFactor(config, { step, totalSteps: 9, epoch: 1 }));
  expect(factors).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
});

it("falls along half a cosine from the warm-up's end to the floor", () => {
  const config = { schedule: { type: "cosine", floor: 0.1 }, warmupSteps: 10 } as const;
  for (const step of [10, 11, 35, 60, 77, 109]) {
    const expected = 0.1 + 0.45 * (1 + Math.cos((Math.PI * (step - 10)) / 100));
    expect(rateFactor(config, { step, totalSteps: 110, epoch: 1 })).toBeCloseTo(expected, 12);
  }
  expect(rateFactor(config, { step: 200, totalSteps: 110, epoch: 2 })).toBeCloseTo(0.1, 12);
});

it("falls by its factor after every so many epochs", () => {
  const config = { schedule: { type: "step", every: 2, factor: 0.5 }, warmupSteps: 0 } as const;
  const factors = [1, 2, 3, 4, 5].map((epoch) => rateFactor(config, { step: 0, totalSteps: 9, epoch }));
  expect(factors).toEqual([1, 1, 0.5, 0.5, 0.25]);
});
