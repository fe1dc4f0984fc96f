// One evaluation of all learners of a loop: a pass over each split, whose batches all of them score.

import type { Split } from "../base/batch.ts";
import { yieldToMessages } from "../base/yield.ts";
import type { EvaluationPoint } from "../runs/events.ts";
import type { BatchOptions, Dataset } from "../shards/dataset.ts";
import type { RunControl } from "./control.ts";
import type { Group } from "./group.ts";
import type { Learner } from "./learner.ts";

export type EvaluationPoints = Map<Learner, EvaluationPoint[]>;

export interface EvaluationPassInputs {
  learners: Learner[];
  /** Those of `learners` that still train. */
  group: Group;
  dataset: Dataset;
  batches: Pick<BatchOptions, "batchSize" | "integers">;
  control: RunControl;
}

/** Progress is reported about five times a second. */
export const EVENT_MS = 200;

/** Evaluates `splits` in their order and emits each point; the points are incomplete where `control` stops the pass. */
export async function evaluateSplits(
  splits: readonly Split[],
  inputs: EvaluationPassInputs,
): Promise<EvaluationPoints> {
  const points: EvaluationPoints = new Map(inputs.learners.map((learner) => [learner, []]));
  for (const split of splits) if (!(await evaluateSplit(split, inputs, points))) break;
  return points;
}

/** false when stopped meanwhile. */
async function evaluateSplit(
  split: Split,
  { learners, group, dataset, batches, control }: EvaluationPassInputs,
  points: EvaluationPoints,
): Promise<boolean> {
  if (group.size === 0) return false;
  const totalRows = dataset.manifest.splits[split].rows;
  const scorers = new Map(learners.map((learner) => [learner, learner.scorer(split)]));
  let rows = 0;
  let reported = performance.now();
  for await (const batch of dataset.batches({ ...batches, split, shuffle: null })) {
    await group.each((learner) => scorers.get(learner)!.add(batch));
    rows += batch.rowCount;
    if (control.stopping || group.size === 0) return false;
    if (performance.now() - reported < EVENT_MS) continue;
    reported = performance.now();
    await group.emitEach(() => ({ type: "evaluating", split, rows, totalRows }));
    await yieldToMessages();
  }
  await group.emitEach((learner) => {
    const point = learner.evaluated(split, scorers.get(learner)!);
    points.get(learner)!.push(point);
    return { type: "evaluated", point };
  });
  return true;
}
