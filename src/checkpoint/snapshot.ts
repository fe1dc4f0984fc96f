// All that a run is made of between two of its steps.

import type { NamedArrays } from "../base/batch.ts";
import type { ModelState } from "../engine/engine.ts";
import type { History } from "./history.ts";
import type { MeterState, RunProgress } from "./progress.ts";

/** A model that a schedule keeps: no moments, as FuxiCTR's continues with the latest ones. */
export interface BestModel {
  parameters: NamedArrays;
  running: NamedArrays;
}

/** All that a run is made of between two of its steps. */
export interface RunSnapshot {
  progress: RunProgress;
  state: ModelState;
  best: BestModel | null;
  meter: MeterState;
  history: History;
}

/**
 * Looks for a NaN or an infinity in the model's tensors, a few milliseconds at a time: gives the name of the tensor that
 * has one, else null.
 */
export function* notFinite({ state, best }: Pick<RunSnapshot, "state" | "best">): Generator<string | null> {
  const groups: [string, NamedArrays][] = [
    ["", state.parameters],
    ["", state.running],
    ["adam/m/", state.firstMoments],
    ["adam/v/", state.secondMoments],
  ];
  if (best) groups.push(["best/", best.parameters], ["best/", best.running]);
  for (const [prefix, arrays] of groups)
    for (const [name, { values }] of arrays)
      for (let at = 0; at < values.length; at += CHECKED_NUMBERS)
        yield allFinite(values.subarray(at, at + CHECKED_NUMBERS)) ? null : prefix + name;
}

const CHECKED_NUMBERS = 2 ** 21;

function allFinite(values: Float32Array): boolean {
  let sum = 0;
  // 0 × ∞ and 0 × NaN are NaN: a sum that needs no call and no branch an element.
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0;
  return sum === 0;
}
