// The worker's side: holds the open data set and what is being trained, and answers the page's requests. One run or
// arena is trained at a time.

import { problem } from "../base/problem.ts";
import { createQueue } from "../base/queue.ts";
import { asProblem, ProblemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import { heldMemory } from "../engine/describe.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createCheckpointRequests } from "./checkpointRequests.ts";
import { countDeviceLosses } from "./deviceLosses.ts";
import { createInsightRequests } from "./insightRequests.ts";
import { createOutputs } from "./outputs.ts";
import { choosingByMeasurement, type TrainerPlatform } from "./platform.ts";
import type { RaceSession } from "./race.ts";
import type { BackendReport, MeasuredBackend, TrainerEvent, TrainerRequests } from "./requests.ts";
import { createRunEvaluations } from "./runEvaluations.ts";
import type { Session } from "./session.ts";
import { startArena } from "./startArena.ts";
import { measureRace, startRace } from "./startRace.ts";
import { startRun } from "./startRun.ts";
import { summarise } from "./summary.ts";
import type { StartContext, Training } from "./training.ts";

/** How much later than its consequences a busy browser may report the loss of a GPU. */
const LOSS_NEWS_MS = 5000;

/** The handlers of every request. Events go out through `emit`. */
export function createTrainer(
  given: TrainerPlatform,
  emit: (event: TrainerEvent) => void,
): Handlers<TrainerRequests> {
  let measured: MeasuredBackend | null = null;
  const platform = choosingByMeasurement(given, () => measured);
  let dataset: Dataset | null = null;
  let location: DatasetLocation | null = null;
  let current: { training: Training; over: Promise<void> } | null = null;
  /** What was trained last: its model can be looked into until something else is trained. */
  let resting: Training | null = null;
  /** The run that ended last, as a file. */
  let ended: { id: string; blob: Blob } | null = null;
  /** What ends one training and begins another comes in turn. */
  const inTurn = createQueue();

  let lost: string | null = null;
  let onLoss: (() => void) | null = null;
  /** While something starts on a device: a loss then is mended here. */
  let isStarting = false;
  /** The run that failed last: a lost GPU may yet turn out to be the cause. */
  let failed: Pick<Training, "id" | "backend" | "mendsDevice"> | null = null;
  platform.onDeviceLost((reason) => {
    lost = reason;
    onLoss?.();
    const training = current?.training ?? failed;
    if (isStarting || training?.backend.chosen !== "webgpu" || training.mendsDevice) return;
    emit({ type: "deviceLost", reason, runId: training.id });
  });

  async function takeLoss({ chosen }: BackendReport): Promise<string | null> {
    if (chosen !== "webgpu") return null;
    if (lost === null)
      await new Promise<void>((resolve) => {
        onLoss = resolve;
        setTimeout(resolve, LOSS_NEWS_MS);
      });
    const reason = lost;
    lost = null;
    return reason;
  }

  const onDevice: StartContext["onDevice"] = async (backend, work) => {
    const deviceLosses = countDeviceLosses();
    for (;;) {
      lost = null;
      isStarting = true;
      const [made] = await Promise.allSettled([platform.useBackend(backend.chosen).then(work)]);
      const reason = made.status === "fulfilled" && lost === null ? null : await takeLoss(backend);
      isStarting = false;
      if (reason !== null) {
        const { losses, tooMany } = deviceLosses.add();
        if (tooMany) throw new ProblemError(problem("device-unreliable", { reason, losses }));
      } else if (made.status === "fulfilled") return made.value;
      else throw made.reason;
    }
  };

  async function endCurrent(): Promise<void> {
    void current?.training.session.stop();
    await current?.over;
    resting?.release?.();
    resting = null;
  }

  function sessionOf(id: string): Session | RaceSession {
    if (current?.training.id === id) return current.training.session;
    throw new ProblemError(problem("run-not-active", {}));
  }

  function openNow(): Dataset {
    if (!dataset) throw new ProblemError(problem("dataset-not-open", {}));
    return dataset;
  }

  /** Makes a training, and lets it run from now on. */
  function start<T extends { training: Training }>(make: (context: StartContext) => Promise<T>): Promise<T> {
    return inTurn(async () => {
      const made = await make({ platform, dataset: openNow(), emit, endCurrent, takeLoss, onDevice });
      failed = null;
      // It may go on under the same id: what it ended with before is not it any more.
      if (ended?.id === made.training.id) ended = null;
      current = { training: made.training, over: train(made.training) };
      return made;
    });
  }

  async function train(training: Training): Promise<void> {
    let isWhole = true;
    try {
      await training.session.train();
    } catch (cause) {
      isWhole = false;
      // What a lost GPU was asked for fails before the browser reports the loss, which is the better news.
      const reason = await takeLoss(training.backend);
      if (reason === null || training.mendsDevice) {
        training.fail(asProblem(cause));
        const { id, backend, mendsDevice } = training;
        failed = { id, backend, mendsDevice };
      }
    }
    current = null;
    const { id, finalFile } = training;
    if (finalFile) ended = { id, blob: finalFile };
    training.unlock?.();
    if (isWhole && training.examination) resting = training;
    else training.release?.();
  }

  function trainingOf(runId: string): Training | null {
    return [current?.training, resting].find((training) => training?.id === runId) ?? null;
  }

  /** Does `work` on the backend of what was trained last, where other work may have made another one current. */
  async function onBackend<T>(work: () => Promise<T>): Promise<T> {
    if (!current && resting) await platform.useBackend(resting.backend.chosen);
    return work();
  }

  /** Does `work` while what is being trained stands still. */
  async function undisturbed<T>(work: () => Promise<T>): Promise<T> {
    const { session, backend } = current?.training ?? {};
    if (!session || !backend) return onBackend(work);
    const wasRunning = !session.control.waiting;
    if (wasRunning) await session.pause();
    try {
      return await work();
    } finally {
      await platform.useBackend(backend.chosen);
      if (wasRunning) session.resume();
    }
  }

  const sessions = createCheckpointRequests({
    platform,
    begin: async (run) => {
      const { training, engine } = await start((context) => startRun(context, run));
      return { backend: training.backend, engine };
    },
    dataset: () => dataset,
    origin: () => originOf(location),
    undisturbed,
  });

  const evaluations = createRunEvaluations({ platform, dataset: openNow, undisturbed, emit });
  const outputs = createOutputs({ platform, location: () => location, undisturbed, emit });

  const insight = createInsightRequests({
    training: trainingOf,
    location: () => location,
    undisturbed,
    onBackend,
  });

  return {
    ...sessions,
    ...outputs,
    ...evaluations,
    ...insight,
    probe(input) {
      measured = input.measured ?? null;
      return platform.probe();
    },
    openDataset: ({ location: wanted }) =>
      inTurn(async () => {
        const opened = await platform.openDataset(wanted, (stage, done, total) =>
          emit({ type: "dataset", stage, done, total }),
        );
        await endCurrent();
        await dataset?.close();
        dataset = opened;
        location = wanted;
        return summarise(opened);
      }),
    async startRun(options) {
      const run = { ...options, origin: originOf(location) };
      const { training } = await start((context) => startRun(context, run));
      return { backend: training.backend };
    },
    async pause({ id }) {
      const session = sessionOf(id);
      await session.pause();
      return { step: session.step };
    },
    async resume({ id }) {
      const session = sessionOf(id);
      session.resume();
      return { step: session.step };
    },
    async stop({ id, keepBest = false }) {
      const session = sessionOf(id);
      if (keepBest) await current?.training.keepBest?.();
      await session.stop();
      await current?.over;
      return { step: session.step };
    },
    async stepRun({ runId, steps }) {
      const session = sessionOf(runId);
      await session.allow(steps);
      return { step: session.step };
    },
    async downloadCheckpoint({ runId }) {
      if (ended?.id === runId) return { blob: ended.blob };
      const file = current?.training.id === runId ? current.training.file?.() : null;
      if (!file) throw new ProblemError(problem("run-not-active", {}));
      return { blob: await file };
    },
    async startArena(options) {
      const { training } = await start(async (context) => ({ training: await startArena(context, options) }));
      return { backend: training.backend };
    },
    measureRace: (options) => inTurn(() => undisturbed(() => measureRace(platform, openNow(), options))),
    async startRace(options) {
      const { training } = await start(async (context) => ({ training: await startRace(context, options) }));
      return { backend: training.backend };
    },
    memory: async () => heldMemory(),
  };
}

/** A location that another session can open too. */
function originOf(location: DatasetLocation | null): Checkpoint["run"]["origin"] {
  switch (location?.type) {
    case "demo": {
      const { type, rows, seed, edition } = location;
      return { type, rows, seed, ...(edition && { edition }) };
    }
    case "url":
      return { type: "url", manifestUrl: location.manifestUrl };
    default:
      return null;
  }
}
