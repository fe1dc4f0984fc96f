// What an arena reports while it is trained. Plain data, as a run's events are.

import type { Member } from "../arena/questions.ts";
import type { Problem } from "../base/problem.ts";
import type { Finding } from "../metrics/simultaneous.ts";
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

/** What the first pass says of a pair: who learned faster. */
export interface PairVerdict extends Pair {
  verdict: Verdict;
}

export interface PairPoints extends PairVerdict {
  points: DifferencePoint[];
}

/** What the held-out rows say of a pair at the end: who is better. Differences are second − first. */
export interface HeldOutPair extends PairVerdict {
  /** null where one of the two has no evaluation. */
  logLoss: Finding | null;
  /** null also where the rows hold one class only. */
  auc: Finding | null;
}

/** A member's figures on the test split in its final state. */
export interface TestFigures {
  logLoss: number;
  auc: number | null;
}

/** The verdict on held-out rows: the test split, at the last evaluation, which was declared before. */
export interface HeldOut {
  /** Test rows; with none there are no pairs. */
  rows: number;
  seeds: number;
  /** All that is clear, in a sentence. */
  overview: string;
  /** What it is about: new seeds and rows, or new rows alone. */
  scope: string;
  pairs: HeldOutPair[];
  /** In the order of the pairs: where it says something else than the first pass; null where they agree. */
  disagreements: (string | null)[];
}

/** Seeds are named by their index in the list that was declared. */
export type ArenaEvent =
  | { type: "seedStarted"; seedIndex: number; seed: number }
  | { type: "member"; seedIndex: number; member: number; event: TrainEvent }
  /** The GPU was lost: the seed under way begins again on another device. */
  | { type: "deviceLost"; seedIndex: number; reason: string }
  /** What the last batches of the first pass added; about five times a second. */
  | { type: "compared"; seedIndex: number; pairs: PairPoints[] }
  | {
      type: "seedFinished";
      seedIndex: number;
      pairs: PairVerdict[];
      /** This seed's models by themselves; null where the seed was stopped before its last evaluation. */
      heldOut: HeldOutPair[] | null;
      /** Of each member; null where it has none. */
      tests: (TestFigures | null)[];
    }
  | {
      type: "concluded";
      /** While learning, over all seeds. */
      pairs: PairVerdict[];
      overview: string;
      /** At the end; null where the arena was stopped before the last declared evaluation. */
      heldOut: HeldOut | null;
    }
  /** The arena as a whole had to end: what a single member meets is among that member's events. */
  | { type: "failed"; problem: Problem };

/** A number that a measurement may lack. */
type Maybe = number | null;

/** An arena that is over, as a file: what the page draws of it. */
export interface RecordedArena {
  version: 2;
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
  /** While learning. */
  verdicts: PairVerdict[];
  overview: string;
  /** At the end. */
  heldOut: HeldOut;
  /** Of every seed. */
  results: SeedResult[];
}

/** What a seed that is over leaves behind. */
export interface SeedResult {
  verdicts: PairVerdict[];
  heldOut: HeldOutPair[] | null;
  tests: (TestFigures | null)[];
}
