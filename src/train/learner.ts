// One model under training: does its steps and evaluations, and makes the events that report them. A run has one learner, an arena
// several. Which batches come, and when to pause, evaluate and end, is decided in loop.ts.

import type { Batch, Split } from "../base/batch.ts";
import { createQueue } from "../base/queue.ts";
import type { History } from "../checkpoint/history.ts";
import type { RunProgress, StepContext } from "../checkpoint/progress.ts";
import type { BestModel, RunSnapshot } from "../checkpoint/snapshot.ts";
import type { Engine, ModelState, StepReport } from "../engine/engine.ts";
import { type Config, keepsBest } from "../model/config.ts";
import { parameterCount } from "../model/parameters.ts";
import type { EvaluationPoint, FinishReason, ProgressPoint, TrainEvent } from "../runs/events.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createSplitScorer, type Scores, type SplitScorer, toPoint } from "./evaluate.ts";
import { createMeter, type Meter } from "./meter.ts";
import { positionOf, selectionSplit, startProgress, totalSteps } from "./progress.ts";
import { afterEpoch, rateFactor } from "./schedule.ts";
import { createStepReports, type StepReports } from "./stepReports.ts";
import { createTrainingClock, type TrainingClock } from "./trainingClock.ts";

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

/** Where a learner stands, and what it works with. */
interface State {
  readonly inputs: LearnerInputs;
  readonly totalSteps: number;
  readonly totalRows: number;
  readonly progress: RunProgress;
  readonly history: History;
  readonly clock: TrainingClock;
  readonly meter: Meter;
  readonly reports: StepReports;
  /** Points that no event has reported yet. */
  unreported: ProgressPoint[];
  /** Only with a schedule that keeps it. */
  best: BestModel | null;
}

