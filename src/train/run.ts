// A run: one model, trained and told as a stream of events. The caller owns engine and data set.

import type { TrainEvent } from "./events.ts";
import { createLearner, type LearnerInputs } from "./learner.ts";
import { type LoopInputs, trainLoop } from "./loop.ts";
import { type RunProgress, startProgress } from "./progress.ts";

export interface RunInputs extends LearnerInputs, Omit<LoopInputs, "config"> {
  /** Where a resumed run stands; the engine's state has been written by the caller. */
  from?: RunProgress;
}

export interface Run {
  readonly progress: Readonly<RunProgress>;
  readonly events: AsyncGenerator<TrainEvent, void>;
}

/** Makes a run; it begins when the first event is asked for. Returning from the event loop ends it. */
export function createRun(inputs: RunInputs): Run {
  const progress = structuredClone(inputs.from ?? startProgress(inputs.config));
  return { progress, events: train(inputs, progress) };
}

async function* train(inputs: RunInputs, progress: RunProgress): AsyncGenerator<TrainEvent, void> {
  const learner = createLearner(inputs, progress);
  for await (const { event } of trainLoop([learner], inputs)) yield event;
}
