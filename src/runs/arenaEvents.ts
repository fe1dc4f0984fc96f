// What an arena says of itself while it goes on. Plain data, as a run's events are.

import type { Member } from "../arena/questions.ts";
import type { Problem } from "../base/problem.ts";
import type { Verdict } from "../metrics/verdict.ts";
import type { TrainEvent } from "./events.ts";

/** The paired difference of two members on first-pass rows: log loss of the second − log loss of the first. */
export interface DifferencePoint {
  /** Rows trained on when it was taken. */
  rowsSeen: number;
  /** Rows since the last point. */
  rows: number;
  /** Mean difference over these. */
  difference: number;
  /** Mean over all rows counted, and half the width of its interval; null while the scale is being set. */
  mean: number | null;
  radius: number | null;
}

/** Two members, by their index, the first the lower one. */
export interface Pair {
  first: number;
  second: number;
}

export interface PairPoints extends Pair {
  points: DifferencePoint[];
  verdict: Verdict;
}

export interface PairVerdict extends Pair {
  verdict: Verdict;
}

/** Seeds are told by their index in the list that was declared. */
export type ArenaEvent =
  | { type: "seedStarted"; seedIndex: number; seed: number }
  | { type: "member"; seedIndex: number; member: number; event: TrainEvent }
  /** The GPU was lost: the seed under way begins again on another device. */
  | { type: "deviceLost"; seedIndex: number; reason: string }
  /** What the last batches added; about five times a second. */
  | { type: "compared"; seedIndex: number; pairs: PairPoints[] }
  /** The last evaluation is done, and with it the AUC difference is stated, once. */
  | { type: "seedFinished"; seedIndex: number; pairs: PairVerdict[] }
  /** After all declared seeds: about the runs for one seed, about the configurations for three or more. */
  | { type: "concluded"; pairs: PairVerdict[]; overview: string }
  /** The arena as a whole could not go on: what a single member meets is told among its own events. */
  | { type: "failed"; problem: Problem };

/** A number that a measurement may lack. */
type Maybe = number | null;

/** An arena that is over, as a file: what the page draws of it. */
export interface RecordedArena {
  version: 1;
  /** Date, as in 2026-11-24. */
  recordedOn: string;
  datasetName: string;
  members: Member[];
  seeds: number[];
  /** Of the last seed: rows seen, log loss, AUC of each member's fused output, progressive and on the test split. */
  progress: [number, number, Maybe][][];
  tests: [number, number, Maybe][][];
  /** Of the last seed, for each pair: rows seen, difference, mean and radius. */
  differences: [number, number, Maybe, Maybe][][];
  verdicts: PairVerdict[];
  seedVerdicts: PairVerdict[][];
  overview: string;
}
