// The planted signal: what decides a click in the synthetic log. Every frequent value has a hidden score; the logit is a
// sum of main effects, products of two scores and products of three, in fixed shares of its variance. The products are
// of the same scores as the main effects: with scores of their own they would be invisible until learnt, and no model
// finds such in two epochs of 100,000 rows.

import { createRandom, type Random } from "../base/random.ts";
import { CATEGORY_SHAPES, INTEGER_SHAPES, type RankSampler } from "./syntheticColumns.ts";

/** One row before it has a label. Ranks count from 1; 0 and NaN stand for a missing value. */
export interface SyntheticRow {
  integers: Float64Array;
  ranks: Float64Array;
}

/** Ranks with scores of their own: rarer values say nothing, so that what can be known can also be learnt. */
const SCORED_RANKS = 40;
const ORDERS = [1, 2, 3] as const;
/** Shares of the logit's variance by order. */
const VARIANCE_SHARES = [0.6, 0.28, 0.12];
/** Standard deviation of the logit; with this a perfect model reaches an AUC of about 0.80. */
const LOGIT_DEVIATION = 1.55;
const CLICK_RATE = 0.26;
const PILOT_ROWS = 20_000;

/** Fields that interact, as places in I1…I13, C1…C26: few and with few values, so that 100,000 rows show it. */
const PAIRS = [
  [field("C17"), field("C23")],
  [field("C6"), field("C14")],
  [field("I11"), field("C20")],
] as const;
const TRIPLES = [[field("C14"), field("C17"), field("C23")]] as const;

/** Gives the click probability of a row. */
export type Signal = (row: SyntheticRow) => number;

/** Draws hidden scores from `seed`, then sets scale and bias on a pilot of rows from `drawRow`. */
export function plantSignal(
  seed: number,
  samplers: readonly RankSampler[],
  drawRow: (random: Random) => SyntheticRow,
): Signal {
  const score = drawScores(seed, samplers);

  /** Sum of the terms of each order. */
  function terms(row: SyntheticRow): [number, number, number] {
    let first = 0;
    for (let f = 0; f < FIELDS; f++) first += MAIN_WEIGHTS[f]! * score(row, f);
    let pairs = 0;
    for (const [f, g] of PAIRS) pairs += score(row, f) * score(row, g);
    let triples = 0;
    for (const [f, g, h] of TRIPLES) triples += score(row, f) * score(row, g) * score(row, h);
    return [first, pairs, triples];
  }

  const random = createRandom(seed, PILOT_STREAM);
  const pilot = Array.from({ length: PILOT_ROWS }, () => terms(drawRow(random)));
  const scales = ORDERS.map((_, o) => {
    const values = pilot.map((sums) => sums[o]!);
    const mean = average(values);
    const deviation = Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
    return { mean, factor: (LOGIT_DEVIATION * Math.sqrt(VARIANCE_SHARES[o]!)) / deviation };
  });
  const logit = (sums: [number, number, number]) =>
    scales.reduce((sum, { mean, factor }, o) => sum + factor * (sums[o]! - mean), 0);
  const bias = biasFor(pilot.map(logit));
  return (row) => probability(logit(terms(row)) + bias);
}

const FIELDS = INTEGER_SHAPES.length + CATEGORY_SHAPES.length;
const SCORE_STREAM = 1;
const PILOT_STREAM = 4;
/** Main effects of the first integers and of the columns with few values weigh more: a model finds them first. */
const MAIN_WEIGHTS = Float64Array.from({ length: FIELDS }, (_, f) => {
  const shape = CATEGORY_SHAPES[f - INTEGER_SHAPES.length];
  return (shape ? shape.cardinality < 1000 : f < 6) ? 1 : 0.25;
});

/**
 * A score for each field of a row, mean 0 and variance 1 over the rows: for a category from a table by rank, for an
 * integer a bent line of its quantile.
 */
function drawScores(
  seed: number,
  samplers: readonly RankSampler[],
): (row: SyntheticRow, field: number) => number {
  const integerScores = INTEGER_SHAPES.map((shape, c) => {
    const random = createRandom(seed, SCORE_STREAM, c);
    const slope = random.uniform() < 0.5 ? -1 : 1;
    const bend = random.normal();
    const missing = random.normal() * 0.7;
    return (value: number) => {
      if (Number.isNaN(value)) return missing;
      const above = value - shape.minimum;
      const quantile = above / (above + shape.median);
      // 3.46 = √12: a uniform number has variance 1/12.
      return 3.46 * (slope * (quantile - 0.5) + bend * (quantile * (1 - quantile) - 1 / 6));
    };
  });
  const categoryScores = samplers.map((sampler, c) => {
    const random = createRandom(seed, SCORE_STREAM, INTEGER_SHAPES.length + c);
    return rankScores(sampler, CATEGORY_SHAPES[c]!.missing, random);
  });
  return ({ integers, ranks }, f) =>
    f < integers.length
      ? integerScores[f]!(integers[f]!)
      : (categoryScores[f - integers.length]![ranks[f - integers.length]!] ?? 0);
}

/** Normal scores by rank (0: missing), made mean 0 and variance 1 under the column's own frequencies. */
function rankScores({ probabilities }: RankSampler, missing: number, random: Random): Float64Array {
  const size = 1 + Math.min(SCORED_RANKS, probabilities.length);
  const weights = Float64Array.from({ length: size }, (_, rank) =>
    rank === 0 ? missing : (1 - missing) * probabilities[rank - 1]!,
  );
  const scores = Float64Array.from(weights, () => random.normal());
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = scores.reduce((sum, score, rank) => sum + weights[rank]! * score, 0) / total;
  const variance = scores.reduce((sum, score, rank) => sum + weights[rank]! * (score - mean) ** 2, 0) / total;
  return scores.map((score) => (score - mean) / Math.sqrt(variance));
}

/** The bias with which these logits have the wanted click rate, by halving. */
function biasFor(logits: number[]): number {
  let low = -10;
  let high = 10;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (average(logits.map((logit) => probability(logit + middle))) < CLICK_RATE) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** 1/(1 + e^−x) but for e^x taken as (1 + x/1024)^1024, ten squarings: engines' own exponentials differ. */
function probability(logit: number): number {
  let power = 1 + Math.max(-30, Math.min(30, -logit)) / 1024;
  for (let i = 0; i < 10; i++) power *= power;
  return 1 / (1 + power);
}

function average(values: number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function field(name: string): number {
  const number = Number(name.slice(1)) - 1;
  return name.startsWith("I") ? number : INTEGER_SHAPES.length + number;
}
