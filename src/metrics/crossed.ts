// Two models compared on held-out rows, where both are trained anew with each of several seeds. Seeds and rows are both
// samples: another seed gives another difference, and so do other rows. The analysis is that of studies with several
// readers who all read the same cases (Obuchowski and Rockette 1995, "Hypothesis testing of diagnostic accuracy for
// multiple readers and multiple tests"; degrees of freedom by Hillis 2007, "A comparison of denominator degrees of
// freedom methods for multiple observer ROC analysis"): a seed is a reader, a row is a case.
//
// With D_s the difference of seed s, S seeds, MS = Σ(D_s − D̄)²/(S − 1), and C the covariance of two seeds' differences
// over the draw of the rows, averaged over all pairs of seeds:
//     Var(D̄) = (MS + S·max(C, 0)) / S,   df = (MS + S·max(C, 0))² / (MS² / (S − 1)).
// A difference is a mean over rows of what each row contributes, so C follows from the sample covariances of these
// contributions. Their sum over all pairs of seeds is the variance of the contributions summed over seeds, less that of
// each seed by itself: one array of sums is enough, whatever the number of seeds.
//
// Hillis's degrees of freedom are made for more readers than people train seeds. Where few seeds make up most of the
// variance, a small MS by chance gives a narrow interval and many degrees of freedom at once: with 3 seeds it claims a
// difference that is not there in up to 7.8 % of studies instead of 5 %, with 5 seeds in 5.8 %, and at the levels that
// several pairs need far more often still (3 seeds, 1 of 60: 4.4 % instead of 1.7 %). So what is claimed here rests on
// the critical value of Cochran and Cox (1957, "Experimental designs", 4.14): Student's with S − 1 degrees of freedom
// for the share of the variance that is MS's, the normal one for the rest. It is at least as large as Hillis's, the same
// where seeds do not vary or rows do not, and keeps the level of 5 % throughout; of 1 of 60 it makes 1.1 times as much
// at worst with 3 seeds, of 1 of 300 (six members) 1.6 times. With 5 seeds it asks for differences that are 2 to 8 %
// larger, with 3 up to 26 %. `hillis` gives the textbook's interval beside it.

import { normalQuantile, normalTail, studentQuantile, studentTail } from "./distributions.ts";
import { root } from "./root.ts";

/**
 * What each row contributes to a figure of a model, in groups of rows that are drawn independently of each other: one
 * group for a log loss (each row's loss), two for an AUC (DeLong's components of the clicked rows, and of the others).
 * The figure is the mean of any group.
 */
export type Contributions = readonly Float64Array[];

/** A difference of two models' figures, second − first, and how sure it is. */
export interface Estimate {
  /** Mean over seeds. */
  mean: number;
  standardError: number;
  /** Seeds that it rests on. */
  seeds: number;
  /** Whether the draw of the seeds counts: with fewer than three it cannot be judged, and the draw of rows alone does. */
  overSeeds: boolean;
  /** MS: variance of the differences between seeds, on these rows. 0 with one seed. */
  seedVariance: number;
  /** Variance of one seed's difference over the draw of rows, mean over seeds. */
  rowVariance: number;
  /** C: covariance of two seeds' differences over the draw of rows; with one seed its variance. */
  rowCovariance: number;
}

/** From so many seeds on, the analysis speaks of new seeds. */
export const LEAST_SEEDS = 3;

/** What decides the width of an interval. */
type Parts = Pick<Estimate, "seeds" | "seedVariance" | "rowCovariance">;

/** Var(D̄), and the share of it that is MS's. At least two seeds. */
export function varianceOfMean({ seeds, seedVariance, rowCovariance }: Parts): {
  variance: number;
  seedShare: number;
} {
  const total = seedVariance + seeds * Math.max(rowCovariance, 0);
  return { variance: total / seeds, seedShare: total > 0 ? seedVariance / total : 0 };
}

/** A level's critical values, which can be asked for many shares: of a study with `seeds` seeds. */
export function criticalValues(seeds: number, alpha: number): (seedShare: number) => number {
  const normal = normalQuantile(alpha / 2);
  const student = seeds >= LEAST_SEEDS ? studentQuantile(alpha / 2, seeds - 1) : normal;
  return (seedShare) => seedShare * student + (1 - seedShare) * normal;
}

/** Half the width of the 1 − `alpha` interval. */
export function radiusOf(estimate: Estimate, alpha: number): number {
  return criticalValues(estimate.seeds, alpha)(seedShareOf(estimate)) * estimate.standardError;
}

/** Two-sided p of no difference, at least 1e-100; null where the variance is 0 and there is nothing to test. */
export function pOf(estimate: Estimate): number | null {
  const { mean, standardError, seeds, overSeeds } = estimate;
  if (!(standardError > 0)) return null;
  const t = Math.abs(mean) / standardError;
  if (t === 0) return 1;
  if (!overSeeds) return Math.max(LEAST_P, 2 * normalTail(t));
  const share = seedShareOf(estimate);
  // The level at which the critical value is t.
  const excess = (log: number) => Math.log(criticalValues(seeds, Math.exp(log))(share) / t);
  const [low, high] = [Math.log(LEAST_P), -1e-12];
  if (excess(low) <= 0) return LEAST_P;
  return excess(high) >= 0 ? 1 : Math.exp(root(excess, low, high));
}

