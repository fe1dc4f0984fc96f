// Races of the page: set up, measured, started, steered, and drawn from their events.

import { createStore, type StoreApi } from "zustand/vanilla";
import { type Problem, problem } from "../../base/problem.ts";
import type { BackendName } from "../../engine/engine.ts";
import type { Config } from "../../model/config.ts";
import type { ReportedRace } from "../../race/raceFile.ts";
import { NOTHING_YET, type RaceEvent, type RacePlan } from "../../race/record.ts";
import { dataOf } from "../../runs/record.ts";
import type { Connection } from "../connection/connection.ts";
import type { StudioStore } from "../state.ts";
import { isUnderWay } from "../training/status.ts";
import { lastRace, lastRaceSetup, noteRace, noteRaceSetup } from "./lastRace.ts";
import {
  afterRaceEvent,
  isRacing,
  openedRace,
  planOf,
  type RaceSetup,
  type RaceState,
  type RaceStoreState,
} from "./raceState.ts";

type Backend = BackendName | "auto";

export interface Race {
  readonly store: StoreApi<RaceStoreState>;
  /** Changes what is set up. */
  setUp(change: Partial<RaceSetup>): void;
  /** The plan of what is set up on the open data set; null without one. */
  plan(config: Config | null): ReturnType<typeof planOf> | null;
  /** Measures what a plan takes; the answer is among the state. */
  measure(plan: RacePlan): Promise<void>;
  /** Starts a race of a configuration; false after a problem, which then is on show. */
  start(setup: RaceSetup, base: Config, backend: Backend): Promise<boolean>;
  /** Resumes the race on show, which was stopped or interrupted. */
  continueKept(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
  /** Shows the race of a report; the page's own stays as it is, and continues where it does. */
  open(reported: ReportedRace, fileName: string): void;
  closeOpened(): void;
  take(raceId: string, event: RaceEvent): void;
  workerDied(reason: Problem): void;
}

export function createRaces(
  studio: StudioStore,
  { ask }: Pick<Connection, "ask">,
  notify: (found: Problem) => void,
): Race {
  const store = createStore<RaceStoreState>(() => ({
    setup: lastRaceSetup(),
    estimate: null,
    race: lastRace(),
    opened: null,
  }));
  const { setState: set, getState: get } = store;
  let measured = 0;
  let count = 0;
  store.subscribe(({ setup }, before) => {
    if (setup !== before.setup) noteRaceSetup(setup);
  });

  function update(change: Partial<RaceState>): void {
    set(({ race }) => (race ? { race: { ...race, ...change } } : {}));
  }

  async function steer(name: "pause" | "resume" | "stop", status?: "pausing" | "stopping"): Promise<void> {
    const { race } = get();
    if (!isRacing(race)) return;
    if (status) update({ status: { type: status } });
    const answer = await ask(name, { id: race.raceId });
    // Refused: it is as it was.
    if (!answer && status && get().race?.status.type === status) update({ status: race.status });
  }

  async function begin(race: RaceState, backend: Backend): Promise<boolean> {
    set({ race, opened: null });
    noteRace(race);
    const { raceId, plan, progress: before } = race;
    const answer = await ask("startRace", { raceId, plan, before, backend });
    // The problem is on show already.
    if (!answer && get().race?.raceId === raceId)
      update({ status: { type: "failed", problem: problem("run-not-active", {}) } });
    return answer !== null;
  }

  return {
    store,
    setUp: (change) => set(({ setup }) => ({ setup: { ...setup, ...change }, estimate: null })),
    plan(config) {
      const { dataset } = studio.getState();
      return config && dataset && planOf(get().setup, config, dataset.summary.rows.train);
    },
    async measure(plan) {
      const turn = ++measured;
      set({ estimate: null });
      const estimate = await ask("measureRace", { plan, backend: studio.getState().backend });
      // What was set up may have changed meanwhile.
      if (turn === measured) set({ estimate });
    },
    async start(setup, base, backend) {
      const { dataset } = studio.getState();
      if (!dataset) return false;
      const plan = planOf(setup, base, dataset.summary.rows.train);
      if (!plan.ok) {
        notify(plan.problem);
        return false;
      }
      count++;
      const raceId = `race-${Date.now().toString(36)}-${count}`;
      const data = dataOf(dataset);
      const status = { type: "starting" } as const;
      const identity = { raceId, startedAt: Date.now(), plan: plan.value, data };
      return begin({ ...identity, progress: NOTHING_YET, status, training: null, pace: null }, backend);
    },
    async continueKept() {
      const { race } = get();
      if (!race || isUnderWay(race.status)) return;
      await begin(
        { ...race, status: { type: "starting" }, startedAt: Date.now(), pace: null },
        studio.getState().backend,
      );
    },
    pause: () => steer("pause", "pausing"),
    resume: () => steer("resume"),
    stop: () => steer("stop", "stopping"),
    open: (reported, fileName) => set({ opened: openedRace(reported, fileName) }),
    closeOpened: () => set({ opened: null }),
    take(raceId, event) {
      const { race } = get();
      if (race?.raceId !== raceId) return;
      const after = afterRaceEvent(race, event);
      set({ race: after });
      if (event.type !== "training") noteRace(after);
    },
    workerDied(reason) {
      if (isRacing(get().race)) update({ status: { type: "failed", problem: reason } });
    },
  };
}
