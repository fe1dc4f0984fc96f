// One model under training: does its steps and evaluations, and makes the events that report them. A run has one learner, an arena
// several. Which batches come, and when to pause, evaluate and end, is decided in loop.ts.

import type { Batch, Split } from "../base/batch.ts";
import { type Problem, problem } from "../base/problem.ts";
import { createQueue } from "../base/queue.ts";
import { ProblemError } from "../base/result.ts";
import type { History } from "../checkpoint/history.ts";
import type { RunProgress, StepContext } from "../checkpoint/progress.ts";
import type { BestModel, RunSnapshot } from "../checkpoint/snapshot.ts";
import type { Engine, ModelState, StepReport } from "../engine/engine.ts";
import { type Config, keepsBest } from "../model/config.ts";
import { parameterCount } from "../model/parameters.ts";
import type { EvaluationPoint, FinishReason, ProgressPoint, TrainEvent } from "../runs/events.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createCostTally } from "./cost.ts";
import { createSplitScorer, type Scores, type SplitScorer, toPoint } from "./evaluate.ts";
import { createMeter } from "./meter.ts";
import { positionOf, selectionSplit, startProgress, totalSteps } from "./progress.ts";
import { afterEpoch, rateFactor } from "./schedule.ts";
import { createThroughput } from "./throughput.ts";

export interface LearnerInputs {
  config: Config;
  dataset: Dataset;
  engine: Engine;
  /** Looks at the model and a step's batch before that step, where it is due; its time does not count as training. */
  beforeStep?: {
    isDue(progress: Readonly<RunProgress>): boolean;
    look(engine: Engine, batch: Batch, progress: Readonly<RunProgress>): Promise<void>;
  };
  /** Called when a step is done; a snapshot asked for in it is of that very moment. */
  onStep?: (progress: Readonly<RunProgress>) => void;
  /** Called when an epoch's evaluation was the best so far; a snapshot asked for in it is of that very model. */
  onBest?: () => void;
  /** Receives every step's report, in order. */
  onReport?: (report: StepReport, context: StepContext) => void;
  /** Receives every batch that is trained on, or taken in by a scorer, in order. */
  onBatch?: (split: Split, batch: Batch) => void;
  /** Receives each evaluation's scores, row by row. */
  onScores?: (split: Split, scores: Scores, point: EvaluationPoint) => void;
}

export interface Learner {
  readonly config: Config;
  readonly progress: RunProgress;
  /** Puts a resumed run's state into the engine; to be awaited before anything else. */
  start(): Promise<TrainEvent>;
  /** Trains on a batch. Throws a ProblemError where the loss is no longer finite. */
  step(batch: Batch): Promise<void>;
  /**
   * What was done since the last report, null where that is nothing; `everything`: also the steps that do not fill a
   * point. Throws a ProblemError where the loss is no longer finite.
   */
  report(everything: boolean): Promise<TrainEvent | null>;
  /**
   * Does work with the engine between two of the calls above, whichever is under way, when all steps are done; its time
   * does not count as training.
   */
  use<T>(work: (engine: Engine) => Promise<T>): Promise<T>;
  /** Time since the last step or report does not count: a pause, an evaluation or another learner lay between. */
  restartClock(): void;
  /** Takes in a split batch by batch in evaluation mode. */
  scorer(split: Split): SplitScorer;
  /** Makes a point of a split that was taken in. */
  evaluated(split: Split, scorer: SplitScorer): EvaluationPoint;
  /** Adds the evaluations that belong to the step done last to the history. */
  keepEvaluations(points: EvaluationPoint[]): void;
  /**
   * Ends an epoch with its evaluations: moves the schedule and goes to the next epoch, or stops early, which `progress`
   * says. Where the rate changed, gives the event that says so.
   */
  endEpoch(points: EvaluationPoint[]): Promise<TrainEvent | null>;
  /** Puts the best model back, for a schedule that keeps it; a run that a person stopped can still be resumed. */
  finish(reason: FinishReason): Promise<TrainEvent>;
  /**
   * Everything as it stands between two of the calls above, whichever is under way. `into`: the state of an earlier one
   * that nobody needs any more.
   */
  snapshot(into?: ModelState): Promise<RunSnapshot>;
}

