// An interval for the mean of paired differences that stays valid while one looks at it, after every batch.
//
// Batch i of n_i rows gives the difference D_i of two models' mean losses. Given everything before, its mean is μ_i, and
// S_t = Σ n_i·(D_i − μ_i) is a martingale: the models were fixed before the rows came. The interval is about the running
// mean Σ n_i·μ_i / Σ n_i, whatever course the μ_i take; nothing is assumed constant or independent.
//
// Mixing exp(λS − λ²V/2) over λ ~ N(0, 1/ρ) and Ville's inequality give, at all times at once with probability 1 − α,
//     |S_t| < √((V_t + ρ) · ln((V_t + ρ) / (α²·ρ)))
// (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021, "Time-uniform, nonparametric, nonasymptotic confidence
// sequences", two-sided normal mixture). V_t = Σ n_i²·(D_i − m_i)², m_i the mean of the batches before i. With it the
// bound holds exactly for differences that are symmetric about μ_i = m_i, however heavy their tails (de la Peña 1999),
// and asymptotically for all martingales whose variance may change (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas
// 2024, "Time-uniform central limit theory and asymptotic confidence sequences", for time-varying means); where μ_i
// drifts away from m_i, V_t only grows, and the interval with it. Skewed differences are what is left to fear: the rare
// large ones may not have come yet. Against them the interval is widened by Bernstein's linear term, ln(2/α)/3 times
// the largest |n_i·(D_i − m_i)| so far, which stands in for the bound that nobody knows; and nothing is claimed before
// 60 batches are counted: what happens in one batch of twenty then has failed to show with probability 0.05 at most.
// A difference that hangs on rarer batches than that cannot be bounded without knowing how large they may be (Bahadur
// and Savage 1956). The tests simulate all of this.
//
// ρ must be known before the differences that it bounds, and has their scale. The first batches set it and are not
// counted: in them the models have hardly begun to differ, and one may still be falling from its initial loss.

export interface ConfidenceSequenceOptions {
  /** Probability of ever being wrong. For several pairs: 0.05 / number of pairs (Bonferroni). */
  alpha: number;
  /** Batches that will come at most; the interval is narrowest near the end. */
  batches: number;
}

/** What is known after the batches so far. */
export interface MeanDifference {
  /** Mean difference per row over the rows counted. */
  mean: number;
  /** Half the width of its interval. */
  radius: number;
  /** Rows counted: those after the first batches, which set the scale. */
  rows: number;
  /** Batches to be counted before anything is claimed; 0 once there are enough. */
  batchesToClaim: number;
}

/** Whether a difference is clear: the interval excludes 0, after enough batches. */
export function isClear({ mean, radius, batchesToClaim }: MeanDifference): boolean {
  return batchesToClaim === 0 && Math.abs(mean) > radius;
}

export interface ConfidenceSequence {
  /** Takes in a batch: the difference of the mean losses, and its rows. O(1). */
  add(difference: number, rows: number): void;
  /** null until the first batches have set the scale, and while most differences are 0. */
  readonly current: MeanDifference | null;
  /** Roughly how many rows more would make the interval exclude 0 if mean and variance stay; see `rowsToTell`. */
  rowsToTell(): number | null;
}

// The scale is set by a twentieth of the batches, at least 10: fewer give a poor guess, more waste rows. Of these the
// later half counts, by its median, which a jump on the way does not move.
const SCALE_SHARE = 0.05;
const LEAST_SCALE_BATCHES = 10;
/** Batches that must be counted before a claim. */
export const LEAST_CLAIM_BATCHES = 60;
// The median of a squared standard normal.
const MEDIAN_SQUARE = 0.4549;
// ρ as a share of the V expected at the end. The width is least near 0.12 for α = 0.05 and hardly larger for half or
// double of that.
const PRIOR_SHARE = 0.1;
// Beyond this many times the rows counted, a forecast from them means nothing.
const FARTHEST_FORECAST = 1000;

/** A sequence at level `alpha` over some `batches` batches, which are taken in order. */
export function createConfidenceSequence({ alpha, batches }: ConfidenceSequenceOptions): ConfidenceSequence {
  const scaleBatches = Math.max(LEAST_SCALE_BATCHES, Math.ceil(SCALE_SHARE * batches));
  /** ρ, once it is set. */
  let rho: number | null = null;
  let seen = 0;
  /** Squared deviations of the batches that set it. */
  const squares: number[] = [];
  // Over all batches: for m_i.
  let allRows = 0;
  let allSum = 0;
  // Over the batches counted.
  let counted = 0;
  let rows = 0;
  let sum = 0;
  let variance = 0;
  /** Over these and those that set the scale. */
  let largest = 0;

  function setScale(): void {
    const sorted = squares.toSorted((a, b) => a - b);
    const perBatch = sorted[sorted.length >> 1]! / MEDIAN_SQUARE;
    if (perBatch > 0) rho = PRIOR_SHARE * perBatch * Math.max(1, batches - seen);
    largest = Math.sqrt(sorted.at(-1)!);
    squares.length = 0;
  }

  /** Half the interval's width over `r` rows whose V is `v`. */
  function radiusOf(v: number, r: number): number {
    const mixture = Math.sqrt((v + rho!) * Math.log((v + rho!) / (alpha * alpha * rho!)));
    return (mixture + (Math.log(2 / alpha) / 3) * largest) / r;
  }

  function batchesToClaim(): number {
    return Math.max(0, LEAST_CLAIM_BATCHES - counted);
  }

  return {
    add(difference, batchRows) {
      const deviation = batchRows * (difference - (allRows > 0 ? allSum / allRows : 0));
      const square = deviation * deviation;
      seen++;
      allRows += batchRows;
      allSum += batchRows * difference;
      if (rho === null) {
        if (seen > scaleBatches / 2) squares.push(square);
        if (squares.length >= scaleBatches / 2) setScale();
        return;
      }
      counted++;
      rows += batchRows;
      sum += batchRows * difference;
      variance += square;
      largest = Math.max(largest, Math.abs(deviation));
    },
    get current() {
      if (rho === null || rows === 0) return null;
      return { mean: sum / rows, radius: radiusOf(variance, rows), rows, batchesToClaim: batchesToClaim() };
    },
    /** 0 where the difference is clear already; null where no forecast makes sense. */
    rowsToTell() {
      if (rho === null || rows === 0) return null;
      const least = (batchesToClaim() * rows) / counted;
      const mean = Math.abs(sum / rows);
      const suffices = (r: number) => radiusOf((variance * r) / rows, r) < mean;
      if (suffices(rows)) return least;
      if (!suffices(FARTHEST_FORECAST * rows)) return null;
      let low = rows;
      let high = FARTHEST_FORECAST * rows;
      while (high - low > 0.01 * low) {
        const middle = (low + high) / 2;
        if (suffices(middle)) high = middle;
        else low = middle;
      }
      return Math.max(least, high - rows);
    },
  };
}
