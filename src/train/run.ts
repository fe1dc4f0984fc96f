// A run: epochs of batches through an engine, told as a stream of events. The caller owns engine and data set.

import type { Split } from "../base/batch.ts";
import { type Problem, problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { Engine, StepReport } from "../engine/engine.ts";
import { type Config, parameterCount } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import type { RunControl } from "./control.ts";
import { evaluateSplit, type Scores, toPoint } from "./evaluate.ts";
import type { EvaluationPoint, FinishReason, Position, ProgressPoint, TrainEvent } from "./events.ts";
import { createMeter, type StepContext } from "./meter.ts";
import { afterEpoch, type ScheduleState } from "./schedule.ts";
import { yieldToMessages } from "./yield.ts";

/** All that a run knows besides the engine's state. Between two events it is consistent with that state. */
export interface RunProgress {
  /** Epoch under way, from 1. */
  epoch: number;
  /** Batches of that epoch that are done. */
  batchInEpoch: number;
  step: number;
  rowsSeen: number;
  activeSeconds: number;
  schedule: ScheduleState;
  /** The best evaluation, on the split that `selectionSplit` names; null where nothing selects. */
  best: EvaluationPoint | null;
}

export interface RunInputs {
  config: Config;
  dataset: Dataset;
  engine: Engine;
  control: RunControl;
  /** Steps between evaluations besides those at the ends of epochs; 0: none. */
  evaluateEverySteps: number;
  /** false: no evaluation at all (MindSpore's --do_eval). */
  evaluate?: boolean;
  /** Where a resumed run stands; the engine's state has been written by the caller. */
  from?: RunProgress;
  /** Receives each evaluation's scores, row by row. */
  onScores?: (split: Split, scores: Scores, point: EvaluationPoint) => void;
}

export interface Run {
  readonly progress: Readonly<RunProgress>;
  readonly events: AsyncGenerator<TrainEvent, void>;
}

// The page is told about five times a second; a GPU has at most this many steps under way.
const EVENT_MS = 200;
const STEPS_IN_FLIGHT = 16;
// A curve has at most about this many points, and as many progressive AUCs as pay for their sorting.
const CURVE_POINTS = 5000;
const CURVE_AUCS = 400;
const LEAST_ROWS_PER_AUC = 10_000;

export function startProgress(config: Config): RunProgress {
  const schedule = { learningRate: config.optimizer.learningRate, bestAuc: null, staleEpochs: 0 };
  return { epoch: 1, batchInEpoch: 0, step: 0, rowsSeen: 0, activeSeconds: 0, schedule, best: null };
}

/**
 * The split that chooses the learning rate and the best epoch: `valid` where there is one. `test` only for the plateau
 * schedule, whose definition names it, and every event says so; with a constant rate nothing is chosen on test.
 */
export function selectionSplit(config: Config, dataset: Dataset): Split | null {
  if (dataset.manifest.splits.valid.rows > 0) return "valid";
  return config.schedule.type === "plateau" && dataset.manifest.splits.test.rows > 0 ? "test" : null;
}

/** Steps of a whole run. */
export function totalSteps(config: Config, dataset: Dataset): number {
  return config.epochs * Math.ceil(dataset.manifest.splits.train.rows / config.batchSize);
}

/** Makes a run; it begins when the first event is asked for. Returning from the event loop ends it. */
export function createRun(inputs: RunInputs): Run {
  const progress = structuredClone(inputs.from ?? startProgress(inputs.config));
  return { progress, events: train(inputs, progress) };
}

async function* train(inputs: RunInputs, progress: RunProgress): AsyncGenerator<TrainEvent, void> {
  const { config, dataset, engine, control } = inputs;
  const shape = dataset.shape(config.integers);
  const steps = totalSteps(config, dataset);
  if (steps === 0) {
    yield { type: "failed", problem: problem("split-empty", { split: "train" }) };
    return;
  }
  const recorder = createRecorder(inputs, progress, steps);
  yield {
    type: "started",
    position: positionOf(progress),
    totalSteps: steps,
    engine: engine.description,
    parameterCount: parameterCount(config, shape),
  };
  try {
    let reason: FinishReason = "completed";
    epochs: while (progress.epoch <= config.epochs) {
      const { batchSize, integers, seed } = config;
      const shuffle = { seed, epoch: progress.epoch };
      const skipBatches = progress.batchInEpoch;
      for await (const batch of dataset.batches({
        split: "train",
        batchSize,
        integers,
        shuffle,
        skipBatches,
      })) {
        if (control.waiting) {
          yield* recorder.report(true);
          yield { type: "paused", position: positionOf(progress) };
          await control.permission();
          recorder.restartClock();
          if (!control.stopping) yield { type: "resumed", position: positionOf(progress) };
        }
        if (control.stopping) {
          reason = "stopped";
          break epochs;
        }
        await recorder.step(batch);
        control.stepped();
        if (recorder.due()) {
          yield* recorder.report(false);
          await yieldToMessages();
        }
        if (inputs.evaluateEverySteps > 0 && progress.step % inputs.evaluateEverySteps === 0)
          yield* evaluateAll(inputs, progress, recorder);
      }
      yield* recorder.report(true);
      if (yield* endEpoch(inputs, progress, recorder)) {
        reason = "early-stopped";
        break;
      }
      progress.epoch++;
      progress.batchInEpoch = 0;
    }
    yield* recorder.report(true);
    if (recorder.bestState) await engine.write(recorder.bestState);
    yield { type: "finished", reason, position: positionOf(progress), best: progress.best };
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause;
    yield { type: "failed", problem: cause.problem };
  }
}

/** Evaluates at an epoch's end and moves the schedule; says whether training stops early. */
async function* endEpoch(
  inputs: RunInputs,
  progress: RunProgress,
  recorder: Recorder,
): AsyncGenerator<TrainEvent, boolean> {
  if (inputs.evaluate === false) return false;
  const points = yield* evaluateAll(inputs, progress, recorder);
  const split = selectionSplit(inputs.config, inputs.dataset);
  const point = points.find((p) => p.split === split);
  if (!split || !point?.auc) return false;
  const before = progress.schedule.learningRate;
  const { improved, stop, ...schedule } = afterEpoch(
    inputs.config.schedule,
    progress.schedule,
    point.auc.fused,
  );
  progress.schedule = schedule;
  if (improved) {
    progress.best = point;
    if (inputs.config.schedule.type === "plateau") recorder.bestState = await inputs.engine.read();
  }
  if (schedule.learningRate !== before)
    yield {
      type: "learningRateChanged",
      learningRate: schedule.learningRate,
      split,
      position: positionOf(progress),
    };
  return stop;
}

/** Evaluates `valid` and `test`, those that have rows. */
async function* evaluateAll(
  inputs: RunInputs,
  progress: RunProgress,
  recorder: Recorder,
): AsyncGenerator<TrainEvent, EvaluationPoint[]> {
  const points: EvaluationPoint[] = [];
  if (inputs.evaluate === false) return points;
  yield* recorder.report(true);
  for (const split of ["valid", "test"] as const) {
    const totalRows = inputs.dataset.manifest.splits[split].rows;
    if (totalRows === 0) continue;
    const passes = evaluateSplit(inputs.engine, inputs.dataset, inputs.config, split);
    let told = performance.now();
    let next = await passes.next();
    for (; !next.done; next = await passes.next()) {
      if (inputs.control.stopping) return points;
      if (performance.now() - told < EVENT_MS) continue;
      told = performance.now();
      yield { type: "evaluating", split, rows: next.value, totalRows };
      await yieldToMessages();
    }
    const point = toPoint(next.value, split, positionOf(progress));
    inputs.onScores?.(split, next.value.scores, point);
    points.push(point);
    yield { type: "evaluated", point };
  }
  recorder.restartClock();
  return points;
}

/** Does the steps, and turns their reports into events. */
interface Recorder {
  /** The model at its best, for a schedule that keeps it. */
  bestState: Awaited<ReturnType<Engine["read"]>> | null;
  step(batch: Parameters<Engine["step"]>[0]): Promise<void>;
  /** Whether it is time to report. */
  due(): boolean;
  /** Reports what was done; `everything` also the steps that do not fill a point. */
  report(everything: boolean): AsyncGenerator<TrainEvent, void>;
  /** Time since the last step does not count: a pause or an evaluation lay between. */
  restartClock(): void;
}

function createRecorder(
  { config, dataset, engine }: RunInputs,
  progress: RunProgress,
  steps: number,
): Recorder {
  const totalRows = dataset.manifest.splits.train.rows * config.epochs;
  const meter = createMeter({
    branches: config.branches.length,
    stepsPerPoint: Math.ceil(steps / CURVE_POINTS),
    rowsPerAuc: Math.max(LEAST_ROWS_PER_AUC, Math.ceil(totalRows / CURVE_AUCS)),
  });
  const throughput = createThroughput();
  const waiting: StepContext[] = [];
  let points: ProgressPoint[] = [];
  let told = performance.now();
  let clock = performance.now();

  async function drain(): Promise<void> {
    for (const report of await engine.drain()) {
      if (!Number.isFinite(report.losses.total))
        throw new ProblemError(await notFinite(report, engine, progress));
      const point = meter.add(report, waiting.shift()!);
      if (point) points.push(point);
    }
  }

  return {
    bestState: null,
    async step(batch) {
      await engine.step(batch, progress.schedule.learningRate);
      const now = performance.now();
      throughput.add(batch.rowCount, (now - clock) / 1000);
      progress.activeSeconds += (now - clock) / 1000;
      clock = now;
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
    due: () => performance.now() - told >= EVENT_MS,
    async *report(everything) {
      await drain();
      const rest = everything ? meter.flush() : null;
      if (rest) points.push(rest);
      told = performance.now();
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
  };
}

/** Rows per second of training alone: the first step (which compiles) and all waiting excluded. */
function createThroughput(): { add(rows: number, seconds: number): void; rowsPerSecond(): number } {
  let first = true;
  let rows = 0;
  let seconds = 0;
  return {
    add(moreRows, moreSeconds) {
      if (!first) {
        rows += moreRows;
        seconds += moreSeconds;
      }
      first = false;
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

function positionOf({ step, epoch, rowsSeen, activeSeconds }: RunProgress): Position {
  return { step, epoch, rowsSeen, activeSeconds, time: Date.now() };
}
