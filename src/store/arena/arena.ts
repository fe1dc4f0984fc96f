// The arena as the page knows it: how it is set up, how it goes, what it has found.

import { createStore, type StoreApi } from "zustand/vanilla";
import { LEAST_MEMBERS, type Member, MOST_MEMBERS, QUESTIONS } from "../../arena/questions.ts";
import { assertNever } from "../../base/assert.ts";
import { type Problem, problem } from "../../base/problem.ts";
import type { DatasetLocation } from "../../datasets/requests.ts";
import type { BackendName } from "../../engine/engine.ts";
import type { Config } from "../../model/config.ts";
import {
  type ArenaCurves,
  addDifference,
  addPoint,
  createArenaCurves,
  pairsOf,
} from "../../runs/arenaCurves.ts";
import type { ArenaEvent, HeldOut, HeldOutPair, PairVerdict, TestFigures } from "../../runs/arenaEvents.ts";
import type { EvaluationPoint, TrainEvent } from "../../runs/events.ts";
import { dataOf, type RunData } from "../../runs/record.ts";
import type { DatasetSummary, TrainerRequests } from "../../train/requests.ts";
import { isUnderWay, type TrainingStatus } from "../training/status.ts";
import { lastSetup, noteSetup } from "./lastSetup.ts";

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

export interface ArenaStoreState {
  setup: ArenaSetup;
  arena: ArenaState | null;
}

type ArenaListener = (arena: ArenaState, event: ArenaEvent) => void;

/** What is set beside the members. */
interface ArenaSettings {
  backend: BackendName | "auto";
  evaluateEverySteps: number;
  dataset: { location: DatasetLocation; summary: DatasetSummary } | null;
}

export interface Arena {
  readonly store: StoreApi<ArenaStoreState>;
  /** Curves of the seed under way; replaced when another one starts. */
  readonly curves: ArenaCurves | null;
  /** Makes the members that answer a ready question, out of a configuration. */
  ask(question: string, config: Config): void;
  /** Adds a configuration to the members. */
  add(config: Config): void;
  rename(member: number, name: string): void;
  remove(member: number): void;
  /** Adds a copy of a member; from now on the settings change that copy. Returns the configuration to settle on. */
  fork(member: number): Config;
  /** From now on the settings change this member; null: none. */
  edit(member: number | null): void;
  /** The settings have become `config`. */
  settingsChanged(config: Config): void;
  /** Replaces members and seeds, as a link brings them. */
  setUp(members: Member[], seeds: number): void;
  chooseSeeds(seeds: number): void;
  /** Starts an arena of the members that are set up, or of others; false after a problem, which then is on show. */
  start(settings: ArenaSettings, others?: Pick<ArenaSetup, "members" | "seeds">): Promise<boolean>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
  /** Draws an arena that was recorded or kept, unless one is being trained. */
  show(recorded: { arena: ArenaState; curves: ArenaCurves }): void;
  /** Makes the members and the number of seeds of the arena on show those of the next one. */
  takeMembers(): void;
  /** Calls back with each event and the arena after it. Call the result to stop. */
  listen(listener: ArenaListener): () => void;
  take(arenaId: string, event: ArenaEvent): void;
  workerDied(reason: Problem): void;
}

/** Asks the worker; null after a problem, which then is on show. */
export type Ask = <K extends keyof TrainerRequests>(
  name: K,
  input: TrainerRequests[K]["input"],
) => Promise<TrainerRequests[K]["output"] | null>;

