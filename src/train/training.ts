// What is being trained in the worker, a run, an arena or a race, and what starting one needs.

import type { Problem } from "../base/problem.ts";
import type { Engine } from "../engine/engine.ts";
import type { Examiner } from "../insight/examiner.ts";
import type { Config } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import type { TrainerPlatform } from "./platform.ts";
import type { RaceSession } from "./race.ts";
import type { BackendReport, TrainerEvent } from "./requests.ts";
import type { Session } from "./session.ts";

/** What looks into a run's model while it is trained, and until something else is. */
export interface Examination {
  config: Config;
  examiner: Examiner;
  /** Where the run stands. */
  place(): { step: number; rowsSeen: number };
  /** Does work with its engine between two steps. */
  use<T>(work: (engine: Engine) => Promise<T>): Promise<T>;
}

export interface Training {
  /** Of the run, the arena or the race. */
  id: string;
  session: Session | RaceSession;
  backend: BackendReport;
  /** Whether it continues by itself after a lost GPU; otherwise the page starts another worker. */
  mendsDevice: boolean;
  /** Reports what stopped it, where its session could not. */
  fail(problem: Problem): void;
  /** Its checkpoints keep the weights of its best evaluation from now on. Throws a ProblemError where none are kept. */
  keepBest?(): Promise<void>;
  /** Saves at once what was trained since its last save, unless one is under way. */
  saveUnsaved?(): void;
  /** A checkpoint of it as it stands, without pausing it, or as it ended; null where there is none. */
  file?(): Promise<Blob> | null;
  /** The checkpoint that it ended with; null where it did not come to its end. */
  readonly finalFile?: Blob | null;
  /** Of a run. */
  examination?: Examination | null;
  /** Lets other tabs have it. */
  unlock?(): void;
  /** Frees its engines. */
  release?(): void;
}

export interface StartContext {
  platform: TrainerPlatform;
  dataset: Dataset;
  emit(event: TrainerEvent): void;
  /** Ends what is being trained; to be called once nothing can refuse the new one any more. */
  endCurrent(): Promise<void>;
  /**
   * Why the GPU was lost since this was called last, after waiting a moment for the news, which comes after its
   * consequences; null where it was not lost, or where no GPU computes.
   */
  takeLoss(backend: BackendReport): Promise<string | null>;
  /**
   * Makes `backend` the current one and starts on it what `work` makes. Where its GPU is lost meanwhile, `work` is done
   * again on another one, after `discard` has freed what it had made.
   */
  onDevice<T>(backend: BackendReport, work: () => Promise<T>, discard: (made: T) => void): Promise<T>;
}