// A GPU has at most this many steps under way.
const STEPS_IN_FLIGHT = 16;
// A curve has at most about this many points, and as many progressive AUCs as pay for their sorting.
const CURVE_POINTS = 5000;
const CURVE_AUCS = 400;
const LEAST_ROWS_PER_AUC = 10_000;

/** A learner at the beginning of its run, or where `from` stands. */
export function createLearner(inputs: LearnerInputs, from?: RunSnapshot): Learner {
  const { config, dataset, engine } = inputs;
  const { splits } = dataset.manifest;
  const steps = totalSteps(config, dataset);
  const totalRows = splits.train.rows * config.epochs;
  const pace = {
    branches: config.branches.length,
    fusion: config.fusion,
    stepsPerPoint: Math.ceil(steps / CURVE_POINTS),
    rowsPerAuc: Math.max(LEAST_ROWS_PER_AUC, Math.ceil(totalRows / CURVE_AUCS)),
  };
  const progress = from ? structuredClone(from.progress) : startProgress(config);
  const meter = createMeter(pace, from?.meter);
  const history: History = {
    progress: [...(from?.history.progress ?? [])],
    evaluations: [...(from?.history.evaluations ?? [])],
  };
  // Weights that a person kept when the run was stopped are not those of its schedule.
  let best: BestModel | null = keepsBest(config) ? (from?.best ?? null) : null;
  let initial = from?.state ?? null;
  const throughput = createThroughput();
  const waiting: StepContext[] = [];
  let points: ProgressPoint[] = [];
  let clock = performance.now();
  /** The loss is no longer finite. */
  let broken: Problem | null = null;
  const tally = createCostTally(engine);
  const exclusively = createQueue();

  function restartClock(): void {
    clock = performance.now();
    // An evaluation's work is not a step's.
    tally.take();
  }

  /** Counts the time since the clock was last read as training. */
  function tick(rows: number): void {
    const now = performance.now();
    const seconds = (now - clock) / 1000;
    clock = now;
    progress.activeSeconds += seconds;
    tally.passed(seconds);
    throughput.add(rows, seconds);
  }

  /** Does `work` and counts its time as that of reporting. */
  async function reporting(work: () => Promise<void>): Promise<void> {
    tick(0);
    const began = clock;
    await work();
    tick(0);
    tally.reported(clock - began);
  }

  async function drain(): Promise<void> {
    // Whoever drained when it showed, a save perhaps, may not have been the loop: that has to end, too.
    if (broken) throw new ProblemError(broken);
    for (const report of await engine.drain()) {
      if (!Number.isFinite(report.losses.total)) {
        broken = await notFinite(report, engine, progress);
        throw new ProblemError(broken);
      }
      const context = waiting.shift()!;
      inputs.onReport?.(report, context);
      addPoint(meter.add(report, context));
    }
  }

  async function lookAhead(batch: Batch): Promise<void> {
    if (!inputs.beforeStep?.isDue(progress)) return;
    // What steps under way still take is theirs.
    await reporting(drain);
    await inputs.beforeStep.look(engine, batch, progress);
    restartClock();
  }

  /** Of the step to come. */
  function rateOf(): number {
    const { step, epoch, schedule } = progress;
    return schedule.learningRate * rateFactor(config, { step, epoch, totalSteps: steps });
  }

  function addPoint(point: ProgressPoint | null): void {
    if (!point) return;
    points.push(point);
    history.progress.push(point);
  }

  function keepEvaluations(evaluations: EvaluationPoint[]): void {
    history.evaluations.push(...evaluations);
    progress.evaluatedStep = progress.step;
  }

  async function readModel(): Promise<BestModel> {
    const { parameters, running } = await engine.read();
    return { parameters, running };
  }

  return {
    config,
    progress,
    async start() {
      const state = initial;
      // A run that was stopped continues; so does a complete one whose configuration has more epochs now.
      if (progress.ended !== "early-stopped") progress.ended = null;
      // A state can be large: it is not held longer than needed.
      initial = null;
      if (state) await exclusively(() => engine.write(state));
      return {
        type: "started",
        position: positionOf(progress),
        totalSteps: steps,
        engine: engine.description,
        parameterCount: parameterCount(config, dataset.shape(config.integers)),
      };
    },
    step: (batch) =>
      exclusively(async () => {
        tally.read(performance.now() - clock);
        await lookAhead(batch);
        const learningRate = rateOf();
        await engine.step(batch, learningRate);
        tick(batch.rowCount);
        progress.step++;
        progress.batchInEpoch++;
        progress.rowsSeen += batch.rowCount;
        waiting.push({ position: positionOf(progress), learningRate, firstPass: progress.epoch === 1 });
        if (waiting.length >= STEPS_IN_FLIGHT) await reporting(drain);
        inputs.onBatch?.("train", batch);
        inputs.onStep?.(progress);
      }),
    async report(everything) {
      await exclusively(() =>
        reporting(async () => {
          await drain();
          if (everything) addPoint(meter.flush());
        }),
      );
      if (points.length === 0) return null;
      const rowsPerSecond = throughput.rowsPerSecond();
      const secondsLeft =
        rowsPerSecond > 0 ? (totalRows - progress.rowsSeen) / rowsPerSecond : Number.POSITIVE_INFINITY;
      const reported = points;
      points = [];
      return {
        type: "progressed",
        points: reported,
        position: positionOf(progress),
        totalSteps: steps,
        cost: tally.take(),
        rowsPerSecond,
        secondsLeft,
      };
    },
    restartClock,
    use: (work) =>
      exclusively(async () => {
        tick(0);
        await drain();
        try {
          return await work(engine);
        } finally {
          restartClock();
        }
      }),
    scorer(split) {
      const scorer = createSplitScorer(engine, dataset, config, split);
      return {
        ...scorer,
        add(batch) {
          inputs.onBatch?.(split, batch);
          return exclusively(() => scorer.add(batch));
        },
      };
    },
    evaluated(split, scorer) {
      const evaluation = scorer.finish();
      const point = toPoint(evaluation, split, positionOf(progress));
      inputs.onScores?.(split, evaluation.scores, point);
      return point;
    },
    keepEvaluations,
    async endEpoch(evaluations) {
      const split = selectionSplit(config, dataset);
      const before = progress.schedule.learningRate;
      const position = positionOf(progress);
      await exclusively(async () => {
        const point = evaluations.find((p) => p.split === split);
        if (point?.auc) {
          const decision = afterEpoch(config, progress.schedule, point.auc.fused);
          const { improved, stop, ...schedule } = decision;
          if (improved && keepsBest(config)) best = await readModel();
          if (improved) progress.best = point;
          progress.schedule = schedule;
          if (stop) progress.ended = "early-stopped";
        }
        keepEvaluations(evaluations);
        if (!progress.ended) {
          progress.epoch++;
          progress.batchInEpoch = 0;
        }
        if (progress.best === point && point) inputs.onBest?.();
      });
      const { learningRate } = progress.schedule;
      if (!split || learningRate === before) return null;
      return { type: "learningRateChanged", learningRate, split, position };
    },
    async finish(reason) {
      progress.ended = reason;
      const kept = reason === "stopped" ? null : best;
      // FuxiCTR puts the best weights back and leaves the optimiser where it is; so do we.
      if (kept) await exclusively(async () => engine.write({ ...(await engine.read()), ...kept }));
      // A completed run's progress stands at the epoch after its last, where more epochs would begin.
      const position = { ...positionOf(progress), epoch: Math.min(progress.epoch, config.epochs) };
      return { type: "finished", reason, position, best: progress.best };
    },
    snapshot: (into) =>
      exclusively(async () => {
        await drain();
        return {
          progress: structuredClone(progress),
          state: await engine.read(into),
          best,
          meter: meter.state(),
          history: { progress: [...history.progress], evaluations: [...history.evaluations] },
        };
      }),
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
