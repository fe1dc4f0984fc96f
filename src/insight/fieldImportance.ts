// Permutation importance (Breiman 2001, "Random Forests"; Fisher, Rudin and Dominici 2019, "All Models are Wrong, but
// Many are Useful"): how much worse a model is on held-out rows when one column's values are dealt to the rows anew.

import { type AucComponents, aucComponents, aucDifference } from "../metrics/delong.ts";
import { normalQuantile } from "../metrics/distributions.ts";
import { rowLogLosses } from "../metrics/logLoss.ts";
import {
  type Evaluate,
  type HeadLogits,
  permutation,
  type Sample,
  scoreSample,
  withValuesOf,
} from "./sample.ts";

/** A mean with the half-width of its 95 % interval over other rows like these. */
export interface Measured {
  mean: number;
  radius: number;
}

/** What a head loses when a column's values are permuted; above 0: the head uses the column. */
export interface Drop {
  /** Rise of log loss, in nats a row. */
  logLoss: Measured;
  /** Drop of AUC; null where the rows hold fewer than two of a class. */
  auc: Measured | null;
}

/** How a head does on a sample as it is. */
interface Baseline {
  losses: Float64Array;
  auc: AucComponents | null;
}

export interface FieldImportance {
  /** Permutes the column `repeats` times, each in one pass over the sample; gives each branch's drop, then the fused one's. */
  measure(column: number, repeats: number): Promise<Drop[]>;
}

const Z = normalQuantile(0.025);

/**
 * Measures columns against the sample's present `logits`, those of the same model.
 * Intervals are over rows: each row's difference is averaged over the repeats first, AUC's by DeLong's components.
 */
export function createFieldImportance(
  evaluate: Evaluate,
  sample: Sample,
  logits: HeadLogits,
  batchSize: number,
): FieldImportance {
  const baselines = logits.map((head) => baselineOf(head, sample.labels));
  return {
    async measure(column, repeats) {
      const sums = baselines.map(emptySums);
      for (let repeat = 0; repeat < repeats; repeat++) {
        const donors = permutation(sample.rows, column, repeat);
        const permuted = await scoreSample(evaluate, withValuesOf(sample, [column], donors), batchSize);
        for (const [h, head] of permuted.entries()) addTo(sums[h]!, baselineOf(head, sample.labels), repeats);
      }
      return sums.map((sum, h) => dropBetween(baselines[h]!, sum));
    },
  };
}

function baselineOf(logits: Float32Array, labels: Float32Array): Baseline {
  return { losses: rowLogLosses(logits, labels), auc: aucComponents(logits, labels) };
}

function emptySums({ losses, auc }: Baseline): Baseline {
  return {
    losses: new Float64Array(losses.length),
    auc: auc && {
      auc: 0,
      positives: new Float64Array(auc.positives.length),
      negatives: new Float64Array(auc.negatives.length),
    },
  };
}

/** Adds one of `repeats` to their mean. */
function addTo(mean: Baseline, { losses, auc }: Baseline, repeats: number): void {
  const add = (to: Float64Array, from: Float64Array) => {
    for (let i = 0; i < to.length; i++) to[i]! += from[i]! / repeats;
  };
  add(mean.losses, losses);
  if (!auc) mean.auc = null;
  if (!mean.auc || !auc) return;
  mean.auc.auc += auc.auc / repeats;
  add(mean.auc.positives, auc.positives);
  add(mean.auc.negatives, auc.negatives);
}

function dropBetween(before: Baseline, after: Baseline): Drop {
  const auc = before.auc && after.auc ? aucDifference(after.auc, before.auc) : null;
  return {
    logLoss: measured(after.losses.map((loss, r) => loss - before.losses[r]!)),
    auc: auc && { mean: auc.difference, radius: Z * auc.standardError },
  };
}

/** The mean of independent values, with the interval of the normal approximation. */
export function measured(values: Float64Array): Measured {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, radius: n > 1 ? Z * Math.sqrt(squares / (n - 1) / n) : Number.POSITIVE_INFINITY };
}
