// A run: a session of one member and one seed. The caller owns engine and data set.

import type { RunSnapshot } from "../checkpoint/snapshot.ts";
import type { Engine, ModelState } from "../engine/engine.ts";
import type { TrainEvent } from "../runs/events.ts";
import type { LoopInputs } from "./loop.ts";
import { createSession, type SeedMember, type Session } from "./session.ts";

export interface RunInputs extends SeedMember, Omit<LoopInputs, "config" | "emit"> {
  engine: Engine;
  emit(event: TrainEvent): void | Promise<void>;
}

export interface Run {
  readonly session: Session;
  /** Trains to the end, or until `control` stops it; what a Problem ends is emitted as an event. */
  train(): Promise<void>;
  /**
   * The run as it stands between two steps, without pausing it; holds until the engine is disposed. `into`: the state of
   * an earlier one that nobody needs any more.
   */
  snapshot(into?: ModelState): Promise<RunSnapshot>;
}

/** Makes a run; it begins with `train`. */
export function createRun({ engine, emit, from, ...inputs }: RunInputs): Run {
  const { config, dataset, control, evaluateEverySteps, evaluated, ...hooks } = inputs;
  let start = from;
  const session = createSession({
    seeds: [config.seed],
    membersOf() {
      const member = { ...hooks, config, from: start };
      // A state can be large: it is not held longer than needed.
      start = undefined;
      return [member];
    },
    createEngine: async () => engine,
    dataset,
    control,
    evaluateEverySteps,
    ...(evaluated && { evaluated }),
    emit: (_seedIndex, _member, event) => emit(event),
  });
  return { session, train: session.train, snapshot: (into) => session.snapshot(0, into) };
}