/** A learner at the beginning of its run, or where `from` stands. */
export function createLearner(inputs: LearnerInputs, from?: RunSnapshot): Learner {
  const { config, dataset, engine } = inputs;
  const state = createState(inputs, from);
  const { progress, clock, reports } = state;
  let resumed = from?.state ?? null;
  // Calls may overlap (a save comes while a step is under way): their work with the engine is done one after another.
  const exclusively = createQueue();
  return {
    config,
    progress,
    async start() {
      const written = resumed;
      // A model's state can be large: it is not held longer than needed.
      resumed = null;
      // A run that was stopped continues; so does a complete one whose configuration has more epochs now.
      if (progress.ended !== "early-stopped") progress.ended = null;
      if (written) await exclusively(() => engine.write(written));
      return {
        type: "started",
        position: positionOf(progress),
        totalSteps: state.totalSteps,
        engine: engine.description,
        parameterCount: parameterCount(config, dataset.shape(config.integers)),
      };
    },
    step: (batch) => exclusively(() => trainStep(state, batch)),
    async report(everything) {
      await exclusively(() =>
        clock.reporting(async () => {
          await reports.drain();
          if (everything) reports.flush();
        }),
      );
      return state.unreported.length === 0 ? null : progressed(state);
    },
    restartClock: clock.restart,
    use: (work) =>
      exclusively(async () => {
        clock.trained(0);
        await reports.drain();
        try {
          return await work(engine);
        } finally {
          clock.restart();
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
    keepEvaluations: (points) => keepEvaluations(state, points),
    async endEpoch(points) {
      const split = selectionSplit(config, dataset);
      const before = progress.schedule.learningRate;
      const position = positionOf(progress);
      await exclusively(() => endEpoch(state, points, split));
      const { learningRate } = progress.schedule;
      if (!split || learningRate === before) return null;
      return { type: "learningRateChanged", learningRate, split, position };
    },
    async finish(reason) {
      progress.ended = reason;
      const kept = reason === "stopped" ? null : state.best;
      // FuxiCTR puts the best weights back and leaves the optimiser where it is; so do we.
      if (kept) await exclusively(async () => engine.write({ ...(await engine.read()), ...kept }));
      // A completed run's progress stands at the epoch after its last, where more epochs would begin.
      const position = { ...positionOf(progress), epoch: Math.min(progress.epoch, config.epochs) };
      return { type: "finished", reason, position, best: progress.best };
    },
    snapshot: (into) =>
      exclusively(async () => {
        await reports.drain();
        return {
          progress: structuredClone(progress),
          state: await engine.read(into),
          best: state.best,
          meter: state.meter.state(),
          history: copyOf(state.history),
        };
      }),
  };
}

function createState(inputs: LearnerInputs, from?: RunSnapshot): State {
  const { config, dataset, engine, onReport } = inputs;
  const steps = totalSteps(config, dataset);
  const totalRows = dataset.manifest.splits.train.rows * config.epochs;
  const progress = from ? structuredClone(from.progress) : startProgress(config);
  const meter = createMeter(
    {
      branches: config.branches.length,
      fusion: config.fusion,
      stepsPerPoint: Math.ceil(steps / CURVE_POINTS),
      rowsPerAuc: Math.max(LEAST_ROWS_PER_AUC, Math.ceil(totalRows / CURVE_AUCS)),
    },
    from?.meter,
  );
  const state: State = {
    inputs,
    totalSteps: steps,
    totalRows,
    progress,
    history: copyOf(from?.history ?? { progress: [], evaluations: [] }),
    clock: createTrainingClock(engine, progress),
    meter,
    reports: createStepReports({ engine, progress, meter, onReport, onPoint: addPoint }),
    unreported: [],
    // Weights that a person kept when the run was stopped are not those of its schedule.
    best: keepsBest(config) ? (from?.best ?? null) : null,
  };
  function addPoint(point: ProgressPoint): void {
    state.unreported.push(point);
    state.history.progress.push(point);
  }
  return state;
}

async function trainStep(state: State, batch: Batch): Promise<void> {
  const { progress, clock, reports, totalSteps, inputs } = state;
  const { config, engine } = inputs;
  clock.batchRead();
  await lookAhead(state, batch);
  const learningRate = progress.schedule.learningRate * rateFactor(config, { ...progress, totalSteps });
  await engine.step(batch, learningRate);
  clock.trained(batch.rowCount);
  progress.step++;
  progress.batchInEpoch++;
  progress.rowsSeen += batch.rowCount;
  const context = { position: positionOf(progress), learningRate, firstPass: progress.epoch === 1 };
  if (reports.dispatched(context) >= STEPS_IN_FLIGHT) await clock.reporting(reports.drain);
  inputs.onBatch?.("train", batch);
  inputs.onStep?.(progress);
}

async function lookAhead({ inputs, progress, clock, reports }: State, batch: Batch): Promise<void> {
  const { beforeStep, engine } = inputs;
  if (!beforeStep?.isDue(progress)) return;
  // What steps under way still take is theirs.
  await clock.reporting(reports.drain);
  await beforeStep.look(engine, batch, progress);
  clock.restart();
}

/** The event that reports all points which wait for it. */
function progressed(state: State): TrainEvent {
  const { unreported: points, progress, totalSteps, totalRows, clock } = state;
  state.unreported = [];
  const rowsPerSecond = clock.rowsPerSecond();
  const secondsLeft =
    rowsPerSecond > 0 ? (totalRows - progress.rowsSeen) / rowsPerSecond : Number.POSITIVE_INFINITY;
  const position = positionOf(progress);
  const cost = clock.takeCost();
  return { type: "progressed", points, position, totalSteps, cost, rowsPerSecond, secondsLeft };
}

function keepEvaluations({ history, progress }: State, points: EvaluationPoint[]): void {
  history.evaluations.push(...points);
  progress.evaluatedStep = progress.step;
}

/** Goes to the next epoch, or ends the run where its schedule says so. `selection`: the split that steers the schedule. */
async function endEpoch(state: State, points: EvaluationPoint[], selection: Split | null): Promise<void> {
  const { progress, inputs } = state;
  const improved = await followSchedule(
    state,
    points.find((point) => point.split === selection),
  );
  keepEvaluations(state, points);
  if (!progress.ended) {
    progress.epoch++;
    progress.batchInEpoch = 0;
  }
  if (improved) inputs.onBest?.();
}

/** Moves the schedule by the evaluation that steers it; gives whether that was the best so far. */
async function followSchedule(state: State, point: EvaluationPoint | undefined): Promise<boolean> {
  if (!point?.auc) return false;
  const { progress, inputs } = state;
  const decision = afterEpoch(inputs.config, progress.schedule, point.auc.fused);
  const { improved, stop, ...schedule } = decision;
  if (improved && keepsBest(inputs.config)) {
    const { parameters, running } = await inputs.engine.read();
    state.best = { parameters, running };
  }
  if (improved) progress.best = point;
  progress.schedule = schedule;
  if (stop) progress.ended = "early-stopped";
  return improved;
}

function copyOf({ progress, evaluations }: History): History {
  return { progress: [...progress], evaluations: [...evaluations] };
}
