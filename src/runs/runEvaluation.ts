// A run's model on rows of any data set, as it is kept with the run: figures with intervals, calibration, and which rows.

import { nameOfSplit, SPLITS, type Split } from "../base/batch.ts";
import { count, z } from "../base/zod.ts";
import { runInsightSchema } from "./runInsight.ts";
import { calibrationSchema } from "./runInspection.ts";
import { runSlicesSchema } from "./runSlices.ts";

const figure = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

export const runEvaluationSchema = z.strictObject({
  /** Unique among all evaluations. */
  id: z.string().regex(/^[\w-]{1,80}$/),
  /** Milliseconds since 1970. */
  evaluatedAt: z.number(),
  weights: z.enum(["best", "latest"]),
  /** Updates that these weights had. */
  step: count,
  data: z.strictObject({ name: z.string().max(500), identity: z.string().max(100) }),
  split: z.enum(SPLITS),
  rows: count.min(1),
  positives: count,
  /** Rows that are alike, label and every id, to one that the run was trained on; left out where nobody looked. */
  inTraining: count.optional(),
  /** Log loss of the run's training click rate, said to every row. */
  clickRateAlone: z.number().nullable(),
  /** Each branch, then the fused output. */
  heads: z
    .array(
      z.strictObject({ logLoss: figure, auc: figure.nullable(), calibration: calibrationSchema.nullable() }),
    )
    .min(2)
    .max(20),
  /** What the model has learned, on a sample of these rows; left out where nobody asked. */
  insight: runInsightSchema.optional(),
  /** How it did on parts of these rows; left out where nobody asked. */
  slices: runSlicesSchema.optional(),
});

export type RunEvaluation = z.infer<typeof runEvaluationSchema>;

/** Whether the evaluated rows are those that the run was trained on. */
export function isTrainedOn(
  { data, split }: Pick<RunEvaluation, "data" | "split">,
  trained: { identity: string },
): boolean {
  return split === "train" && data.identity === trained.identity;
}

/** From this share on evaluated rows that the run was trained on count as no accident. */
const MANY_IN_TRAINING = 0.01;

/** A warning where the evaluated rows stand in the training data too; null where they do not, or nobody looked. */
export function overlapWords(evaluation: RunEvaluation, trained: { identity: string }): string | null {
  const { inTraining = 0, rows } = evaluation;
  if (isTrainedOn(evaluation, trained) || inTraining < MANY_IN_TRAINING * rows) return null;
  const share = Number(((100 * inTraining) / rows).toPrecision(2));
  return `${inTraining.toLocaleString("en-US")} of these ${rows.toLocaleString("en-US")} rows (${share} %) are alike, label and every id, to rows that the model was trained on: these figures flatter it.`;
}

/** The fused output's figures. */
export function fusedOf({ heads }: RunEvaluation): RunEvaluation["heads"][number] {
  return heads.at(-1)!;
}

/** Which rows: "test rows of criteo". */
export function rowsOf({ data, split }: { data: { name: string }; split: Split }): string {
  return `${nameOfSplit(split)} rows of ${data.name}`;
}
