// One pass over a split in evaluation mode: exact log loss and AUC of each branch and of the fused output.

import type { Split } from "../base/batch.ts";
import type { Engine } from "../engine/engine.ts";
import { auc } from "../metrics/auc.ts";
import { fusionGain } from "../metrics/fusionGain.ts";
import type { Config } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import type { EvaluationPoint, HeadValues, Position } from "./events.ts";

/** Every row's label and logits of one evaluation, in file order. */
export interface Scores {
  labels: Float32Array;
  /** One array a head: each branch, then the fused output. */
  logits: Float32Array[];
}

export interface SplitEvaluation {
  rows: number;
  logLoss: HeadValues;
  auc: HeadValues | null;
  fusionGain: number;
  seconds: number;
  scores: Scores;
}

/**
 * Evaluates a whole split; yields the number of rows done after each batch, so that the caller can report and let
 * messages through, and returns the metrics. Log loss is the mean over rows, summed in float64.
 */
export async function* evaluateSplit(
  engine: Engine,
  dataset: Dataset,
  config: Config,
  split: Split,
): AsyncGenerator<number, SplitEvaluation> {
  const started = performance.now();
  const heads = config.branches.length + 1;
  const totalRows = dataset.manifest.splits[split].rows;
  const scores: Scores = {
    labels: new Float32Array(totalRows),
    logits: Array.from({ length: heads }, () => new Float32Array(totalRows)),
  };
  const sums = new Float64Array(heads);
  let weightedSum = 0;
  let rows = 0;
  const { batchSize, integers } = config;
  for await (const batch of dataset.batches({ split, batchSize, integers, shuffle: null })) {
    const { losses, logits } = await engine.evaluate(batch);
    for (let h = 0; h < heads; h++) {
      sums[h]! += (h < heads - 1 ? losses.branches[h]! : losses.fused) * batch.rowCount;
      const column = scores.logits[h]!;
      for (let r = 0; r < batch.rowCount; r++) column[rows + r] = logits[r * heads + h]!;
    }
    weightedSum += losses.weightedBranches * batch.rowCount;
    scores.labels.set(batch.labels, rows);
    rows += batch.rowCount;
    yield rows;
  }
  const logLoss = headValues(Array.from(sums, (sum) => sum / rows));
  return {
    rows,
    logLoss,
    auc: headAucs(scores),
    fusionGain: fusionGain(weightedSum / rows, logLoss.fused),
    seconds: (performance.now() - started) / 1000,
    scores,
  };
}

/** The evaluation as a point of a run's curves. */
export function toPoint(evaluation: SplitEvaluation, split: Split, position: Position): EvaluationPoint {
  const { rows, logLoss, auc, fusionGain, seconds } = evaluation;
  return { ...position, split, rows, logLoss, auc, fusionGain, seconds };
}

/** Exact AUC of every head; null where the rows hold one class only. */
export function headAucs({ labels, logits }: Scores): HeadValues | null {
  const values = logits.map((head) => auc(head, labels));
  return values.every((value) => value !== null) ? headValues(values as number[]) : null;
}

/** Splits [branches…, fused]. */
export function headValues(values: number[]): HeadValues {
  return { branches: values.slice(0, -1), fused: values.at(-1)! };
}
