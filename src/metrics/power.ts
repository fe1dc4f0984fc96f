// What a comparison over seeds and held-out rows can show, before it is made: the analysis of crossed.ts turned round.

import { criticalValues, type Estimate, LEAST_SEEDS, varianceOfMean } from "./crossed.ts";
import { normalQuantile, normalTail } from "./distributions.ts";
import { root } from "./root.ts";

/** Where the difference of two configurations varies, apart from how many seeds and rows look at it. */
export interface Spread {
  /** Variance between seeds, on endless rows. */
  seeds: number;
  /** Variance from row to row that all seeds share. */
  sharedRows: number;
  /** Variance from row to row that each seed has of its own. */
  ownRows: number;
}

/** How large a study is. */
export interface Study {
  seeds: number;
  /** Held-out rows. */
  rows: number;
  /** Level of a claim: 0.05 over the number of pairs. */
  alpha: number;
}

/** The power that plans ask for. */
export const PLANNED_POWER = 0.8;

/** Where an estimate from `rows` rows varied. */
export function spreadOf(estimate: Estimate, rows: number): Spread {
  const shared = Math.max(0, estimate.rowCovariance);
  const own = Math.max(0, estimate.rowVariance - shared);
  return { seeds: Math.max(0, estimate.seedVariance - own), sharedRows: shared * rows, ownRows: own * rows };
}

/** The probability that a study claims a difference whose true size is `difference`. */
export function powerOf(spread: Spread, study: Study, difference: number): number {
  return powerOver(outcomesOf(spread, study), difference);
}

/** The smallest difference that a study claims with a probability of `power`; 0 where nothing varies. */
export function smallestDifference(spread: Spread, study: Study, power = PLANNED_POWER): number {
  const outcomes = outcomesOf(spread, study);
  const { standardError } = outcomes;
  if (standardError === 0) return 0;
  let high = standardError;
  while (powerOver(outcomes, high) < power) high *= 2;
  return root((difference) => powerOver(outcomes, difference) - power, 0, high);
}

/** The least number of seeds above the study's own that would claim `difference` with `power`; null beyond `most`. */
export function seedsNeeded(
  spread: Spread,
  study: Study,
  difference: number,
  most = 50,
  power = PLANNED_POWER,
): number | null {
  const suffices = (seeds: number) => powerOf(spread, { ...study, seeds }, difference) >= power;
  let [low, high] = [study.seeds, most];
  if (!(difference > 0) || high <= low || !suffices(high)) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (suffices(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The least number of rows, to about 1 %, above the study's own that would claim it; null beyond `times` as many. */
export function rowsNeeded(
  spread: Spread,
  study: Study,
  difference: number,
  times = 1000,
  power = PLANNED_POWER,
): number | null {
  const suffices = (rows: number) => powerOf(spread, { ...study, rows }, difference) >= power;
  let [low, high] = [study.rows, times * study.rows];
  if (!(difference > 0) || !suffices(high)) return null;
  while (high > 1.01 * low) {
    const middle = Math.sqrt(low * high);
    if (suffices(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** What may come out of a study: how large a mean difference has to be to be claimed, and how probable that is. */
interface Outcomes {
  /** Of the mean difference. */
  standardError: number;
  thresholds: { probability: number; threshold: number }[];
}

/**
 * MS is spread as σ²χ²/(S − 1) and decides, with C, the width of the interval. C comes from
 * many rows and is taken as known; the mean difference is normal and independent of MS.
 */
function outcomesOf(spread: Spread, { seeds, rows, alpha }: Study): Outcomes {
  const rowCovariance = spread.sharedRows / rows;
  const ofOneSeed = spread.ownRows / rows;
  if (seeds < LEAST_SEEDS) {
    const standardError = Math.sqrt(rowCovariance + ofOneSeed / seeds);
    const threshold = normalQuantile(alpha / 2) * standardError;
    return { standardError, thresholds: [{ probability: 1, threshold }] };
  }
  const seedVariance = spread.seeds + ofOneSeed;
  const { variance } = varianceOfMean({ seeds, seedVariance, rowCovariance });
  const critical = criticalValues(seeds, alpha);
  const thresholds = chi(seeds - 1).map(({ value, probability }) => {
    const found = { seeds, seedVariance: (seedVariance * value ** 2) / (seeds - 1), rowCovariance };
    const { variance, seedShare } = varianceOfMean(found);
    return { probability, threshold: critical(seedShare) * Math.sqrt(variance) };
  });
  return { standardError: Math.sqrt(variance), thresholds };
}

/** Values of a chi distribution with their probabilities: its density u^(k−1)·exp(−u²/2) at the middles of equal steps. */
function chi(degrees: number): { value: number; probability: number }[] {
  const steps = 150;
  const center = Math.sqrt(degrees);
  const [low, high] = [Math.max(0, center - 5), center + 5];
  const values = Array.from({ length: steps }, (_, i) => low + ((i + 0.5) / steps) * (high - low));
  const logs = values.map((u) => (degrees - 1) * Math.log(u) - (u * u) / 2);
  const greatest = Math.max(...logs);
  const densities = logs.map((log) => Math.exp(log - greatest));
  const total = densities.reduce((sum, density) => sum + density, 0);
  return values.map((value, i) => ({ value, probability: densities[i]! / total }));
}

function powerOver({ standardError, thresholds }: Outcomes, difference: number): number {
  if (standardError === 0) return difference === 0 ? 0 : 1;
  return thresholds.reduce((sum, { probability, threshold }) => {
    const above = normalTail((threshold - difference) / standardError);
    const below = normalTail((threshold + difference) / standardError);
    return sum + probability * (above + below);
  }, 0);
}
