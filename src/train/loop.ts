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
import type { Learner } from "./learner.ts";
import { positionOf } from "./progress.ts";

export interface LoopInputs {
  /** What decides the batches; the same in every learner. */
  config: Pick<Config, "batchSize" | "integers" | "epochs" | "seed">;
  dataset: Dataset;
  control: RunControl;
  /** Steps between evaluations besides those at the ends of epochs; 0: none. */
  evaluateEverySteps: number;
  /** false: no evaluation at all (MindSpore's --do_eval). */
  evaluate?: boolean;
}

/** An event, and which learner it is of. */
export interface Told {
  learner: number;
  event: TrainEvent;
}

// Whoever listens is told about five times a second.
const EVENT_MS = 200;

/**
 * Trains all learners, which stand at the same place, to the end. A learner that meets a problem or stops early says
 * so and leaves; the others go on. The caller may end the generator between two events.
 */
export async function* trainLoop(learners: Learner[], inputs: LoopInputs): AsyncGenerator<Told, void> {
  const { config, dataset, control, evaluateEverySteps } = inputs;
  const active = new Set(learners);
  const shared = { batchSize: config.batchSize, integers: config.integers };
  let told = performance.now();

  /** Does `work` with every learner still training. */
  async function* each(
    work: (learner: Learner) => AsyncGenerator<TrainEvent, void> | Promise<void>,
  ): AsyncGenerator<Told> {
    for (const [index, learner] of learners.entries()) {
      if (!active.has(learner)) continue;
      // A lone learner's time includes the reading of its batches, since nobody shares it.
      if (learners.length > 1) learner.restartClock();
      try {
        const done = work(learner);
        if (done instanceof Promise) await done;
        else for await (const event of done) yield { learner: index, event };
      } catch (cause) {
        if (!(cause instanceof ProblemError)) throw cause;
        active.delete(learner);
        yield { learner: index, event: { type: "failed", problem: cause.problem } };
      }
    }
  }

  async function* pause(): AsyncGenerator<Told> {
    yield* each((learner) => learner.report(true));
    yield* each(async function* ({ progress }) {
      yield { type: "paused", position: positionOf(progress) };
    });
    // Where the last learner has just left, nobody is there who could go on.
    if (active.size === 0) return;
    await control.permission();
    yield* each(async function* (learner) {
      learner.restartClock();
      if (!control.stopping) yield { type: "resumed", position: positionOf(learner.progress) };
    });
  }

  /** One pass over each split that has rows, shared by all learners; nothing when stopped meanwhile. */
  async function* evaluateAll(): AsyncGenerator<Told, Map<Learner, EvaluationPoint[]>> {
    const points = new Map(learners.map((learner) => [learner, [] as EvaluationPoint[]]));
    if (inputs.evaluate === false) return points;
    yield* each((learner) => learner.report(true));
    if (active.size === 0) return points;
    for (const split of ["valid", "test"] as const) {
      if (dataset.manifest.splits[split].rows === 0) continue;
      if (!(yield* evaluatePass(split, points))) return points;
    }
    for (const learner of learners) learner.restartClock();
    return points;
  }

  async function* evaluatePass(
    split: Split,
    points: Map<Learner, EvaluationPoint[]>,
  ): AsyncGenerator<Told, boolean> {
    const totalRows = dataset.manifest.splits[split].rows;
    const scorers = new Map(learners.map((learner) => [learner, learner.scorer(split)]));
    let rows = 0;
    let heard = performance.now();
    for await (const batch of dataset.batches({ ...shared, split, shuffle: null })) {
      yield* each((learner) => scorers.get(learner)!.add(batch));
      rows += batch.rowCount;
      if (control.stopping || active.size === 0) return false;
      if (performance.now() - heard < EVENT_MS) continue;
      heard = performance.now();
      yield* each(async function* () {
        yield { type: "evaluating", split, rows, totalRows };
      });
      await yieldToMessages();
    }
    yield* each(async function* (learner) {
      const point = learner.evaluated(split, scorers.get(learner)!);
      points.get(learner)!.push(point);
      yield { type: "evaluated", point };
    });
    return true;
  }

  /** Whether the evaluation that belongs to the step that `learner` did last is still to come. */
  function evaluationDue({ progress: { step, evaluatedStep } }: Learner): boolean {
    return evaluateEverySteps > 0 && step % evaluateEverySteps === 0 && step > evaluatedStep;
  }

  async function* finish(learner: Learner, reason: FinishReason): AsyncGenerator<TrainEvent> {
    active.delete(learner);
    yield await learner.finish(reason);
  }

  if (dataset.manifest.splits.train.rows === 0) {
    yield* each(async function* () {
      yield { type: "failed", problem: problem("split-empty", { split: "train" }) };
    });
    return;
  }
  yield* each(async function* (learner) {
    yield await learner.start();
    if (learner.progress.ended) yield* finish(learner, "early-stopped");
  });
  if (active.size === 0) return;
  try {
    let reason: FinishReason = "completed";
    const { epoch: firstEpoch, batchInEpoch } = learners[0]!.progress;
    epochs: for (let epoch = firstEpoch; epoch <= config.epochs; epoch++) {
      const options: BatchOptions = {
        ...shared,
        split: "train",
        shuffle: { seed: config.seed, epoch },
        skipBatches: epoch === firstEpoch ? batchInEpoch : 0,
      };
      for await (const batch of dataset.batches(options)) {
        // Learners leave while they report, pause or evaluate, too. Those that are left stand at the same step.
        const [first] = active;
        if (!first) return;
        if (!control.stopping && evaluationDue(first)) {
          const points = yield* evaluateAll();
          if (!control.stopping)
            yield* each(async (learner) => learner.keepEvaluations(points.get(learner)!));
        }
        if (control.waiting) yield* pause();
        if (active.size === 0) return;
        if (control.stopping) {
          reason = "stopped";
          break epochs;
        }
        yield* each((learner) => learner.step(batch));
        if (active.size === 0) return;
        control.stepped();
        if (performance.now() - told >= EVENT_MS) {
          yield* each((learner) => learner.report(false));
          told = performance.now();
          await yieldToMessages();
        }
      }
      yield* each((learner) => learner.report(true));
      const points = yield* evaluateAll();
      if (control.stopping) {
        reason = "stopped";
        break;
      }
      yield* each(async function* (learner) {
        if (yield* learner.endEpoch(points.get(learner)!)) yield* finish(learner, "early-stopped");
      });
      if (active.size === 0) return;
    }
    yield* each((learner) => learner.report(true));
    yield* each((learner) => finish(learner, reason));
  } catch (cause) {
    // What all of them read is damaged.
    if (!(cause instanceof ProblemError)) throw cause;
    yield* each(async function* () {
      yield { type: "failed", problem: cause.problem };
    });
  }
}
