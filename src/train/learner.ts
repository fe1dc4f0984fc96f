// One model under training: does its steps and evaluations, and tells them as events. A run has one learner, an arena
// several. Which batches come, and when to pause, evaluate and end, is decided in loop.ts.

import type { Batch, Split } from "../base/batch.ts";
import { type Problem, problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { Engine, StepReport } from "../engine/engine.ts";
import { type Config, parameterCount } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createSplitScorer, type Scores, type SplitScorer, toPoint } from "./evaluate.ts";
import type { EvaluationPoint, FinishReason, ProgressPoint, TrainEvent } from "./events.ts";
import { createMeter, type StepContext } from "./meter.ts";
import { positionOf, type RunProgress, selectionSplit, totalSteps } from "./progress.ts";
import { afterEpoch } from "./schedule.ts";

export interface LearnerInputs {
  config: Config;
  dataset: Dataset;
  engine: Engine;
  /** Receives every step's report, in order. */
  onReport?: (report: StepReport, context: StepContext) => void;
  /** Receives each evaluation's scores, row by row. */
  onScores?: (split: Split, scores: Scores, point: EvaluationPoint) => void;
}

export interface Learner {
  readonly config: Config;
  readonly progress: RunProgress;
  started(): TrainEvent;
  /** Trains on a batch. Throws a ProblemError where the loss is no longer finite. */
  step(batch: Batch): Promise<void>;
  /** Reports what was done; `everything` also the steps that do not fill a point. */
  report(everything: boolean): AsyncGenerator<TrainEvent, void>;
  /** Time since the last step or report does not count: a pause, an evaluation or another learner lay between. */
  restartClock(): void;
  /** Takes in a split batch by batch in evaluation mode. */
  scorer(split: Split): SplitScorer;
  /** Makes a point of a split that was taken in. */
  evaluated(split: Split, scorer: SplitScorer): EvaluationPoint;
  /** Moves the schedule after an epoch's evaluations; tells a changed rate, and says whether training stops early. */
  endEpoch(points: EvaluationPoint[]): AsyncGenerator<TrainEvent, boolean>;
  /** Puts the best state back, for a schedule that keeps it. */
  finish(reason: FinishReason): Promise<TrainEvent>;
}

// A GPU has at most this many steps under way.
const STEPS_IN_FLIGHT = 16;
// A curve has at most about this many points, and as many progressive AUCs as pay for their sorting.
const CURVE_POINTS = 5000;
const CURVE_AUCS = 400;
const LEAST_ROWS_PER_AUC = 10_000;

/** A learner that stands at `progress`, which it keeps up to date; the engine's state is the caller's matter. */
export function createLearner(inputs: LearnerInputs, progress: RunProgress): Learner {
  const { config, dataset, engine } = inputs;
  const { splits } = dataset.manifest;
  const steps = totalSteps(config, dataset);
  const totalRows = splits.train.rows * config.epochs;
  const meter = createMeter({
    branches: config.branches.length,
    stepsPerPoint: Math.ceil(steps / CURVE_POINTS),
    rowsPerAuc: Math.max(LEAST_ROWS_PER_AUC, Math.ceil(totalRows / CURVE_AUCS)),
  });
  const throughput = createThroughput();
  const waiting: StepContext[] = [];
  let points: ProgressPoint[] = [];
  let clock = performance.now();
  let bestState: Awaited<ReturnType<Engine["read"]>> | null = null;

  /** Counts the time since the clock was last read as training. */
  function tick(rows: number): void {
    const now = performance.now();
    const seconds = (now - clock) / 1000;
    clock = now;
    progress.activeSeconds += seconds;
    throughput.add(rows, seconds);
  }

  async function drain(): Promise<void> {
    for (const report of await engine.drain()) {
      if (!Number.isFinite(report.losses.total))
        throw new ProblemError(await notFinite(report, engine, progress));
      const context = waiting.shift()!;
      inputs.onReport?.(report, context);
      const point = meter.add(report, context);
      if (point) points.push(point);
    }
  }

  return {
    config,
    progress,
    started: () => ({
      type: "started",
      position: positionOf(progress),
      totalSteps: steps,
      engine: engine.description,
      parameterCount: parameterCount(config, dataset.shape(config.integers)),
    }),
    async step(batch) {
      await engine.step(batch, progress.schedule.learningRate);
      tick(batch.rowCount);
      progress.step++;
      progress.batchInEpoch++;
      progress.rowsSeen += batch.rowCount;
      waiting.push({
        position: positionOf(progress),
        learningRate: progress.schedule.learningRate,
        firstPass: progress.epoch === 1,
      });
      if (waiting.length >= STEPS_IN_FLIGHT) await drain();
    },
    async *report(everything) {
      await drain();
      tick(0);
      const rest = everything ? meter.flush() : null;
      if (rest) points.push(rest);
      if (points.length === 0) return;
      const rowsPerSecond = throughput.rowsPerSecond();
      const secondsLeft =
        rowsPerSecond > 0 ? (totalRows - progress.rowsSeen) / rowsPerSecond : Number.POSITIVE_INFINITY;
      const event = { points, position: positionOf(progress), totalSteps: steps, rowsPerSecond, secondsLeft };
      points = [];
      yield { type: "progressed", ...event };
    },
    restartClock() {
      clock = performance.now();
    },
    scorer: (split) => createSplitScorer(engine, config.branches.length, splits[split].rows),
    evaluated(split, scorer) {
      const evaluation = scorer.finish();
      const point = toPoint(evaluation, split, positionOf(progress));
      inputs.onScores?.(split, evaluation.scores, point);
      return point;
    },
    async *endEpoch(evaluations) {
      const split = selectionSplit(config, dataset);
      const point = evaluations.find((p) => p.split === split);
      if (!split || !point?.auc) return false;
      const before = progress.schedule.learningRate;
      const { improved, stop, ...schedule } = afterEpoch(config.schedule, progress.schedule, point.auc.fused);
      progress.schedule = schedule;
      if (improved) {
        progress.best = point;
        if (config.schedule.type === "plateau") bestState = await engine.read();
      }
      const { learningRate } = schedule;
      if (learningRate !== before)
        yield { type: "learningRateChanged", learningRate, split, position: positionOf(progress) };
      return stop;
    },
    async finish(reason) {
      if (bestState) await engine.write(bestState);
      // A completed run's progress stands at the epoch after its last, where more epochs would go on.
      const position = { ...positionOf(progress), epoch: Math.min(progress.epoch, config.epochs) };
      return { type: "finished", reason, position, best: progress.best };
    },
  };
}

/** Rows per second of training alone: the first step (which compiles) and all waiting excluded. */
function createThroughput(): { add(rows: number, seconds: number): void; rowsPerSecond(): number } {
  let warm = false;
  let rows = 0;
  let seconds = 0;
  return {
    add(moreRows, moreSeconds) {
      if (warm) {
        rows += moreRows;
        seconds += moreSeconds;
      }
      if (moreRows > 0) warm = true;
      // Half of what is long ago is forgotten, so the figure follows the machine.
      if (seconds > 20) {
        rows /= 2;
        seconds /= 2;
      }
    },
    rowsPerSecond: () => (seconds > 0 ? rows / seconds : 0),
  };
}

async function notFinite(report: StepReport, engine: Engine, progress: RunProgress): Promise<Problem> {
  const { parameters } = await engine.read();
  const broken = [...parameters].find(([, { values }]) => !values.every(Number.isFinite));
  return problem("loss-not-finite", {
    step: report.step,
    tensor: broken ? broken[0] : "the loss",
    learningRate: progress.schedule.learningRate,
  });
}
