// A race: many configurations train side by side from rung to rung, the best by validation log loss are promoted, and the last
// few are trained anew with fresh seeds and judged on the test rows. What is promoted is decided by src/race/halving.ts from
// the results alone; here it is trained.

import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { RunSnapshot } from "../checkpoint/snapshot.ts";
import type { Engine } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";
import { batchesKey, firstPack } from "../race/estimate.ts";
import { rungStep, standing } from "../race/halving.ts";
import type { RaceEvent, RacePlan, RaceProgress } from "../race/record.ts";
import type { Dataset } from "../shards/dataset.ts";
import type { RunControl } from "./control.ts";
import { totalSteps } from "./progress.ts";
import { createRaceJudge, type RaceScores } from "./raceJudge.ts";
import { trainLeg } from "./raceLeg.ts";
import type { Session } from "./session.ts";
import { createSteering, type Steered } from "./steering.ts";

/** Where a race keeps what it needs to continue after it was cut off. */
export interface RaceStore {
  /** A trial as it came to a rung; null where it was not kept, then the trial trains from its beginning. */
  load(trial: number, rung: number): Promise<RunSnapshot | null>;
  keep(trial: number, rung: number, snapshot: RunSnapshot): Promise<void>;
  /** Nobody needs this snapshot any more. */
  forget(trial: number, rung: number): Promise<void>;
  /** A finalist's fused logits of the test rows under a seed; null where they were not kept. */
  loadScores(seedIndex: number, trial: number): Promise<RaceScores | null>;
  keepScores(seedIndex: number, trial: number, scores: RaceScores): Promise<void>;
}

export interface RaceInputs {
  plan: RacePlan;
  /** What an earlier sitting found. */
  before: RaceProgress;
  /** Bytes of each trial's engine, and of all that may train side by side. */
  bytes: number[];
  limit: number;
  dataset: Dataset;
  control: RunControl;
  createEngine(config: Config): Promise<Engine>;
  store: RaceStore;
  emit(event: RaceEvent): void | Promise<void>;
  /** See SessionInputs. */
  mend?(cause: unknown): Promise<boolean>;
}

/** What a race is asked for while it trains. */
export type RaceSession = Steered & Pick<Session, "step">;

/** Whether a race can be held on this data. Throws a ProblemError. */
export function checkRaceData({ manifest }: Pick<Dataset, "manifest">): void {
  for (const split of ["train", "valid"] as const)
    if (manifest.splits[split].rows === 0)
      throw new ProblemError(
        split === "valid" ? problem("race-without-validation", {}) : problem("split-empty", { split }),
      );
}

/** Makes a race; it begins, or continues, with `train`. */
export function createRace(inputs: RaceInputs): RaceSession {
  const { plan, before, bytes, limit, dataset, control, store } = inputs;
  const { trials, halving, rungs, seed } = plan;
  const results = [...before.results];
  const judge = createRaceJudge(inputs);
  let step = 0;
  const { notePaused, steered } = createSteering(control, trainAll);

  async function emit(event: RaceEvent): Promise<void> {
    if (event.type === "training") step = event.step;
    await inputs.emit(event);
    if (event.type === "paused" || event.type === "resumed") notePaused(event.type === "paused");
  }

  const now = () => standing(halving, rungs.length, trials.length, results);
  const atRung = (trial: number, rung: number) =>
    rung < 0 ? 0 : rungStep(rungs[rung]!, totalSteps(trials[trial]!.config, dataset));

  /** Trains some trials that share their batches and stand at the same step to their next rung. */
  async function advance({ rung, trials: ready }: { rung: number; trials: number[] }): Promise<void> {
    const alike = ready.filter((trial) => keyOf(trial) === keyOf(ready[0]!));
    const found = await snapshotsOf(alike, rung - 1);
    const from = (trial: number) => (found.get(trial) ? atRung(trial, rung - 1) : 0);
    const side = alike.filter((trial) => from(trial) === from(alike[0]!));
    const pack = firstPack(side, bytes, limit, halving.kind === "asynchronous" ? 1 : undefined);
    const [first] = pack as [number];
    const isLast = rung === rungs.length - 1;
    const came = await trainLeg({
      ...inputs,
      emit,
      seed,
      members: pack.map((trial) => ({ config: trials[trial]!.config, from: found.get(trial) ?? undefined })),
      start: from(first),
      end: isLast ? null : atRung(first, rung),
      place: { trials: pack, rung, seedIndex: null },
      evaluated: ["valid"],
      keep: (member, snapshot) => store.keep(pack[member]!, rung, snapshot),
    });
    if (!came) return;
    const added = came.members.map(({ point, ended, problem: met }, member) => ({
      trial: pack[member]!,
      rung,
      step: point?.step ?? 0,
      logLoss: met || !point ? null : point.logLoss.fused,
      auc: point?.auc?.fused ?? null,
      ended,
      problem: met,
    }));
    results.push(...added);
    await emit({ type: "cameToRung", results: added });
    for (const trial of pack) await store.forget(trial, rung - 1);
    await forgetDropped();
  }

  const keyOf = (trial: number) => batchesKey(trials[trial]!.config);

  async function snapshotsOf(some: number[], rung: number): Promise<Map<number, RunSnapshot | null>> {
    const found = new Map<number, RunSnapshot | null>();
    for (const trial of some) found.set(trial, rung < 0 ? null : await store.load(trial, rung));
    return found;
  }

  async function forgetDropped(): Promise<void> {
    for (const [trial, fate] of now().fates.entries())
      if (fate.type === "dropped" || fate.type === "failed") await store.forget(trial, fate.rung);
  }

  async function trainAll(): Promise<void> {
    for (let { next } = now(); next.trials.length > 0 && !control.stopping; { next } = now())
      await advance(next);
    if (!control.stopping) {
      const outcome = await judge(now().finalists, emit);
      if (outcome) await emit({ type: "concluded", outcome });
    }
    if (control.stopping) await emit({ type: "stopped" });
  }

  return {
    ...steered,
    get step() {
      return step;
    },
  };
}
