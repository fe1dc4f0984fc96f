// The plan of a race, out of what a person chose.

import { ok, type Result } from "../base/result.ts";
import type { Config } from "../model/config.ts";
import { type Halving, rungsOf } from "./halving.ts";
import type { RacePlan } from "./record.ts";
import type { Setting } from "./settings.ts";
import { type Draw, makeTrials } from "./trials.ts";

export interface RaceChoices {
  base: Config;
  settings: Setting[];
  method: Draw["method"];
  /** Of a random or Sobol' draw. */
  count: number;
  halving: Halving;
  /** How many seeds judge the finalists. */
  seeds: number;
  trainRows: number;
}

/** The plan, or why there can be none. The finalists' seeds follow the configuration's, which the race itself uses. */
export function planRace(choices: RaceChoices): Result<RacePlan> {
  const { base, settings, method, count, halving, seeds, trainRows } = choices;
  const { seed } = base;
  const made = makeTrials(base, { settings, method, count, seed });
  if (!made.ok) return made;
  const { trials, leftOut } = made.value;
  const steps = trials.map(({ config }) => config.epochs * Math.ceil(trainRows / config.batchSize));
  const rungs = rungsOf(halving, { trials: trials.length, leastSteps: Math.min(...steps) });
  return ok({
    trials,
    leftOut,
    settings,
    method,
    halving,
    rungs,
    seed,
    seeds: Array.from({ length: seeds }, (_, i) => (seed + 1 + i) % 2 ** 32),
  });
}
