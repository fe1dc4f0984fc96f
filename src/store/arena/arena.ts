// The arena as the page knows it: how it is set up, how it goes, what it has found.

import { createStore } from "zustand/vanilla";
import { LEAST_MEMBERS } from "../../arena/questions.ts";
import { type Problem, problem } from "../../base/problem.ts";
import type { DatasetLocation } from "../../datasets/requests.ts";
import type { BackendName } from "../../engine/engine.ts";
import { type ArenaCurves, createArenaCurves, pairsOf } from "../../runs/arenaCurves.ts";
import type { ArenaEvent } from "../../runs/arenaEvents.ts";
import { dataOf } from "../../runs/record.ts";
import type { DatasetSummary } from "../../train/requests.ts";
import type { Ask } from "../connection/connection.ts";
import { addToCurves, afterArenaEvent } from "./afterEvent.ts";
import {
  type ArenaSetup,
  type ArenaState,
  type ArenaStatus,
  type ArenaStore,
  type ArenaStoreState,
  isArenaActive,
  newArena,
} from "./arenaState.ts";
import { lastSetup } from "./lastSetup.ts";
import { createSetupVerbs, type SetupVerbs } from "./setup.ts";

type ArenaListener = (arena: ArenaState, event: ArenaEvent) => void;

/** What is set beside the members. */
interface ArenaSettings {
  backend: BackendName | "auto";
  evaluateEverySteps: number;
  dataset: { location: DatasetLocation; summary: DatasetSummary } | null;
}

export interface Arena extends SetupVerbs {
  readonly store: ArenaStore;
  /** Curves of the seed under way; replaced when another one starts. */
  readonly curves: ArenaCurves | null;
  /** Starts an arena of the members that are set up, or of others; false after a problem, which then is on show. */
  start(settings: ArenaSettings, others?: Pick<ArenaSetup, "members" | "seeds">): Promise<boolean>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
  /** Draws an arena that was recorded or kept, unless one is being trained. */
  show(recorded: { arena: ArenaState; curves: ArenaCurves }): void;
  /** Calls back with each event and the arena after it. Call the result to stop. */
  listen(listener: ArenaListener): () => void;
  take(arenaId: string, event: ArenaEvent): void;
  workerDied(reason: Problem): void;
}

export function createArena(ask: Ask, notify: (found: Problem) => void = () => {}): Arena {
  const store: ArenaStore = createStore<ArenaStoreState>(() => ({
    setup: { ...(lastSetup() ?? { question: null, members: [], seeds: 1 }), problem: null, edited: null },
    arena: null,
  }));
  const { setState: set, getState: get } = store;
  const setupVerbs = createSetupVerbs(store);
  let curves: ArenaCurves | null = null;
  let count = 0;
  const listeners = new Set<ArenaListener>();

  function setStatus(status: ArenaStatus): void {
    set(({ arena }) => (arena ? { arena: { ...arena, status } } : {}));
  }

  async function steer(name: "pause" | "resume" | "stop", status?: "pausing" | "stopping"): Promise<void> {
    const { arena } = get();
    if (!isArenaActive(arena)) return;
    if (status) setStatus({ type: status });
    const answer = await ask(name, { id: arena.arenaId });
    // Refused: it is as it was.
    if (!answer && status && get().arena?.status.type === status) setStatus(arena.status);
  }

  return {
    ...setupVerbs,
    store,
    get curves() {
      return curves;
    },
    async start({ backend, evaluateEverySteps, dataset }, others = get().setup) {
      const { members, seeds: seedCount } = others;
      if (members.length < LEAST_MEMBERS) return false;
      count++;
      // Unique among the arenas of other days, which may be kept.
      const arenaId = `arena-${Date.now().toString(36)}-${count}`;
      const first = members[0]!.config.seed;
      const seeds = Array.from({ length: seedCount }, (_, i) => (first + i) % 2 ** 32);
      curves = null;
      setupVerbs.edit(null);
      set({ arena: newArena({ arenaId, members, seeds, data: dataset && dataOf(dataset) }) });
      const answer = await ask("startArena", { arenaId, members, seeds, backend, evaluateEverySteps });
      const { arena } = get();
      // The problem is on show already.
      if (!answer && arena?.arenaId === arenaId)
        setStatus({ type: "failed", problem: problem("run-not-active", {}) });
      return answer !== null;
    },
    pause: () => steer("pause", "pausing"),
    resume: () => steer("resume"),
    stop: () => steer("stop", "stopping"),
    show(recorded) {
      const { arena } = get();
      if (isArenaActive(arena) || (arena && recorded.arena.recorded)) return;
      curves = recorded.curves;
      set({ arena: recorded.arena });
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
      if (curves) addToCurves(curves, event);
      const after = afterArenaEvent(arena, event);
      set({ arena: after });
      for (const listener of listeners) listener(after, event);
    },
    workerDied(reason) {
      if (isArenaActive(get().arena)) setStatus({ type: "failed", problem: reason });
    },
  };
}
