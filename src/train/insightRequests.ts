// What the trainer answers about the model that is trained, or was trained last: its slices, and rows that a person changes.

import type { Batch } from "../base/batch.ts";
import { problemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import { effectsOf, probabilitiesOf, rowOf } from "../insight/oneRow.ts";
import type { ValueTexts } from "../insight/valueTexts.ts";
import { namedSlices } from "../runs/runSlices.ts";
import type { Dataset } from "../shards/dataset.ts";
import { readValueTexts } from "./columnTexts.ts";
import type { TrainerRequests } from "./requests.ts";
import type { Examination, Training } from "./training.ts";

type InsightRequests = Pick<
  TrainerRequests,
  "slices" | "measureInsight" | "explainRow" | "vocabulary" | "embeddingMap"
>;

/** Of a column's values, the most frequent. */
const MOST_SUGGESTED = 300;

export interface InsightRequestsInputs {
  /** The run of that id, while it is trained and until something else is. */
  training(runId: string): Training | null;
  /** The open data set. Throws a ProblemError without one. */
  dataset(): Dataset;
  /** Where that is. */
  location(): DatasetLocation | null;
  /** Does `work` while what is being trained stands still. */
  undisturbed<T>(work: () => Promise<T>): Promise<T>;
  /** Does `work` on the backend of what is or was trained, between its steps. */
  onBackend<T>(work: () => Promise<T>): Promise<T>;
}

export function createInsightRequests(inputs: InsightRequestsInputs): Handlers<InsightRequests> {
  /** Of the data set that was asked about last. */
  let texts: { examination: Examination; values: Promise<ValueTexts> } | null = null;

  function examinationOf(runId: string): Examination {
    const examination = inputs.training(runId)?.examination;
    if (!examination) throw problemError("model-gone", {});
    return examination;
  }

  async function readTexts({ config }: Examination): Promise<ValueTexts> {
    const location = inputs.location();
    if (!location) throw problemError("dataset-not-open", {});
    return readValueTexts(location, inputs.dataset().identity, config.integers);
  }

  function textsFor(examination: Examination): Promise<ValueTexts> {
    if (texts?.examination !== examination) texts = { examination, values: readTexts(examination) };
    return texts.values;
  }

  return {
    async explainRow({ runId, row, edits, withEffects }) {
      const { examiner, use, place, config } = examinationOf(runId);
      const { sample } = examiner;
      if (!sample) return null;
      const values = await textsFor(examinationOf(runId));
      const at = Math.min(Math.max(0, row), sample.rows - 1);
      const encoded = rowOf(sample, at);
      const unknown: number[] = [];
      for (const [column, text] of edits) {
        const code = values.encode(column, text);
        if (!code?.known) unknown.push(column);
        if (!code) continue;
        encoded.ids[column] = code.id;
        encoded.weights[column] = code.weight;
      }
      const own = rowOf(sample, at);
      return inputs.onBackend(() =>
        use(async (engine) => {
          const evaluate = async (batch: Batch) => (await engine.evaluate(batch)).logits;
          return {
            row: at,
            rows: sample.rows,
            split: examiner.split!,
            step: place().step,
            label: sample.labels[at]!,
            texts: Array.from(own.ids, (id, column) => values.textOf(column, id, own.weights[column]!)),
            unknown,
            probabilities: await probabilitiesOf(evaluate, encoded),
            effects: withEffects ? await effectsOf(evaluate, sample, encoded, config.batchSize) : null,
            history: edits.length === 0 ? examiner.historyOf(at) : [],
          };
        }),
      );
    },
    async embeddingMap({ runId, step, column }) {
      const examination = examinationOf(runId);
      const { sample, split } = examination.examiner;
      const map = examination.examiner.embeddingMap(step, column);
      if (!map || !sample || !split) return null;
      const values = await textsFor(examination);
      const names = Array.from(map.ids, (id) => values.textOf(column, id, 1));
      return { ...map, names, split, sampleRows: sample.rows };
    },
    async vocabulary({ runId, column }) {
      const values = await textsFor(examinationOf(runId));
      return { values: values.vocabulary(column)?.slice(0, MOST_SUGGESTED) ?? null };
    },
    async measureInsight({ runId }) {
      const { examiner, place } = examinationOf(runId);
      await inputs.undisturbed(() => examiner.examine(place(), "all"));
      return {};
    },
    async slices({ runId, step, by }) {
      const examination = examinationOf(runId);
      const report = examination.examiner.slices(step, by);
      if (!report) return null;
      const values = await textsFor(examination);
      const valueText = (id: number, weight: number) =>
        by === "prediction" ? "" : values.textOf(by, id, weight);
      return { ...report, slices: namedSlices(report.slices, valueText) };
    },
  };
}
