// What a person can have trained: now, or after what is training.

import type { Arena } from "../arena/arena.ts";
import type { ArenaSetup } from "../arena/arenaState.ts";
import type { Job } from "../queue/job.ts";
import type { Jobs } from "../queue/jobs.ts";
import type { Queue } from "../queue/queue.ts";
import type { Race } from "../race/race.ts";
import type { ActiveRun } from "./activeRun.ts";
import type { Changes } from "./changes.ts";

export interface TrainingVerbs {
  /** Trains the configuration that is set up. */
  train(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Trains one step; without a run it starts one, paused. */
  stepOnce(): Promise<void>;
  /** `keepBest`: with the weights of its best evaluation. */
  stop(keepBest?: boolean): Promise<void>;
  /** Starts an arena of these members and seeds; of those that are set up unless named. */
  startArena(of?: Pick<ArenaSetup, "members" | "seeds">): Promise<void>;
  stopArena(): Promise<void>;
  /** Starts a race of what is set up. */
  startRace(): Promise<void>;
  stopRace(): Promise<void>;
  queueRace(): void;
  /** Trains what is set up after all that is training or waits: the configuration, or the arena. */
  queueRun(): void;
  queueArena(): void;
  /** Trains the members that are set up one after the other, each as a run of its own. */
  queueMembers(): void;
}

export interface VerbParts {
  arena: Arena;
  race: Race;
  changes: Changes;
  jobs: Jobs;
  queue: Queue;
  activeRun: ActiveRun;
}

export function createTrainingVerbs({
  arena,
  race,
  changes,
  jobs,
  queue,
  activeRun,
}: VerbParts): TrainingVerbs {
  const configured = () => jobs.configured(queue.store.getState().jobs.length);

  async function start(job: Job | null, paused = false): Promise<void> {
    if (job) await changes.change({ type: "job", job, paused });
  }
  function enqueue(job: Job | null): void {
    if (job) void queue.add([job]);
  }
  return {
    train: () => start(configured()),
    pause: activeRun.pause,
    resume: activeRun.resume,
    async stepOnce() {
      if (activeRun.id() === null) await start(configured(), true);
      await activeRun.step();
    },
    stop(keepBest = false) {
      queue.hold("stopped");
      return activeRun.stop(keepBest);
    },
    startArena: (of) => start(jobs.arena(of)),
    stopArena() {
      queue.hold("stopped");
      return arena.stop();
    },
    startRace: () => start(jobs.race()),
    stopRace() {
      queue.hold("stopped");
      return race.stop();
    },
    queueRace: () => enqueue(jobs.race()),
    queueRun: () => enqueue(configured()),
    queueArena: () => enqueue(jobs.arena()),
    queueMembers: () => void queue.add(jobs.members()),
  };
}
