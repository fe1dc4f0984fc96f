import { expect, it } from "vitest";
import type { ScheduleState } from "../../src/checkpoint/progress.ts";
import { afterEpoch } from "../../src/train/schedule.ts";

const start: ScheduleState = { learningRate: 1e-3, bestAuc: null, staleEpochs: 0 };
const plateau = { type: "plateau", patience: 2, factor: 0.1 } as const;

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
  expect(afterEpoch({ type: "constant" }, state, 0.1)).toMatchObject({ learningRate: 1e-3, stop: false });
});
