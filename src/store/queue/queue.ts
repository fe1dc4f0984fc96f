// The queue: runs and arenas that are trained one after the other. It survives a reload; a job that was stopped or
// failed makes it wait for the person.

import { createStore, type StoreApi } from "zustand/vanilla";
import { type Problem, problem } from "../../base/problem.ts";
import { type Job, notedJobs, noteJobs, onJobsNoted } from "./job.ts";

/** Why the queue waits for the person. */
export type Hold = "reloaded" | "stopped" | "problem";

export interface QueueState {
  /** The next one first. */
  jobs: Job[];
  /** null: the next job starts as soon as nothing is training. */
  hold: Hold | null;
}

export interface Queue {
  readonly store: StoreApi<QueueState>;
  /** Adds jobs at the end; the first starts at once where nothing is training. */
  add(jobs: Job[]): Promise<void>;
  /** Moves a job to another place, 0 the first. */
  move(id: string, to: number): void;
  remove(id: string): void;
  clear(): void;
  /** Waits with the next job until `proceed`. */
  hold(why: Hold): void;
  /** Starts the next job where nothing is training. */
  proceed(): Promise<void>;
  /** What was training has ended by itself. */
  ended(): Promise<void>;
}

export interface QueueInputs {
  isTraining(): boolean;
  /** Opens the data set of a job; false where only the person can. */
  openData(job: Job): Promise<boolean>;
  /** Starts a job; false after a problem, which then is on show. */
  start(job: Job): Promise<boolean>;
  notify(found: Problem): void;
}

export function createTrainingQueue({ isTraining, openData, start, notify }: QueueInputs): Queue {
  const noted = notedJobs();
  const store = createStore<QueueState>(() => ({ jobs: noted, hold: noted.length > 0 ? "reloaded" : null }));
  const { setState: set, getState: get } = store;
  let isStarting = false;

  function setJobs(jobs: Job[]): void {
    set(jobs.length === 0 ? { jobs, hold: null } : { jobs });
    noteJobs(jobs);
  }

  onJobsNoted((jobs) => set(jobs.length === 0 ? { jobs, hold: null } : { jobs }));

  /** Starts one job after the other until one trains, or the person is needed. */
  async function next(): Promise<void> {
    if (isStarting) return;
    isStarting = true;
    try {
      for (;;) {
        const [job] = get().jobs;
        if (!job || get().hold !== null || isTraining()) return;
        if (!(await openData(job))) {
          set({ hold: "problem" });
          notify(problem("queue-needs-data", { name: job.name, dataset: job.data.name }));
          return;
        }
        // The person may have changed the queue meanwhile.
        if (get().jobs[0]?.id !== job.id || isTraining()) continue;
        setJobs(get().jobs.slice(1));
        if (await start(job)) return;
      }
    } finally {
      isStarting = false;
    }
  }

  return {
    store,
    async add(jobs) {
      setJobs([...get().jobs, ...jobs]);
      await next();
    },
    move(id, to) {
      const { jobs } = get();
      const job = jobs.find((candidate) => candidate.id === id);
      if (job) setJobs(jobs.filter((other) => other !== job).toSpliced(to, 0, job));
    },
    remove: (id) => setJobs(get().jobs.filter((job) => job.id !== id)),
    clear: () => setJobs([]),
    hold(why) {
      if (get().jobs.length > 0) set({ hold: why });
    },
    async proceed() {
      set({ hold: null });
      await next();
    },
    ended: next,
  };
}
