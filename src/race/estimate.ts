// What a race takes, said before it starts: memory and time, from steps of its smallest and its largest trial.

import { modesKey } from "../base/numberModes.ts";
import type { Config, InputShape } from "../model/config.ts";
import { parameterCount, parameterSpecs } from "../model/parameters.ts";
import { type Halving, rungStep } from "./halving.ts";

/** What counts in a trial's cost. */
export interface TrialSize {
  parameters: number;
  /** Products of a step, roughly: rows × (dense weights + inputs). */
  work: number;
  /** Of its whole training. */
  steps: number;
  batchSize: number;
}

/** What a trial's time and memory depend on. */
export function trialSize(config: Config, shape: InputShape, trainRows: number): TrialSize {
  const dense = parameterSpecs(config, shape).reduce(
    (sum, { kind, shape: [rows = 0, columns = 1] }) => (kind === "weight" ? sum + rows * columns : sum),
    0,
  );
  return {
    parameters: parameterCount(config, shape),
    work: config.batchSize * (dense + shape.fields * config.embeddingDim),
    steps: config.epochs * Math.ceil(trainRows / config.batchSize),
    batchSize: config.batchSize,
  };
}

/** The trials to measure: the one with least work, and the one with most. */
export function probes(sizes: readonly TrialSize[]): number[] {
  const order = sizes.map((_, i) => i).toSorted((a, b) => sizes[a]!.work - sizes[b]!.work || a - b);
  return [...new Set([order[0]!, order.at(-1)!])];
}

export interface Measured {
  trial: number;
  /** That its engine holds. */
  bytes: number;
  secondsPerStep: number;
}

export interface RaceEstimate {
  /** Bytes that each trial's engine holds while it trains. */
  bytes: number[];
  /** Of the whole race and the judging of its finalists. */
  seconds: number;
}

export interface EstimateInputs {
  sizes: readonly TrialSize[];
  measured: readonly Measured[];
  halving: Halving;
  rungs: readonly number[];
  /** Of the verdict. */
  seeds: number;
  validRows: number;
  testRows: number;
}

/** An evaluation of a batch takes about this share of a training step. */
const EVALUATION_SHARE = 0.35;

/** Between the measured trials, bytes grow in a line with parameters, and seconds with work. */
export function estimateRace(inputs: EstimateInputs): RaceEstimate {
  const { sizes, measured, halving, rungs, seeds, validRows, testRows } = inputs;
  const bytes = sizes.map(({ parameters }) =>
    along(
      parameters,
      measured,
      ({ trial }) => sizes[trial]!.parameters,
      (m) => m.bytes,
    ),
  );
  const perStep = sizes.map(({ work }) =>
    along(
      work,
      measured,
      ({ trial }) => sizes[trial]!.work,
      (m) => m.secondsPerStep,
    ),
  );
  const evaluation = (trial: number, rows: number) =>
    Math.ceil(rows / sizes[trial]!.batchSize) * perStep[trial]! * EVALUATION_SHARE;
  const mean = (of: (trial: number) => number) =>
    sizes.reduce((sum, _, trial) => sum + of(trial), 0) / sizes.length;
  let [left, seconds, before] = [sizes.length, 0, 0];
  for (const share of rungs) {
    const steps = (trial: number) =>
      rungStep(share, sizes[trial]!.steps) - (before > 0 ? rungStep(before, sizes[trial]!.steps) : 0);
    seconds += left * mean((trial) => steps(trial) * perStep[trial]! + evaluation(trial, validRows));
    before = share;
    left = Math.max(halving.finalists, Math.floor(left / halving.eta));
  }
  const finalists = Math.min(halving.finalists, sizes.length);
  if (testRows > 0)
    seconds +=
      seeds *
      finalists *
      mean((trial) => sizes[trial]!.steps * perStep[trial]! + evaluation(trial, validRows + testRows));
  return { bytes, seconds };
}

function along(
  x: number,
  measured: readonly Measured[],
  at: (m: Measured) => number,
  of: (m: Measured) => number,
): number {
  const [low, high] = measured.toSorted((a, b) => at(a) - at(b)) as [Measured, Measured?];
  if (!high || at(high) === at(low)) return Math.max(...measured.map(of));
  const slope = (of(high) - of(low)) / (at(high) - at(low));
  return Math.max(of(low) + slope * (x - at(low)), Math.min(of(low), of(high)));
}

/** So many trials train side by side at most. */
const MOST_AT_ONCE = 16;

/** What decides a trial's batches: trials with the same can train side by side. */
export function batchesKey({ batchSize, epochs, integers }: Config): string {
  return `${batchSize}/${epochs}/${modesKey(integers)}`;
}

/** The first of `trials` that fit into `limit` bytes together; at least one. */
export function firstPack(
  trials: readonly number[],
  bytes: readonly number[],
  limit: number,
  most = MOST_AT_ONCE,
): number[] {
  let held = 0;
  const pack: number[] = [];
  for (const trial of trials) {
    held += bytes[trial]!;
    if (pack.length > 0 && (held > limit || pack.length === most)) break;
    pack.push(trial);
  }
  return pack;
}