const LEAST_P = 1e-100;

function seedShareOf(estimate: Estimate): number {
  return estimate.overSeeds ? varianceOfMean(estimate).seedShare : 0;
}

/** The same estimate by Obuchowski and Rockette with Hillis's degrees of freedom; infinite ones mean the normal distribution. */
export function hillis(
  estimate: Estimate,
  alpha: number,
): { degrees: number; radius: number; p: number | null } {
  const { mean, standardError, seeds } = estimate;
  const share = seedShareOf(estimate);
  const degrees = share > 0 ? (seeds - 1) / share ** 2 : Number.POSITIVE_INFINITY;
  const radius = studentQuantile(alpha / 2, degrees) * standardError;
  const p = standardError > 0 ? 2 * studentTail(Math.abs(mean) / standardError, degrees) : null;
  return { degrees, radius, p };
}

/** Gathers several models' figures over seeds. */
export interface Crossing {
  /** Takes in a seed: the contributions of each model on the same rows in the same order, null where it has none. */
  add(models: readonly (Contributions | null)[]): void;
  /** The difference of two models over all seeds so far; null where one of them lacks a seed, or there is none. */
  estimate(pair: number): Estimate | null;
}

/**
 * A crossing of `models` models, compared in `pairs`. It holds one float64 a row and model, however many seeds come, and
 * makes two passes over the rows for each pair and seed.
 */
export function createCrossing(
  models: number,
  pairs: readonly { first: number; second: number }[],
): Crossing {
  /** Contributions summed over seeds; null before the first seed, and for good where a model lacks one. */
  let sums: (Float64Array[] | null)[] | null = null;
  const differences = pairs.map(() => [] as number[]);
  /** Σ over seeds of the variance of each one's difference over the draw of rows. */
  const variances = pairs.map(() => 0);

  function keep(contributions: Contributions | null, model: number): void {
    const sum = sums![model];
    if (!sum || !contributions) {
      sums![model] = null;
      return;
    }
    for (const [group, values] of contributions.entries()) {
      const total = sum[group]!;
      for (let i = 0; i < total.length; i++) total[i]! += values[i]!;
    }
  }

  return {
    add(contributions) {
      for (const [pair, { first, second }] of pairs.entries()) {
        const [a, b] = [contributions[first], contributions[second]];
        if (!a || !b) continue;
        const { mean, variance } = differenceOf(a, b);
        differences[pair]!.push(mean);
        variances[pair]! += variance;
      }
      if (sums) for (let model = 0; model < models; model++) keep(contributions[model]!, model);
      else sums = contributions.map((groups) => groups?.map((values) => values.slice()) ?? null);
    },
    estimate(pair) {
      const { first, second } = pairs[pair]!;
      const [a, b] = [sums?.[first], sums?.[second]];
      if (!a || !b) return null;
      const found = differences[pair]!;
      return estimateOf(found, variances[pair]! / found.length, differenceOf(a, b).variance);
    },
  };
}

/** `rowVariance` is that of one seed, `totalVariance` that of the sum over seeds, both over the draw of rows. */
function estimateOf(found: number[], rowVariance: number, totalVariance: number): Estimate {
  const seeds = found.length;
  const mean = found.reduce((sum, d) => sum + d, 0) / seeds;
  const squares = found.reduce((sum, d) => sum + (d - mean) ** 2, 0);
  const seedVariance = seeds > 1 ? squares / (seeds - 1) : 0;
  const rowCovariance =
    seeds > 1 ? (totalVariance - seeds * rowVariance) / (seeds * (seeds - 1)) : rowVariance;
  const overSeeds = seeds >= LEAST_SEEDS;
  const { variance } = varianceOfMean({ seeds, seedVariance, rowCovariance });
  const standardError = overSeeds ? Math.sqrt(variance) : Math.sqrt(totalVariance) / seeds;
  return { mean, standardError, seeds, overSeeds, seedVariance, rowVariance, rowCovariance };
}

/** The difference of two figures, and its variance over the draw of rows: two passes, since it is small. */
function differenceOf(first: Contributions, second: Contributions): { mean: number; variance: number } {
  let variance = 0;
  let figure = 0;
  for (const [group, a] of first.entries()) {
    const b = second[group]!;
    const rows = a.length;
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += b[i]! - a[i]!;
    const mean = sum / rows;
    let squares = 0;
    for (let i = 0; i < rows; i++) squares += (b[i]! - a[i]! - mean) ** 2;
    variance += squares / (rows - 1) / rows;
    if (group === 0) figure = mean;
  }
  return { mean: figure, variance };
}
