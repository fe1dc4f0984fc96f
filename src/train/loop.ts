// The training loop: epochs of batches, read once and given to one learner (a run) or to several (an arena), each
// batch to every learner before the next one comes. A learner does the same whether others are beside it or not.

import type { Split } from "../base/batch.ts";
import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import { yieldToMessages } from "../base/yield.ts";
import type { Config } from "../model/config.ts";
import type { EvaluationPoint, FinishReason, TrainEvent } from "../runs/events.ts";
import type { BatchOptions, Dataset } from "../shards/dataset.ts";
import type { RunControl } from "./control.ts";
import { EVENT_MS, type EvaluationPoints, evaluateSplits } from "./evaluationPass.ts";
import { createGroup, type Emit } from "./group.ts";
import type { Learner } from "./learner.ts";
import { positionOf } from "./progress.ts";

export interface LoopInputs {
  /** What decides the batches; the same in every learner. */
  config: Pick<Config, "batchSize" | "integers" | "epochs" | "seed">;
  dataset: Dataset;
  control: RunControl;
  /** Steps between evaluations besides those at the ends of epochs; 0: none. */
  evaluateEverySteps: number;
  /** Splits that are evaluated; left out, those that have rows. None: MindSpore's --do_eval=False. */
  evaluated?: readonly Split[];
  emit: Emit;
}

type EmitOne = (event: TrainEvent) => void | Promise<void>;

const HELD_OUT = ["valid", "test"] as const;

/** Trains all learners, which stand at the same place, to the end, or until `control` stops them. */
export async function trainLoop(learners: Learner[], inputs: LoopInputs): Promise<void> {
  const { config, dataset, control, evaluateEverySteps, evaluated = HELD_OUT } = inputs;
  const splitRows = (split: Split) => dataset.manifest.splits[split].rows;
  const splits = evaluated.filter((split) => splitRows(split) > 0);
  const batches = { batchSize: config.batchSize, integers: config.integers };
  const group = createGroup(learners, inputs.emit);
  let reported = performance.now();

  async function trainEpochs(): Promise<FinishReason> {
    const { epoch: firstEpoch, batchInEpoch } = learners[0]!.progress;
    for (let epoch = firstEpoch; epoch <= config.epochs && group.size > 0; epoch++) {
      await trainEpoch(epoch, epoch === firstEpoch ? batchInEpoch : 0);
      if (control.stopping) return "stopped";
      await report(true);
      const points = await evaluate();
      if (control.stopping) return "stopped";
      await group.each((learner, emit) => endEpoch(learner, points.get(learner)!, emit));
    }
    return "completed";
  }

  /** Ends early when all learners have left, or are stopped. */
  async function trainEpoch(epoch: number, skipBatches: number): Promise<void> {
    const shuffle = { seed: config.seed, epoch };
    const options: BatchOptions = { ...batches, split: "train", shuffle, skipBatches };
    for await (const batch of dataset.batches(options)) {
      if (!control.stopping && evaluationDue()) await evaluateInEpoch();
      // Held again while it was about to continue, it pauses again.
      while (control.waiting && group.size > 0) await pause();
      if (control.stopping || group.size === 0) return;
      await group.each((learner) => learner.step(batch));
      if (group.size === 0) return;
      control.stepped();
      if (performance.now() - reported < EVENT_MS) continue;
      await report(false);
      reported = performance.now();
      if (group.size === 0) return;
      await yieldToMessages();
    }
  }

  /** Reports what was done; `everything`: also the steps that do not fill a point. */
  function report(everything: boolean): Promise<void> {
    return group.each(async (learner, emit) => {
      const event = await learner.report(everything);
      if (event) await emit(event);
    });
  }

  async function pause(): Promise<void> {
    await report(true);
    await group.emitEach(({ progress }) => ({ type: "paused", position: positionOf(progress) }));
    // Where the last learner has just left, nobody waits for permission.
    if (group.size === 0) return;
    await control.permission();
    await group.each((learner, emit) => {
      learner.restartClock();
      if (!control.stopping) return emit({ type: "resumed", position: positionOf(learner.progress) });
    });
  }

  /** Whether the evaluation that belongs to the step done last is still to come. */
  function evaluationDue(): boolean {
    if (evaluateEverySteps === 0 || !group.first) return false;
    const { step, evaluatedStep } = group.first.progress;
    return step % evaluateEverySteps === 0 && step > evaluatedStep;
  }

  async function evaluateInEpoch(): Promise<void> {
    const points = await evaluate();
    if (!control.stopping) await group.each((learner) => learner.keepEvaluations(points.get(learner)!));
  }

  /** Incomplete when stopped meanwhile. */
  async function evaluate(): Promise<EvaluationPoints> {
    if (splits.length === 0) return new Map(learners.map((learner) => [learner, []]));
    await report(true);
    const points = await evaluateSplits(splits, { learners, group, dataset, batches, control });
    for (const learner of learners) learner.restartClock();
    return points;
  }

  /** Moves the schedule on; a learner that stops early leaves. */
  async function endEpoch(learner: Learner, points: EvaluationPoint[], emit: EmitOne): Promise<void> {
    const changedRate = await learner.endEpoch(points);
    if (changedRate) await emit(changedRate);
    if (learner.progress.ended) await finish(learner, "early-stopped", emit);
  }

  async function finish(learner: Learner, reason: FinishReason, emit: EmitOne): Promise<void> {
    group.leave(learner);
    await emit(await learner.finish(reason));
  }

  if (splitRows("train") === 0) return group.fail(problem("split-empty", { split: "train" }));
  await group.each(async (learner, emit) => {
    await emit(await learner.start());
    if (learner.progress.ended) await finish(learner, "early-stopped", emit);
  });
  try {
    const reason = await trainEpochs();
    await report(true);
    await group.each((learner, emit) => finish(learner, reason, emit));
  } catch (cause) {
    // What all of them read is damaged.
    if (!(cause instanceof ProblemError)) throw cause;
    await group.fail(cause.problem);
  }
}
