// Starts a race in the worker, and measures what one would take. After a lost GPU it continues by itself.

import type { Problem } from "../base/problem.ts";
import { orThrow } from "../base/result.ts";
import type { RunSnapshot } from "../checkpoint/snapshot.ts";
import { type Config, inputShape } from "../model/config.ts";
import { estimateRace, type RaceEstimate } from "../race/estimate.ts";
import type { RaceEvent, RacePlan } from "../race/record.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createControl } from "./control.ts";
import { createDeviceMender } from "./mendDevice.ts";
import { chooseBackend, type TrainerPlatform } from "./platform.ts";
import { checkRaceData, createRace, type RaceStore } from "./race.ts";
import type { RaceScores } from "./raceJudge.ts";
import { measureTrials } from "./raceProbe.ts";
import type { RaceOptions } from "./requests.ts";
import type { StartContext, Training } from "./training.ts";

/** What the engines of trials that train side by side may hold in a page. */
const RACE_MEMORY = 1e9;

function engines(platform: TrainerPlatform, dataset: Dataset) {
  return (config: Config) =>
    platform.createEngine(config, orThrow(inputShape(config, dataset.shape(config.integers))));
}

/** Memory and time of a race, from a few steps of its smallest and its largest trial. Throws a ProblemError. */
export async function measureRace(
  platform: TrainerPlatform,
  dataset: Dataset,
  { plan, backend: wanted }: { plan: RacePlan; backend: RaceOptions["backend"] },
): Promise<RaceEstimate> {
  checkRaceData(dataset);
  const backend = await chooseBackend(platform, wanted);
  await platform.useBackend(backend.chosen);
  const { sizes, measured } = await measureTrials(plan.trials, dataset, engines(platform, dataset));
  const { valid, test } = dataset.manifest.splits;
  const { halving, rungs, seeds } = plan;
  const rows = { validRows: valid.rows, testRows: test.rows };
  return estimateRace({ sizes, measured, halving, rungs, seeds: seeds.length, ...rows });
}

/** Ends what is being trained, and makes the race. Throws a ProblemError where that cannot be. */
export async function startRace(context: StartContext, options: RaceOptions): Promise<Training> {
  const { platform, dataset } = context;
  const { raceId, plan, before } = options;
  checkRaceData(dataset);
  const backend = await chooseBackend(platform, options.backend);
  await context.endCurrent();
  const { bytes } = await measureRace(platform, dataset, options);
  const emit = (event: RaceEvent) => context.emit({ type: "race", raceId, event });
  const fail = (found: Problem) => emit({ type: "failed", problem: found });
  const mendDevice = createDeviceMender(context, backend);

  const session = createRace({
    plan,
    before,
    bytes,
    limit: RACE_MEMORY,
    dataset,
    control: createControl(),
    createEngine: engines(platform, dataset),
    store: createRaceMemory(),
    emit,
    mend: () => mendDevice((reason) => emit({ type: "deviceLost", reason })),
  });
  return { id: raceId, session, backend, mendsDevice: true, fail };
}

/** A store that lasts as long as the worker: after that, trials that still compete train from their beginning. */
function createRaceMemory(): RaceStore & { readonly snapshots: ReadonlyMap<string, RunSnapshot> } {
  const snapshots = new Map<string, RunSnapshot>();
  const scores = new Map<string, RaceScores>();
  const key = (a: number, b: number) => `${a}/${b}`;
  return {
    snapshots,
    load: async (trial, rung) => snapshots.get(key(trial, rung)) ?? null,
    async keep(trial, rung, snapshot) {
      snapshots.set(key(trial, rung), snapshot);
    },
    async forget(trial, rung) {
      snapshots.delete(key(trial, rung));
    },
    loadScores: async (seedIndex, trial) => scores.get(key(seedIndex, trial)) ?? null,
    async keepScores(seedIndex, trial, found) {
      scores.set(key(seedIndex, trial), found);
    },
  };
}
