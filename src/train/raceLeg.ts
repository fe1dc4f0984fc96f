// A leg of a race: members train side by side from one step to another, and are looked at there.

import type { Split } from "../base/batch.ts";
import type { RunSnapshot } from "../checkpoint/snapshot.ts";
import type { Engine } from "../engine/engine.ts";
import { type Config, keepsBest } from "../model/config.ts";
import type { RaceEvent } from "../race/record.ts";
import type { EvaluationPoint, TrainEvent } from "../runs/events.ts";
import type { Dataset } from "../shards/dataset.ts";
import type { RunControl } from "./control.ts";
import { totalSteps } from "./progress.ts";
import { createSession } from "./session.ts";

export interface LegInputs {
  members: { config: Config; from?: RunSnapshot | undefined }[];
  /** Of the order of rows. */
  seed: number;
  /** The step at which all of them stand, and the one to come to; null: the end of their training. */
  start: number;
  end: number | null;
  dataset: Dataset;
  control: RunControl;
  createEngine(config: Config): Promise<Engine>;
  evaluated: readonly Split[];
  /** What is said of it while it trains. */
  place: Pick<Extract<RaceEvent, { type: "training" }>, "trials" | "rung" | "seedIndex">;
  emit(event: RaceEvent): void | Promise<void>;
  /** Keeps a member as it stands at `end`. */
  keep?(member: number, snapshot: RunSnapshot): Promise<void>;
  /** Looks at the models at the end of their training. */
  look?(engines: Engine[]): Promise<void>;
  mend?(cause: unknown): Promise<boolean>;
}

/** A member at the end of a leg. */
export interface LegMember {
  /** The evaluation on validation rows of the weights that it holds, or would put back at its end. */
  point: EvaluationPoint | null;
  /** Its schedule stopped it early. */
  ended: boolean;
  problem: string | null;
}

/** Trains a leg; null where it was stopped before its end. */
export async function trainLeg(inputs: LegInputs): Promise<{ members: LegMember[] } | null> {
  const { members, seed, start, end, dataset, createEngine, evaluated, place, keep, look } = inputs;
  const last = end ?? totalSteps(members[0]!.config, dataset);
  const states = members.map((): LegMember => ({ point: null, ended: false, problem: null }));
  const control = legControl(inputs, end === null ? null : end - start, keepAll);

  async function keepAll(): Promise<void> {
    for (const [member, { ended, problem }] of states.entries())
      if (!ended && !problem) await keep?.(member, await session.snapshot(member));
  }

  function take(member: number, event: TrainEvent): void {
    const state = states[member]!;
    if (event.type === "failed") state.problem = `${event.problem.sentence} ${event.problem.remedy}`;
    if (event.type === "evaluated" && event.point.split === "valid") state.point = event.point;
    if (event.type !== "finished" || event.reason === "stopped") return;
    state.ended = event.reason === "early-stopped";
    // A schedule that keeps the best epoch has put its weights back.
    if (event.best?.split === "valid" && keepsBest(members[member]!.config)) state.point = event.best;
  }

  const session = createSession({
    seeds: [seed],
    membersOf: () => members,
    createEngine,
    dataset,
    control,
    // The evaluation of a rung within an epoch; those at the ends of epochs come by themselves.
    evaluateEverySteps: end ?? 0,
    evaluated,
    onSeedStart: () => control.begin(),
    async onSeedEnd(_seedIndex, engines) {
      if (!inputs.control.stopping) await look?.(engines);
    },
    async emit(_seedIndex, member, event) {
      take(member, event);
      if (event.type === "progressed")
        await inputs.emit({ type: "training", ...place, step: event.position.step, steps: last });
    },
    ...(inputs.mend && { mend: inputs.mend }),
  });
  try {
    await session.train();
  } finally {
    session.dispose();
  }
  return inputs.control.stopping ? null : { members: states };
}

/** The person's control of the race, for a session that shall end after so many steps; null: by itself. */
function legControl(
  { control, emit }: Pick<LegInputs, "control" | "emit">,
  steps: number | null,
  arrived: () => Promise<void>,
): RunControl & { begin(): void } {
  let left = steps ?? Number.POSITIVE_INFINITY;
  let isOver = false;
  return {
    ...control,
    begin() {
      left = steps ?? Number.POSITIVE_INFINITY;
      isOver = false;
    },
    get stopping() {
      return isOver || control.stopping;
    },
    get waiting() {
      return !this.stopping && (left === 0 || control.waiting);
    },
    async permission() {
      // All members have paused, after the same step.
      if (left === 0) {
        await arrived();
        isOver = true;
        return;
      }
      await emit({ type: "paused" });
      await control.permission();
      if (!control.stopping) await emit({ type: "resumed" });
    },
    stepped() {
      left--;
      control.stepped();
    },
  };
}
