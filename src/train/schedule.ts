// The learning rate over steps and epochs, and when a run stops early.

import type { ScheduleState } from "../checkpoint/progress.ts";
import type { Config } from "../model/config.ts";

export interface ScheduleDecision extends ScheduleState {
  improved: boolean;
  stop: boolean;
}

// FuxiCTR's BaseModel: an improvement below 1e-6 counts as none, and the rate is never lowered below 1e-6.
const LEAST_IMPROVEMENT = 1e-6;
const LEAST_LEARNING_RATE = 1e-6;

/**
 * What follows from an epoch's AUC. `plateau` (FuxiCTR's `checkpoint_and_earlystop`): when AUC does not improve the
 * rate is multiplied by `factor`; after `patience` such epochs in a row the run stops. With `earlyStopping` any other
 * schedule stops after its `patience` too, and leaves the rate alone.
 */
export function afterEpoch(
  { schedule, earlyStopping }: Pick<Config, "schedule" | "earlyStopping">,
  state: ScheduleState,
  auc: number,
): ScheduleDecision {
  const improved = state.bestAuc === null || auc >= state.bestAuc + LEAST_IMPROVEMENT;
  const bestAuc = improved ? auc : state.bestAuc;
  const patience = schedule.type === "plateau" ? schedule.patience : (earlyStopping?.patience ?? null);
  if (improved || patience === null) return { ...state, bestAuc, staleEpochs: 0, improved, stop: false };
  const staleEpochs = state.staleEpochs + 1;
  const learningRate =
    schedule.type === "plateau"
      ? Math.max(state.learningRate * schedule.factor, LEAST_LEARNING_RATE)
      : state.learningRate;
  return { learningRate, bestAuc, staleEpochs, improved, stop: staleEpochs >= patience };
}

/** Where a step lies in its run. */
export interface StepPlace {
  /** Steps done before it. */
  step: number;
  totalSteps: number;
  /** The step's epoch, from 1. */
  epoch: number;
}

/**
 * What the learning rate is multiplied by at a step. Warm-up (Goyal et al. 2017): (step + 1)/warmupSteps, in a line. Then
 * `cosine` (Loshchilov and Hutter 2017, one period): floor + (1 − floor)·½(1 + cos(π·t/T)), t and T counted from the warm-up's
 * end; `step`: factor^⌊(epoch − 1)/every⌋.
 */
export function rateFactor(
  { schedule, warmupSteps }: Pick<Config, "schedule" | "warmupSteps">,
  { step, totalSteps, epoch }: StepPlace,
): number {
  if (step < warmupSteps) return (step + 1) / warmupSteps;
  if (schedule.type === "cosine") {
    const share = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    return schedule.floor + ((1 - schedule.floor) * (1 + cosineOfPi(share))) / 2;
  }
  return schedule.type === "step" ? power(schedule.factor, Math.floor((epoch - 1) / schedule.every)) : 1;
}

/** cos(π·x) for x in [0, 1] to 1e-12, by additions and multiplications alone: Math.cos differs between engines. */
function cosineOfPi(x: number): number {
  // cos(π·x) = −cos(π·(1 − x)), so that the series runs on half of it.
  if (x > 0.5) return -cosineOfPi(1 - x);
  const square = Math.PI * x * (Math.PI * x);
  let [sum, term] = [1, 1];
  for (let k = 1; k <= 10; k++) {
    term *= -square / (2 * k * (2 * k - 1));
    sum += term;
  }
  return sum;
}

/** By multiplication: Math.pow differs between engines. */
function power(base: number, exponent: number): number {
  let product = 1;
  for (let i = 0; i < exponent; i++) product *= base;
  return product;
}
