// Looks into a model while it is trained, on a fixed sample of held-out rows, within a share of training's time: at each
// evaluation as much as there is time for, the columns in turn, and at the end the rest.

import type { Batch, Split } from "../base/batch.ts";
import type { Engine } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";
import { parameterCount } from "../model/parameters.ts";
import type { Dataset } from "../shards/dataset.ts";
import {
  type ColumnIds,
  columnIds,
  type EmbeddingMap,
  type EmbeddingRows,
  embeddingMap,
  embeddingRows,
  updateRate,
} from "./embeddings.ts";
import { createSeenIds, embeddingNorm, gateWeights, unseenShare } from "./fieldFacts.ts";
import {
  byImportance,
  IMPORTANCE_ROWS,
  type ImportanceFinding,
  INTERACTION_COLUMNS,
  type InteractionFinding,
  measureImportance,
  measureInteractions,
} from "./insight.ts";
import {
  createSampleCollector,
  type HeadLogits,
  type Sample,
  type SampleCollector,
  scoreSample,
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

/** What is known of a column at an evaluation. */
export interface FieldFinding {
  column: number;
  /** null until there was time for it; it may be of an earlier evaluation, as its step says. */
  importance: ImportanceFinding | null;
  /** Mean norm of its weighted embeddings on the sample; null for a model that takes too long to read. */
  embeddingNorm: number | null;
  /** Relative change of its embeddings a step since the evaluation before; null at the first. */
  updateRate: number | null;
  /** Share of the sample's values whose id training has not met; null where a resumed run's earlier rows are not known. */
  unseenShare: number | null;
  /** Each branch's mean |feature gate|; null without feature gating. */
  gates: (number | null)[];
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
  /**
   * Looks into the model as it stands. "share": within its share of training's time; "end": also for as long again as training
   * took, a few seconds at most; "all": everything anew.
   */
  examine(place: Place, within: "share" | "end" | "all"): Promise<void>;
  /** The sample's row at each evaluation: every head's probability. */
  historyOf(row: number): { step: number; probabilities: number[] }[];
  /** A column's embeddings at the evaluation of that step, or the last one before it whose are kept; null where none are. */
  embeddingMap(step: number | null, column: number): EmbeddingMap | null;
  /** By a column's values or by prediction, at the evaluation of that step, the newest where there is none. */
  slices(step: number | null, by: number | "prediction"): SliceReport | null;
}

/** Of training's time; with what gradients take (gradients.ts) it stays below 5 %. */
const SHARE = 0.028;
const LEAST_SECONDS_AT_END = 2.5;
/** Slices need more rows than permuting, and cost no evaluation. */
const SAMPLE_ROWS = 10_000;
const MOST_EVALUATIONS = 60;
const MOST_IDS = 300;
const MOST_DISPUTED = 12;
/** Numbers of embeddings that are kept, of all evaluations together. */
const MOST_EMBEDDING_FLOATS = 1 << 23;
/** Reading a larger model at every evaluation would take longer than the evaluation. */
const MOST_PARAMETERS = 4_000_000;

export function createExaminer(inputs: ExaminerInputs): Examiner {
  const { config, dataset, use } = inputs;
  const { splits, columns } = dataset.manifest;
  const shape = dataset.shape(config.integers);
  const split = (["valid", "test"] as const).find((name) => splits[name].rows > 0) ?? null;
  const seen = createSeenIds(shape.tableRows);
  const isReadable = parameterCount(config, shape) <= MOST_PARAMETERS;
  let seenRows = 0;
  let collector: SampleCollector | null = null;
  let sample: Sample | null = null;
  /** What permuting is measured on. */
  let few: Sample | null = null;
  let idsOf: ColumnIds[] = [];
  const evaluations: { place: Place; logits: HeadLogits }[] = [];
  /** Oldest first. */
  const embeddings: EmbeddingRows[] = [];
  let facts: Omit<FieldFinding, "importance">[] | null = null;
  const importances = new Map<number, ImportanceFinding>();
  let interactions: InteractionFinding | null = null;
  let seconds = 0;
  /** Not at training's expense: after its end, or where a person asked. */
  let otherSeconds = 0;
  let isTaxed = true;
  /** Of one pass over `few`, as measured last; null before the first. */
  let passSeconds: number | null = null;

  async function timed<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      const passed = (performance.now() - began) / 1000;
      if (isTaxed) seconds += passed;
      else otherSeconds += passed;
    }
  }

  /** Norms, gates and how far the embeddings moved: from the parameters, without an evaluation. */
  async function readFacts(engine: Engine, rows: Sample): Promise<void> {
    const state = isReadable ? await engine.read() : null;
    const gates = state ? gateWeights(config, state, thinned(rows, 500)) : [];
    const before = embeddings.at(-1);
    const after = state && embeddingRows(state, idsOf);
    const knowsAll = inputs.fromStart || seenRows >= splits.train.rows;
    facts = columns.map((_, column) => ({
      column,
      embeddingNorm: state && embeddingNorm(state, rows, column),
      updateRate:
        before && after ? (updateRate(before, after, column) ?? facts?.[column]?.updateRate ?? null) : null,
      unseenShare: knowsAll ? unseenShare(rows, column, seen) : null,
      gates: config.branches.map((_, b) => gates[b]?.[column] ?? null),
    }));
    if (!after) return;
    // An evaluation that is looked at again takes its own place.
    if (before?.step === after.step) embeddings.pop();
    if (embeddings.length >= mostEmbeddings(after)) embeddings.splice(1, 1);
    embeddings.push(after);
  }

  /** Seconds of a pass over all rows, by that of a batch of them. */
  async function estimatedPass(engine: Engine, rows: Sample): Promise<number> {
    const few = thinned(rows, config.batchSize);
    const began = performance.now();
    await scoreSample(async (batch) => (await engine.evaluate(batch)).logits, few, config.batchSize);
    return ((performance.now() - began) / 1000) * (rows.rows / few.rows);
  }

  /** Those that were never measured first, then those whose measurement is oldest. */
  function columnsInTurn(step: number): number[] {
    const last = (column: number) => importances.get(column)?.step ?? -1;
    return [...columns.keys()].filter((column) => last(column) < step).toSorted((a, b) => last(a) - last(b));
  }

  async function examineWithin(engine: Engine, place: Place, allowed: () => number): Promise<void> {
    const rows = few!;
    passSeconds ??= await timed(() => estimatedPass(engine, rows));
    await timed(() => readFacts(engine, rows));
    const measured = { engine, sample: rows, batchSize: config.batchSize, step: place.step };
    const inTime = (wanted: number) => allowed() > wanted && !inputs.stopping();
    const findings = measureImportance(measured, columnsInTurn(place.step), 1);
    // The first one needs a pass for the baseline too; a pass may take longer than the one before.
    let passes = 3;
    while (inTime(passes * passSeconds!)) {
      const began = performance.now();
      const { value } = await timed(() => findings.next());
      if (!value) break;
      passSeconds = (performance.now() - began) / 1000;
      importances.set(value.column, value);
      passes = 2;
    }
    await findings.return(undefined);
    if (importances.size < columns.length || (interactions?.step ?? -1) === place.step) return;
    const among = byImportance([...importances.values()]).slice(0, INTERACTION_COLUMNS);
    const subsets = (among.length * (among.length + 1)) / 2 + INTERACTION_COLUMNS;
    if (!inTime((subsets * passSeconds!) / 4)) return;
    const pairs = measureInteractions(measured, among);
    while (!inputs.stopping()) {
      const { value, done } = await timed(() => pairs.next());
      if (done) break;
      if (value) interactions = value;
    }
    await pairs.return(undefined);
  }

  function keepSample(): void {
    if (sample || !collector) return;
    sample = collector.sample();
    collector = null;
    few = thinned(sample, IMPORTANCE_ROWS);
    idsOf = columns.map((_, column) => columnIds(sample!, column, MOST_IDS));
  }

  return {
    split,
    get sample() {
      return sample;
    },
    take(of, batch) {
      if (of === "train") {
        seen.add(batch.groups?.tableRows ?? batch.ids);
        seenRows += batch.rowCount;
      }
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
    async examine(place, within) {
      if (!few || !split) return;
      isTaxed = within === "share";
      const began = otherSeconds;
      const allowed = () => {
        if (within === "all") return Number.POSITIVE_INFINITY;
        const share = SHARE * inputs.trainedSeconds() - seconds;
        if (within === "share") return share;
        return (
          Math.max(share, Math.min(LEAST_SECONDS_AT_END, inputs.trainedSeconds())) - (otherSeconds - began)
        );
      };
      if (within === "all") {
        importances.clear();
        interactions = null;
      }
      if (allowed() <= 0) return;
      await use((engine) => examineWithin(engine, place, allowed));
      inputs.emit({
        ...place,
        split,
        rows: few.rows,
        columns: columns.map(({ name }) => name),
        fields: facts!.map((field) => ({ ...field, importance: importances.get(field.column) ?? null })),
        interactions,
        seconds,
        trainedSeconds: inputs.trainedSeconds(),
      });
    },
    historyOf: (row) =>
      evaluations.map(({ place, logits }) => ({
        step: place.step,
        probabilities: logits.map((head) => sigmoid(head[row]!)),
      })),
    embeddingMap(step, column) {
      const at = embeddings.findLast((one) => step === null || one.step <= step) ?? embeddings[0];
      return at ? embeddingMap(at, idsOf, column) : null;
    },
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

/** How many evaluations' embeddings are kept. */
function mostEmbeddings({ columns }: EmbeddingRows): number {
  const floats = columns.reduce((sum, { length }) => sum + length, 0);
  return Math.max(2, Math.min(MOST_EVALUATIONS, Math.floor(MOST_EMBEDDING_FLOATS / floats)));
}
