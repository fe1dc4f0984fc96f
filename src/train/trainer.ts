// The worker's side: holds the open data set and answers the page's requests.

import { problemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import { heldMemory } from "../engine/describe.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createCheckpointRequests } from "./checkpointRequests.ts";
import { createInsightRequests } from "./insightRequests.ts";
import { createOutputs } from "./outputs.ts";
import { choosingByMeasurement, type TrainerPlatform } from "./platform.ts";
import type { MeasuredBackend, TrainerEvent, TrainerRequests } from "./requests.ts";
import { createRunEvaluations } from "./runEvaluations.ts";
import { startArena } from "./startArena.ts";
import { measureRace, startRace } from "./startRace.ts";
import { startRun } from "./startRun.ts";
import { summarise } from "./summary.ts";
import { createTrainings } from "./trainings.ts";

/** The handlers of every request. Events go out through `emit`. */
export function createTrainer(
  given: TrainerPlatform,
  emit: (event: TrainerEvent) => void,
): Handlers<TrainerRequests> {
  let measured: MeasuredBackend | null = null;
  const platform = choosingByMeasurement(given, () => measured);
  let dataset: Dataset | null = null;
  let location: DatasetLocation | null = null;
  function openNow(): Dataset {
    if (!dataset) throw problemError("dataset-not-open", {});
    return dataset;
  }

  const trainings = createTrainings({ platform, dataset: openNow, emit });
  const { inTurn, start, sessionOf, undisturbed } = trainings;

  const sessions = createCheckpointRequests({
    platform,
    end: trainings.end,
    begin: async (run) => {
      const { training, engine } = await start(run.runId, (context) => startRun(context, run));
      return { backend: training.backend, engine };
    },
    dataset: () => dataset,
    origin: () => originOf(location),
    undisturbed,
  });

  const evaluations = createRunEvaluations({
    platform,
    dataset: openNow,
    location: () => location,
    undisturbed,
    emit,
  });
  const outputs = createOutputs({ platform, location: () => location, undisturbed, emit });

  const insight = createInsightRequests({
    training: trainings.of,
    dataset: openNow,
    location: () => location,
    undisturbed,
    onBackend: trainings.onBackend,
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
        await trainings.endCurrent();
        await dataset?.close();
        dataset = opened;
        location = wanted;
        return summarise(opened);
      }),
    async startRun(options) {
      const run = { ...options, origin: originOf(location) };
      const { training } = await start(run.runId, (context) => startRun(context, run));
      return { backend: training.backend };
    },
    pause: ({ id }) => trainings.pause(id),
    async resume({ id }) {
      const session = sessionOf(id);
      session.resume();
      return { step: session.step };
    },
    stop: ({ id, keepBest = false }) => trainings.stop(id, keepBest),
    async stepRun({ runId, steps }) {
      const session = sessionOf(runId);
      await session.allow(steps);
      return { step: session.step };
    },
    async saveUnsaved({ runId }) {
      trainings.of(runId)?.saveUnsaved?.();
      return {};
    },
    downloadCheckpoint: async ({ runId }) => ({ blob: await trainings.fileOf(runId) }),
    async startArena(options) {
      const { training } = await start(options.arenaId, async (context) => ({
        training: await startArena(context, { ...options, origin: originOf(location) }),
      }));
      return { backend: training.backend };
    },
    measureRace: (options) => inTurn(() => undisturbed(() => measureRace(platform, openNow(), options))),
    async startRace(options) {
      const { training } = await start(options.raceId, async (context) => ({
        training: await startRace(context, options),
      }));
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
