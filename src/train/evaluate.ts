// One pass over a split in evaluation mode: exact log loss and AUC of each branch and of the fused output.

import type { Batch, Split } from "../base/batch.ts";
import { yieldToMessages } from "../base/yield.ts";
import type { Engine } from "../engine/engine.ts";
import { auc } from "../metrics/auc.ts";
import { aucComponents, aucInterval } from "../metrics/delong.ts";
import { fusionGain } from "../metrics/fusionGain.ts";
import { sampleStride } from "../metrics/inspection.ts";
import { lossIntervals } from "../metrics/lossIntervals.ts";
import type { Config } from "../model/config.ts";
import type { EvaluationPoint, HeadValues, IntervalEnds, Position } from "../runs/points.ts";
import type { Dataset } from "../shards/dataset.ts";
import { hasGate, type RowWeights, rowWeights } from "./fusionWeights.ts";

/** Every row's label and logits of one evaluation, in file order. */
export interface Scores {
  labels: Float32Array;
  /** One array a head: each branch, then the fused output. */
  logits: Float32Array[];
  /** A fusion gate's weights, one array a branch, of every row that an inspection samples; null where they follow from logits. */
  fusionWeights: Float32Array[] | null;
}

export interface SplitEvaluation {
  rows: number;
  logLoss: HeadValues;
  /** 95 % interval of the fused log loss. */
  logLossInterval: IntervalEnds | null;
  /** 95 % interval of the best branch's log loss − the fused one, for all branches at once. */
  bestBranchGapInterval: IntervalEnds | null;
  auc: HeadValues | null;
  /** DeLong's 95 % interval of the fused AUC. */
  aucInterval: IntervalEnds | null;
  fusionGain: number | null;
  /** Seconds of computing, the reading of batches left out. */
  seconds: number;
  scores: Scores;
}

/** Takes a split in, batch by batch. */
export interface SplitScorer {
  add(batch: Batch): Promise<void>;
  /** The metrics over all rows taken in. */
  finish(): SplitEvaluation;
}

/** A scorer of a whole split in evaluation mode. Log loss is the mean over rows, summed in float64. */
export function createSplitScorer(
  engine: Engine,
  dataset: Dataset,
  config: Config,
  split: Split,
): SplitScorer {
  const totalRows = dataset.manifest.splits[split].rows;
  const branches = config.branches.length;
  const heads = branches + 1;
  const gated = hasGate(config, dataset);
  const stride = sampleStride(totalRows);
  let weightsOf: RowWeights | null = null;
  const scores: Scores = {
    labels: new Float32Array(totalRows),
    logits: Array.from({ length: heads }, () => new Float32Array(totalRows)),
    fusionWeights: gated ? Array.from({ length: branches }, () => new Float32Array(totalRows)) : null,
  };
  const sums = new Float64Array(heads);
  let weightedSum = 0;
  let rows = 0;
  let seconds = 0;

  async function weigh(batch: Batch): Promise<void> {
    if (!gated) return;
    weightsOf ??= await rowWeights(engine);
    for (let r = (stride - (rows % stride)) % stride; r < batch.rowCount; r += stride)
      for (const [b, weight] of weightsOf(batch, r).entries()) scores.fusionWeights![b]![rows + r] = weight;
  }

  return {
    async add(batch) {
      await weigh(batch);
      const started = performance.now();
      const { losses, logits } = await engine.evaluate(batch);
      for (let h = 0; h < heads; h++) {
        sums[h]! += (h < heads - 1 ? losses.branches[h]! : losses.fused) * batch.rowCount;
        const column = scores.logits[h]!;
        for (let r = 0; r < batch.rowCount; r++) column[rows + r] = logits[r * heads + h]!;
      }
      weightedSum += losses.weightedBranches * batch.rowCount;
      scores.labels.set(batch.labels, rows);
      rows += batch.rowCount;
      seconds += (performance.now() - started) / 1000;
    },
    finish() {
      const started = performance.now();
      const means = Array.from(sums, (sum) => sum / rows);
      const logLoss = headValues(means);
      const auc = headAucs(scores);
      const interval = fusedAucInterval(scores);
      const ofLosses = lossIntervals(scores.logits, scores.labels, means);
      seconds += (performance.now() - started) / 1000;
      const gain = fusionGain(weightedSum / rows, logLoss.fused, config.fusion);
      return {
        rows,
        logLoss,
        logLossInterval: ofLosses?.logLoss ?? null,
        bestBranchGapInterval: ofLosses?.bestBranchGap ?? null,
        auc,
        aucInterval: interval,
        fusionGain: gain,
        seconds,
        scores,
      };
    },
  };
}

/**
 * Evaluates a whole split; yields the number of rows done after each batch, so that the caller can report and let
 * messages through, and returns the metrics.
 */
export async function* evaluateSplit(
  engine: Engine,
  dataset: Dataset,
  config: Config,
  split: Split,
): AsyncGenerator<number, SplitEvaluation> {
  const { batchSize, integers } = config;
  const scorer = createSplitScorer(engine, dataset, config, split);
  let rows = 0;
  for await (const batch of dataset.batches({ split, batchSize, integers, shuffle: null })) {
    await scorer.add(batch);
    rows += batch.rowCount;
    yield rows;
  }
  return scorer.finish();
}

/**
 * Evaluates a split while others may send messages. `onRows` receives the rows done after each batch.
 */
export async function evaluateAside(
  engine: Engine,
  dataset: Dataset,
  config: Config,
  split: Split,
  onRows: (rows: number) => void = () => {},
): Promise<SplitEvaluation> {
  const passes = evaluateSplit(engine, dataset, config, split);
  for (;;) {
    const pass = await passes.next();
    if (pass.done) return pass.value;
    onRows(pass.value);
    await yieldToMessages();
  }
}

/** The evaluation as a point of a run's curves. */
export function toPoint(evaluation: SplitEvaluation, split: Split, position: Position): EvaluationPoint {
  const { scores: _, ...figures } = evaluation;
  return { ...position, split, ...figures };
}

/** Exact AUC of every head; null where the rows hold one class only. */
function headAucs({ labels, logits }: Pick<Scores, "labels" | "logits">): HeadValues | null {
  const values = logits.map((head) => auc(head, labels));
  return values.every((value) => value !== null) ? headValues(values as number[]) : null;
}

function fusedAucInterval({ labels, logits }: Scores): IntervalEnds | null {
  const components = aucComponents(logits.at(-1)!, labels);
  if (!components) return null;
  const { low, high } = aucInterval(components);
  return { low, high };
}

/** Splits [branches…, fused]. */
export function headValues(values: number[]): HeadValues {
  return { branches: values.slice(0, -1), fused: values.at(-1)! };
}
