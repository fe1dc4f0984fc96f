// A run: one model, trained and told as a stream of events. The caller owns engine and data set.

import type { RunSnapshot } from "../checkpoint/checkpoint.ts";
import type { RunProgress } from "../checkpoint/progress.ts";
import type { ModelState } from "../engine/engine.ts";
import type { TrainEvent } from "../runs/events.ts";
import { createLearner, type Learner, type LearnerInputs } from "./learner.ts";
import { type LoopInputs, trainLoop } from "./loop.ts";

export interface RunInputs extends LearnerInputs, Omit<LoopInputs, "config"> {
  /** Where a resumed run stands: it goes on from there as if it had never been interrupted. */
  from?: RunSnapshot;
}

export interface Run {
  readonly progress: Readonly<RunProgress>;
  readonly events: AsyncGenerator<TrainEvent, void>;
  /**
   * The run as it stands between two steps, without pausing it; holds until the engine is disposed. `into`: the state of
   * an earlier one that nobody needs any more.
   */
  snapshot(into?: ModelState): Promise<RunSnapshot>;
}

/** Makes a run; it begins when the first event is asked for. Returning from the event loop ends it. */
export function createRun({ from, ...inputs }: RunInputs): Run {
  const learner = createLearner(inputs, from);
  return { progress: learner.progress, events: train(learner, inputs), snapshot: learner.snapshot };
}

async function* train(learner: Learner, inputs: LoopInputs): AsyncGenerator<TrainEvent, void> {
  for await (const { event } of trainLoop([learner], inputs)) yield event;
}
