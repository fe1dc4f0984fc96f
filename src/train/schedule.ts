// The learning rate over epochs: constant, or FuxiCTR's, which lowers it when AUC stops improving.

import type { ScheduleState } from "../checkpoint/progress.ts";
import type { ScheduleConfig } from "../model/config.ts";

export interface ScheduleDecision extends ScheduleState {
  improved: boolean;
  stop: boolean;
}

// FuxiCTR's BaseModel: an improvement below 1e-6 counts as none, and the rate is never lowered below 1e-6.
const LEAST_IMPROVEMENT = 1e-6;
const LEAST_LEARNING_RATE = 1e-6;

/**
 * What follows from an epoch's AUC. `plateau` (FuxiCTR's `checkpoint_and_earlystop`): when AUC does not improve the
 * rate is multiplied by `factor`; after `patience` such epochs in a row the run stops.
 */
export function afterEpoch(schedule: ScheduleConfig, state: ScheduleState, auc: number): ScheduleDecision {
  const improved = state.bestAuc === null || auc >= state.bestAuc + LEAST_IMPROVEMENT;
  const bestAuc = improved ? auc : state.bestAuc;
  if (schedule.type === "constant") return { ...state, bestAuc, staleEpochs: 0, improved, stop: false };
  if (improved) return { learningRate: state.learningRate, bestAuc, staleEpochs: 0, improved, stop: false };
  const staleEpochs = state.staleEpochs + 1;
  const learningRate = Math.max(state.learningRate * schedule.factor, LEAST_LEARNING_RATE);
  return { learningRate, bestAuc, staleEpochs, improved, stop: staleEpochs >= schedule.patience };
}
