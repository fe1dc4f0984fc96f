// Jobs of this moment: what is set up, and how a job is started.

import { LEAST_MEMBERS } from "../../arena/questions.ts";
import type { Arena } from "../arena/arena.ts";
import { type ArenaSetup, isArenaActive } from "../arena/arenaState.ts";
import type { KeptDatasets } from "../dataset/keptDatasets.ts";
import type { OpenData } from "../dataset/openData.ts";
import type { Race } from "../race/race.ts";
import { isRacing } from "../race/raceState.ts";
import type { StudioStore } from "../state.ts";
import type { ActiveRun } from "../training/activeRun.ts";
import { isActive } from "../training/runState.ts";
import {
  arenaJob,
  type Job,
  type JobSettings,
  memberJobs,
  notedLocation,
  type RunJob,
  raceJob,
  runJob,
} from "./job.ts";

export interface Jobs {
  /** The configuration that is set up; null while it cannot be trained. `ahead`: jobs that are named before it. */
  configured(ahead: number): RunJob | null;
  /** The arena of these members and seeds, those that are set up unless named; null while it cannot be trained. */
  arena(of?: Pick<ArenaSetup, "members" | "seeds">): Job | null;
  /** The members that are set up, each as a run of its own. */
  members(): RunJob[];
  /** Whether a run, an arena or a race is under way. */
  isTraining(): boolean;
  /** The race that is set up; null while it cannot be trained. */
  race(): Job | null;
  /** Opens the data set of a job where another one is open; false where only the person can. */
  openData(job: Job): Promise<boolean>;
  /** Starts a job; false after a problem, which then is on show. */
  start(job: Job, paused?: boolean): Promise<boolean>;
}

export interface JobParts {
  store: StudioStore;
  arena: Arena;
  race: Race;
  activeRun: ActiveRun;
  kept: Pick<KeptDatasets, "onDevice">;
  openData: OpenData;
}

export function createJobs({ store, arena, race, activeRun, kept, openData }: JobParts): Jobs {
  const get = store.getState;

  /** null without a data set. */
  function settings(): JobSettings | null {
    const { dataset, backend, evaluateEverySteps } = get();
    if (!dataset) return null;
    const { location, summary } = dataset;
    const data = { name: summary.name, identity: summary.identity, location: notedLocation(location) };
    return { backend, evaluateEverySteps, data };
  }

  return {
    configured(ahead) {
      const { config, preset } = get().configuration;
      const common = settings();
      if (!config || !common) return null;
      return runJob(`${preset ?? "own configuration"} ${activeRun.runCount + ahead + 1}`, config, common);
    },
    arena({ members, seeds } = arena.store.getState().setup) {
      const common = settings();
      return common && members.length >= LEAST_MEMBERS ? arenaJob(members, seeds, common) : null;
    },
    race() {
      const { config } = get().configuration;
      const common = settings();
      return common && config && race.plan(config)?.ok
        ? raceJob(race.store.getState().setup, config, common)
        : null;
    },
    members() {
      const common = settings();
      return common ? memberJobs(arena.store.getState().setup.members, common) : [];
    },
    isTraining: () =>
      isActive(get().run) ||
      isArenaActive(arena.store.getState().arena) ||
      isRacing(race.store.getState().race),
    async openData({ data }) {
      const isOpen = () => get().dataset?.summary.identity === data.identity;
      if (isOpen()) return true;
      const location = (await kept.onDevice(data.identity)) ?? data.location;
      if (location) await openData.open(location);
      return isOpen();
    },
    start(job, paused = false) {
      const { backend, evaluateEverySteps } = job;
      if (job.type === "run") return activeRun.start({ ...job, paused });
      if (job.type === "race") return race.start(job.setup, job.base, backend);
      return arena.start({ backend, evaluateEverySteps, dataset: get().dataset }, job);
    },
  };
}
