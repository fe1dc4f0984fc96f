// An arena as the page knows it: who competes, how far it is, what it has found.

import type { StoreApi } from "zustand/vanilla";
import type { Member } from "../../arena/questions.ts";
import type { Problem } from "../../base/problem.ts";
import type { HeldOut, HeldOutPair, PairVerdict, TestFigures } from "../../runs/arenaEvents.ts";
import type { RunData } from "../../runs/record.ts";
import { isUnderWay, type TrainingStatus } from "../training/status.ts";

export type ArenaStatus =
  | TrainingStatus
  /** "stopped" by a person before its last evaluation, "interrupted" with the page that trained it. */
  | { type: "finished" | "stopped" | "interrupted" };

/** A member, in the seed under way. */
export interface MemberState {
  status: "training" | "finished" | "failed";
  /** What it met, in words. */
  problem: string | null;
  /** Of the fused output: progressive, and at the last evaluation of the test split. */
  logLoss: number | null;
  testLogLoss: number | null;
  testAuc: number | null;
}

export interface ArenaState {
  arenaId: string;
  startedAt: number;
  members: Member[];
  seeds: number[];
  /** What it trains on; null where that is not known. */
  data: RunData | null;
  /** Where it comes from when it was not trained here; null otherwise. */
  recorded: { on: string; datasetName: string } | null;
  status: ArenaStatus;
  /** Of the seed under way, or the last one. */
  seedIndex: number;
  states: MemberState[];
  /** Steps done in this seed, and in all. */
  step: number;
  totalSteps: number;
  /** Seconds that each member has trained in this seed. */
  memberSeconds: number[];
  /** While learning: of the seed under way; after the last seed over all of them. */
  verdicts: PairVerdict[];
  /** The same of every seed that is done. */
  seedVerdicts: PairVerdict[][];
  /** Who learned faster, in a sentence, once the arena is over. */
  overview: string | null;
  /** The verdict on held-out rows; null before the last declared evaluation, and for good where it was not reached. */
  heldOut: HeldOut | null;
  /** The same of every seed that is done, by itself; null where the seed was stopped. */
  seedHeldOut: (HeldOutPair[] | null)[];
  /** Test figures of every seed that is done, one a member. */
  seedTests: (TestFigures | null)[][];
  /** Counted up when the curves grow. */
  curvesVersion: number;
}

/** Who will compete, before the arena starts. */
export interface ArenaSetup {
  /** The ready question that made the members; null where they were put together by hand. */
  question: string | null;
  members: Member[];
  /** How many seeds serve every member. */
  seeds: number;
  /** Why the question cannot be asked of the configuration. */
  problem: Problem | null;
  /** The member that the settings change; null while they are by themselves. */
  edited: number | null;
}

export interface ArenaStoreState {
  setup: ArenaSetup;
  arena: ArenaState | null;
}

export type ArenaStore = StoreApi<ArenaStoreState>;

/** Whether the worker still holds the arena. */
export function isArenaActive(arena: ArenaState | null): arena is ArenaState {
  return arena !== null && isUnderWay(arena.status);
}

/** An arena that is about to start. */
export function newArena(identity: Pick<ArenaState, "arenaId" | "members" | "seeds" | "data">): ArenaState {
  const { members } = identity;
  return {
    ...identity,
    startedAt: Date.now(),
    recorded: null,
    status: { type: "starting" },
    seedIndex: 0,
    states: members.map(newMember),
    step: 0,
    totalSteps: 0,
    memberSeconds: members.map(() => 0),
    verdicts: [],
    seedVerdicts: [],
    overview: null,
    heldOut: null,
    seedHeldOut: [],
    seedTests: [],
    curvesVersion: 0,
  };
}

/** A member before its first step. */
export function newMember(): MemberState {
  return { status: "training", problem: null, logLoss: null, testLogLoss: null, testAuc: null };
}