export function createArena(ask: Ask, notify: (found: Problem) => void = () => {}): Arena {
  const store = createStore<ArenaStoreState>(() => ({
    setup: { ...(lastSetup() ?? { question: null, members: [], seeds: 1 }), problem: null, edited: null },
    arena: null,
  }));
  const { setState: set, getState: get } = store;
  store.subscribe(({ setup }, before) => {
    if (setup !== before.setup) noteSetup(setup);
  });
  let curves: ArenaCurves | null = null;
  let count = 0;
  const listeners = new Set<ArenaListener>();

  function setUp(change: Partial<ArenaSetup>): void {
    set(({ setup }) => ({ setup: { ...setup, ...change } }));
  }

  function setStatus(status: ArenaStatus): void {
    set(({ arena }) => (arena ? { arena: { ...arena, status } } : {}));
  }

  async function steer(
    name: "pauseArena" | "resumeArena" | "stopArena",
    status: "pausing" | "stopping" | null,
  ): Promise<void> {
    const { arena } = get();
    if (!isGoingOn(arena)) return;
    if (status) setStatus({ type: status });
    await ask(name, { arenaId: arena.arenaId });
  }

  return {
    store,
    get curves() {
      return curves;
    },
    ask(id, config) {
      const question = QUESTIONS.find((candidate) => candidate.id === id)!;
      const members = question.members(config);
      const found = members.ok
        ? { members: members.value, problem: null }
        : { members: [], problem: members.problem };
      setUp({ question: id, edited: null, ...found });
    },
    add(config) {
      const { members } = get().setup;
      if (members.length >= MOST_MEMBERS) return;
      const taken = new Set(members.map(({ name }) => name));
      const name = [..."ABCDEFGHIJKL"].find((letter) => !taken.has(letter))!;
      setUp({ question: null, problem: null, edited: null, members: [...members, { name, config }] });
    },
    fork(index) {
      const { members } = get().setup;
      const forked = members[index]!;
      const taken = new Set(members.map(({ name }) => name));
      let number = 2;
      while (taken.has(`${forked.name} ${number}`)) number++;
      const copy = { ...forked, name: `${forked.name} ${number}` };
      setUp({ question: null, members: members.toSpliced(index + 1, 0, copy), edited: index + 1 });
      return forked.config;
    },
    edit: (edited) => setUp({ edited }),
    settingsChanged(config) {
      const { members, edited } = get().setup;
      const member = edited === null ? undefined : members[edited];
      if (member) setUp({ question: null, members: members.with(edited!, { ...member, config }) });
    },
    setUp: (members, seeds) => setUp({ question: null, problem: null, edited: null, members, seeds }),
    rename(member, name) {
      const { members } = get().setup;
      setUp({ members: members.with(member, { ...members[member]!, name }) });
    },
    remove(member) {
      setUp({ question: null, edited: null, members: get().setup.members.toSpliced(member, 1) });
    },
    chooseSeeds: (seeds) => setUp({ seeds }),
    async start({ backend, evaluateEverySteps, dataset }, others = get().setup) {
      const { members, seeds: seedCount } = others;
      if (members.length < LEAST_MEMBERS) return false;
      count++;
      // Unique among the arenas of other days, which may be kept.
      const arenaId = `arena-${Date.now().toString(36)}-${count}`;
      const first = members[0]!.config.seed;
      const seeds = Array.from({ length: seedCount }, (_, i) => (first + i) % 2 ** 32);
      curves = null;
      setUp({ edited: null });
      set({ arena: newArena({ arenaId, members, seeds, data: dataset && dataOf(dataset) }) });
      const answer = await ask("startArena", { arenaId, members, seeds, backend, evaluateEverySteps });
      const { arena } = get();
      // The problem is on show already.
      if (!answer && arena?.arenaId === arenaId)
        setStatus({ type: "failed", problem: problem("run-not-active", {}) });
      return answer !== null;
    },
    pause: () => steer("pauseArena", "pausing"),
    resume: () => steer("resumeArena", null),
    stop: () => steer("stopArena", "stopping"),
    show(recorded) {
      const { arena } = get();
      if (isGoingOn(arena) || (arena && recorded.arena.recorded)) return;
      curves = recorded.curves;
      set({ arena: recorded.arena });
    },
    takeMembers() {
      const { arena } = get();
      if (arena) this.setUp(arena.members, arena.seeds.length);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    take(arenaId, event) {
      const { arena } = get();
      if (arena?.arenaId !== arenaId) return;
      if (event.type === "deviceLost") {
        const { reason, seedIndex } = event;
        notify(problem("arena-device-lost", { reason, seed: seedIndex + 1, seeds: arena.seeds.length }));
      }
      if (event.type === "seedStarted")
        curves = createArenaCurves(arena.members.length, pairsOf(arena.members.length).length);
      if (curves) keepCurves(curves, event);
      const after = afterArenaEvent(arena, event);
      set({ arena: after });
      for (const listener of listeners) listener(after, event);
    },
    workerDied(reason) {
      if (isGoingOn(get().arena)) setStatus({ type: "failed", problem: reason });
    },
  };
}

/** Whether the worker still holds the arena. */
export function isGoingOn(arena: ArenaState | null): arena is ArenaState {
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

function newMember(): MemberState {
  return { status: "training", problem: null, logLoss: null, testLogLoss: null, testAuc: null };
}

function keepCurves(curves: ArenaCurves, event: ArenaEvent): void {
  if (event.type === "compared")
    for (const [index, { points }] of event.pairs.entries())
      for (const point of points) addDifference(curves.pairs[index]!, point);
  if (event.type !== "member") return;
  if (event.event.type === "progressed")
    for (const point of event.event.points) addPoint(curves.members[event.member]!, point);
  if (event.event.type === "evaluated" && event.event.point.split === "test")
    addPoint(curves.tests[event.member]!, event.event.point);
}

/** The arena after `event`. */
export function afterArenaEvent(arena: ArenaState, event: ArenaEvent): ArenaState {
  switch (event.type) {
    case "seedStarted":
      return {
        ...arena,
        seedIndex: event.seedIndex,
        states: arena.members.map(newMember),
        step: 0,
        verdicts: [],
        curvesVersion: arena.curvesVersion + 1,
      };
    case "member":
      return afterMemberEvent(arena, event.member, event.event);
    case "compared":
      return {
        ...arena,
        verdicts: event.pairs.map(({ first, second, verdict }) => ({ first, second, verdict })),
        curvesVersion: arena.curvesVersion + 1,
      };
    case "seedFinished":
      return {
        ...arena,
        verdicts: event.pairs,
        seedVerdicts: [...arena.seedVerdicts, event.pairs],
        seedHeldOut: [...arena.seedHeldOut, event.heldOut],
        seedTests: [...arena.seedTests, event.tests],
      };
    case "concluded":
      return {
        ...arena,
        verdicts: event.pairs,
        overview: event.overview,
        heldOut: event.heldOut,
        status: { type: event.heldOut ? "finished" : "stopped" },
      };
    case "deviceLost":
      // The seed that begins again says so by itself.
      return arena;
    case "failed":
      return { ...arena, status: { type: "failed", problem: event.problem } };
    default:
      return assertNever(event);
  }
}

function afterMemberEvent(arena: ArenaState, member: number, event: TrainEvent): ArenaState {
  const withMember = (change: Partial<MemberState>): ArenaState => ({
    ...arena,
    states: arena.states.with(member, { ...arena.states[member]!, ...change }),
    curvesVersion: arena.curvesVersion + 1,
  });
  switch (event.type) {
    case "started":
      return { ...arena, totalSteps: event.totalSteps, status: { type: "running" } };
    case "progressed":
      return {
        ...withMember({ logLoss: event.points.at(-1)?.logLoss.fused ?? arena.states[member]!.logLoss }),
        step: event.position.step,
        memberSeconds: arena.memberSeconds.with(member, event.position.activeSeconds),
      };
    case "evaluated":
      return event.point.split === "test" ? withMember(testedBy(event.point)) : arena;
    case "paused":
      return { ...arena, status: { type: "paused" } };
    case "resumed":
      return { ...arena, status: { type: "running" } };
    case "finished":
      return withMember({ status: "finished" });
    case "failed":
      return withMember({ status: "failed", problem: `${event.problem.sentence} ${event.problem.remedy}` });
    case "evaluating":
    case "learningRateChanged":
      return arena;
    default:
      return assertNever(event);
  }
}

function testedBy({ logLoss, auc }: EvaluationPoint): Partial<MemberState> {
  return { testLogLoss: logLoss.fused, testAuc: auc?.fused ?? null };
}
