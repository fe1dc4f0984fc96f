// What is being trained in the worker, one run, arena or race at a time, and what was trained last.

import { createQueue, type Queue } from "../base/queue.ts";
import { asProblem, problemError } from "../base/result.ts";
import type { Dataset } from "../shards/dataset.ts";
import { watchGpu } from "./gpuLoss.ts";
import type { TrainerPlatform } from "./platform.ts";
import type { RaceSession } from "./race.ts";
import type { TrainerEvent, TrainerRequests } from "./requests.ts";
import type { Session } from "./session.ts";
import type { StartContext, Training } from "./training.ts";

export interface TrainingsInputs {
  platform: TrainerPlatform;
  /** The open data set. Throws a ProblemError without one. */
  dataset(): Dataset;
  emit(event: TrainerEvent): void;
}

export interface Trainings {
  /** What ends one training and begins another comes in turn. */
  inTurn: Queue;
  /** Makes the training with that id, and lets it run from now on. */
  start<T extends { training: Training }>(
    id: string,
    make: (context: StartContext) => Promise<T>,
  ): Promise<T>;
  /** Throws a ProblemError where that is not what is being trained. */
  sessionOf(id: string): Session | RaceSession;
  /** What is being trained, or was trained last while its model can still be looked into. */
  of(runId: string): Training | null;
  /** Pauses it after the step under way; what has just ended stands still already. Throws a ProblemError. */
  pause(id: string): Promise<{ step: number }>;
  /**
   * Ends it after the step under way, or as soon as it has started; what has just ended by itself, or could not start, is over
   * already. Throws a ProblemError.
   */
  stop(id: string, keepBest: boolean): Promise<TrainerRequests["stop"]["output"]>;
  /** A run's checkpoint as it stands, or as it ended. Throws a ProblemError. */
  fileOf(runId: string): Promise<Blob>;
  endCurrent(): Promise<void>;
  /** Ends it where it is trained here, and waits until it is kept and other tabs may have it. */
  end(id: string): Promise<void>;
  /** Does `work` on the backend of what was trained last, where other work may have made another one current. */
  onBackend<T>(work: () => Promise<T>): Promise<T>;
  /** Does `work` while what is being trained stands still. */
  undisturbed<T>(work: () => Promise<T>): Promise<T>;
}

export function createTrainings({ platform, dataset, emit }: TrainingsInputs): Trainings {
  const inTurn = createQueue();
  let current: { training: Training; over: Promise<void> } | null = null;
  /** What was trained last: its model can be looked into until something else is trained. */
  let resting: Training | null = null;
  /** What ended last, and at which step: a person may ask for its end or a pause before the page shows that. */
  let over: { id: string; step: number } | null = null;
  /** The run that ended last, as a file. */
  let ended: { id: string; blob: Blob } | null = null;
  /** The run that failed last: a lost GPU may yet turn out to be the cause. */
  let failed: Pick<Training, "id" | "backend" | "mendsDevice"> | null = null;
  const { takeLoss, onDevice } = watchGpu(platform, (reason) => {
    const training = current?.training ?? failed;
    if (training?.backend.chosen !== "webgpu" || training.mendsDevice) return;
    emit({ type: "deviceLost", reason, runId: training.id });
  });

  async function endCurrent(): Promise<void> {
    void current?.training.session.stop();
    await current?.over;
    resting?.release?.();
    resting = null;
  }

  const going = (id: string) => (current?.training.id === id ? current.training : null);

  function sessionOf(id: string): Session | RaceSession {
    const training = going(id);
    if (!training) throw problemError("run-not-active", {});
    return training.session;
  }

  const start: Trainings["start"] = (id, make) => {
    // It may continue under the same id: what it ended with before is not it any more.
    if (over?.id === id) over = null;
    return inTurn(async () => {
      try {
        const made = await make({ platform, dataset: dataset(), emit, endCurrent, takeLoss, onDevice });
        failed = null;
        if (ended?.id === id) ended = null;
        current = { training: made.training, over: train(made.training) };
        return made;
      } catch (cause) {
        over = { id, step: 0 };
        throw cause;
      }
    });
  };

  async function train(training: Training): Promise<void> {
    const { id, backend, mendsDevice, session } = training;
    let isWhole = true;
    try {
      await session.train();
    } catch (cause) {
      isWhole = false;
      // What a lost GPU was asked for fails before the browser reports the loss, which is the better news.
      const reason = await takeLoss(backend);
      if (reason === null || mendsDevice) {
        training.fail(asProblem(cause));
        failed = { id, backend, mendsDevice };
      }
    }
    current = null;
    over = { id, step: session.step };
    if (training.finalFile) ended = { id, blob: training.finalFile };
    training.unlock?.();
    if (isWhole && training.examination) resting = training;
    else training.release?.();
  }

  async function onBackend<T>(work: () => Promise<T>): Promise<T> {
    if (!current && resting) await platform.useBackend(resting.backend.chosen);
    return work();
  }

  async function undisturbed<T>(work: () => Promise<T>): Promise<T> {
    const { session, backend } = current?.training ?? {};
    if (!session || !backend) return onBackend(work);
    const release = await session.hold();
    try {
      return await work();
    } finally {
      await platform.useBackend(backend.chosen).finally(release);
    }
  }

  return {
    inTurn,
    start,
    sessionOf,
    of: (runId) => [current?.training, resting].find((training) => training?.id === runId) ?? null,
    async pause(id) {
      if (over?.id === id) return { step: over.step };
      const session = sessionOf(id);
      await session.pause();
      return { step: session.step };
    },
    async stop(id, keepBest) {
      // It may be starting still.
      if (!going(id) && over?.id !== id) await inTurn(async () => {});
      if (over?.id === id) return { step: over.step, keptBest: false };
      const session = sessionOf(id);
      if (keepBest) await current?.training.keepBest?.();
      const isGoing = going(id) !== null;
      await session.stop();
      await current?.over;
      return { step: session.step, keptBest: keepBest && isGoing };
    },
    async fileOf(runId) {
      const file = ended?.id === runId ? ended.blob : going(runId)?.file?.();
      if (!file) throw problemError("run-not-active", {});
      return file;
    },
    endCurrent,
    async end(id) {
      const { training, over: ends } = current ?? {};
      if (training?.id !== id) return;
      void training.session.stop();
      await ends;
    },
    onBackend,
    undisturbed,
  };
}
