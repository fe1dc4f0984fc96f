// A race as data: what was planned, and what has come of it so far.

import type { Problem } from "../base/problem.ts";
import type { HeldOut, TestFigures } from "../runs/arenaEvents.ts";
import type { Halving, RungResult } from "./halving.ts";
import type { Setting } from "./settings.ts";
import type { Method, Trials } from "./trials.ts";

export interface RacePlan extends Trials {
  settings: Setting[];
  method: Method;
  halving: Halving;
  /** Shares of a trial's training, the last one 1. */
  rungs: number[];
  /** Of the order of rows while racing. */
  seed: number;
  /** Each trains every finalist anew, for the verdict. */
  seeds: number[];
}

/** The finalists under one seed, in their order; null where one met a problem. */
export interface JudgedSeed {
  seed: number;
  members: ({ validLogLoss: number; test: TestFigures | null } | null)[];
}

/** What choosing the best of so many is worth by chance. */
export interface ChanceOfBest {
  tried: number;
  /** Of the validation log loss of one configuration over seeds, pooled over the finalists. */
  deviation: number;
  degrees: number;
  /** How much better the best of so many equal configurations looks than they are. */
  gain: number;
}

export interface RaceOutcome {
  /** Trials' indices, the best on validation first. */
  finalists: number[];
  /** Their verdict on the test rows; pairs are positions among the finalists. Null without test rows, or fewer than two. */
  heldOut: HeldOut | null;
  chance: ChanceOfBest | null;
}

export interface RaceProgress {
  results: RungResult[];
  judged: JudgedSeed[];
  /** null before its end. */
  outcome: RaceOutcome | null;
}

/** What a race reports while it trains. */
export type RaceEvent =
  /** Some trials train side by side to a rung; or, when `rung` is null, finalists under a seed. */
  | {
      type: "training";
      trials: number[];
      rung: number | null;
      seedIndex: number | null;
      step: number;
      steps: number;
    }
  | { type: "cameToRung"; results: RungResult[] }
  | { type: "judged"; judged: JudgedSeed }
  | { type: "concluded"; outcome: RaceOutcome }
  | { type: "paused" }
  | { type: "resumed" }
  /** The GPU was lost: what was trained side by side begins again on another device. */
  | { type: "deviceLost"; reason: string }
  | { type: "stopped" }
  | { type: "failed"; problem: Problem };

/** Before anything was trained. */
export const NOTHING_YET: RaceProgress = { results: [], judged: [], outcome: null };
