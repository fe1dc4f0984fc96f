// Looks into a model while it is trained, on a fixed sample of held-out rows, within a share of training's time: at each
// evaluation as much as there is time for, the columns in turn, and at the end the rest.

import type { Batch, Split } from "../base/batch.ts";
import type { Engine } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import { type ColumnFacts, createColumnFacts } from "./columnFacts.ts";
import type { EmbeddingMap } from "./embeddings.ts";
import { createFindings } from "./findings.ts";
import { IMPORTANCE_ROWS, type ImportanceFinding, type InteractionFinding } from "./insight.ts";
import {
  createSampleCollector,
  type HeadLogits,
  type Sample,
  type SampleCollector,
  thinned,
} from "./sample.ts";
import {
  type DisputedRow,
  disputedRows,
  measureSlices,
  type Slice,
  sigmoid,
  slicesOfColumn,
  slicesOfPrediction,
} from "./slices.ts";
import { createTimeShare, type TimeLimit } from "./timeShare.ts";

/** What is known of a column at an evaluation. */
export interface FieldFinding extends ColumnFacts {
  /** null until there was time for it; it may be of an earlier evaluation, as its step says. */
  importance: ImportanceFinding | null;
}

/** What an evaluation showed. */
export interface Insight {
  step: number;
  rowsSeen: number;
  /** What the sample was taken from, and its size. */
  split: Split;
  rows: number;
  /** The columns' names. */
  columns: string[];
  /** By column. */
  fields: FieldFinding[];
  /** The newest there is; null until there was time for it. */
  interactions: InteractionFinding | null;
  /** Of looking into the model while training waited, without what was done after its end; and of training. */
  seconds: number;
  trainedSeconds: number;
}

/** How the model did on parts of the sample at an evaluation. */
export interface SliceReport {
  step: number;
  split: Split;
  rows: number;
  slices: Slice[];
  disputed: DisputedRow[];
}

export interface ExaminerInputs {
  config: Config;
  dataset: Dataset;
  /** Does work with the engine between two steps; its time does not count as training. */
  use<T>(work: (engine: Engine) => Promise<T>): Promise<T>;
  /** Seconds of training so far. */
  trainedSeconds(): number;
  /** Whether training is to end now. */
  stopping(): boolean;
  emit(insight: Insight): void;
  /** The run begins at its first step, so that it sees all rows that its model has met. */
  fromStart: boolean;
}

/** A place in a run. */
interface Place {
  step: number;
  rowsSeen: number;
}

export interface Examiner {
  /** The split that the sample is taken from; null where no row is held out. */
  readonly split: Split | null;
  /** The rows that are looked at; null before the first evaluation. */
  readonly sample: Sample | null;
  /** Takes in every batch that passes, in order. */
  take(split: Split, batch: Batch): void;
  /** An evaluation of a split is done, with these logits of all its rows in file order. */
  evaluated(split: Split, logits: HeadLogits, place: Place): void;
  /** Looks into the model as it stands, as far as the limit allows; "all" measures everything anew. */
  examine(place: Place, limit: TimeLimit): Promise<void>;
  /** The sample's row at each evaluation: every head's probability. */
  historyOf(row: number): { step: number; probabilities: number[] }[];
  /** A column's embeddings at the evaluation of that step, or the last one before it whose are kept; null where none are. */
  embeddingMap(step: number | null, column: number): EmbeddingMap | null;
  /** By a column's values or by prediction, at the evaluation of that step, the newest where there is none. */
  slices(step: number | null, by: number | "prediction"): SliceReport | null;
}

/** Slices need more rows than permuting, and cost no evaluation. */
const SAMPLE_ROWS = 10_000;
const MOST_EVALUATIONS = 60;
const MOST_DISPUTED = 12;

/** Looks into the model of one run; its examinations follow one another. */
export function createExaminer(inputs: ExaminerInputs): Examiner {
  const { config, dataset, use, stopping, fromStart } = inputs;
  const { splits, columns } = dataset.manifest;
  const shape = dataset.shape(config.integers);
  const split = (["valid", "test"] as const).find((name) => splits[name].rows > 0) ?? null;
  const time = createTimeShare(inputs.trainedSeconds);
  const ofColumns = { config, shape, columns: columns.length, trainRows: splits.train.rows, fromStart };
  const facts = createColumnFacts(ofColumns);
  const { batchSize } = config;
  const findings = createFindings({ columns: columns.length, batchSize, time, stopping });
  let collector: SampleCollector | null = null;
  let sample: Sample | null = null;
  /** What permuting is measured on. */
  let few: Sample | null = null;
  const evaluations: { place: Place; logits: HeadLogits }[] = [];

  function keepSample(): void {
    if (sample || !collector) return;
    sample = collector.sample();
    collector = null;
    few = thinned(sample, IMPORTANCE_ROWS);
    facts.follow(sample);
  }

  return {
    split,
    get sample() {
      return sample;
    },
    take(of, batch) {
      if (of === "train") facts.see(batch.groups?.tableRows ?? batch.ids, batch.rowCount);
      if (of !== split || sample) return;
      collector ??= createSampleCollector(splits[of].rows, shape.fields, SAMPLE_ROWS);
      collector.add(batch);
    },
    evaluated(of, logits, place) {
      if (of !== split) return;
      keepSample();
      if (evaluations.length >= MOST_EVALUATIONS) evaluations.splice(1, 1);
      const total = splits[of].rows;
      const stride = Math.max(1, Math.ceil(total / SAMPLE_ROWS));
      const own = logits.map((head) =>
        Float32Array.from({ length: sample!.rows }, (_, r) => head[r * stride]!),
      );
      evaluations.push({ place, logits: own });
    },
    async examine(place, limit) {
      if (!few || !split) return;
      const rows = few;
      const allowed = time.begin(limit);
      if (limit === "all") findings.clear();
      if (allowed() <= 0) return;
      const fields = await use(async (engine) => {
        const found = await time.timed(() => facts.read(engine, rows));
        await findings.measure(engine, rows, place.step, allowed);
        return found;
      });
      inputs.emit({
        ...place,
        split,
        rows: rows.rows,
        columns: columns.map(({ name }) => name),
        fields: fields.map((field) => ({ ...field, importance: findings.importance(field.column) })),
        interactions: findings.interactions,
        seconds: time.seconds,
        trainedSeconds: inputs.trainedSeconds(),
      });
    },
    historyOf: (row) =>
      evaluations.map(({ place, logits }) => ({
        step: place.step,
        probabilities: logits.map((head) => sigmoid(head[row]!)),
      })),
    embeddingMap: facts.map,
    slices(step, by) {
      const found = evaluations.findLast(({ place }) => place.step === step) ?? evaluations.at(-1);
      if (!found || !sample || !split) return null;
      const { place, logits } = found;
      const slicing = by === "prediction" ? slicesOfPrediction(logits) : slicesOfColumn(sample, by);
      return {
        step: place.step,
        split,
        rows: sample.rows,
        slices: measureSlices(sample.labels, logits, slicing),
        disputed: disputedRows(sample.labels, logits, MOST_DISPUTED),
      };
    },
  };
}
