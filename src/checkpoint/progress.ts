// Where a run stands besides its model: what a resumed run needs to continue as if nothing had happened.
// No state of a random generator is among it: shuffling and dropout hash the seed with epoch and step.

import { SPLITS } from "../base/batch.ts";
import { count, z } from "../base/zod.ts";
import type { Interruption } from "../runs/events.ts";
import { type EvaluationPoint, type HeadValues, POINT_COLUMNS, type Position } from "../runs/points.ts";

const finite = z.number();

const headValuesSchema: z.ZodType<HeadValues> = z.strictObject({ branches: z.array(finite), fused: finite });

const position = {
  step: count,
  epoch: count,
  rowsSeen: count,
  activeSeconds: z.number().min(0),
  time: finite,
};

const positionSchema: z.ZodType<Position> = z.strictObject(position);

/** What a file holds of a column; one that may be null may also be missing, as in files of earlier versions. */
function columnSchema({ per, whole, unit, nullable }: (typeof POINT_COLUMNS)[keyof typeof POINT_COLUMNS]) {
  const value = whole ? count : unit === "s" ? z.number().min(0) : finite;
  const held: z.ZodType = {
    value,
    heads: headValuesSchema,
    branches: z.array(finite),
    interval: z.strictObject({ low: finite, high: finite }),
    flag: z.boolean(),
    split: z.enum(SPLITS),
  }[per];
  return nullable ? held.nullable().default(null) : held;
}

const evaluationPointSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(POINT_COLUMNS)
      .filter(([, { of }]) => of !== "progress")
      .map(([name, column]) => [name, columnSchema(column)]),
  ),
) as unknown as z.ZodType<EvaluationPoint>;

const scheduleStateSchema = z.strictObject({
  learningRate: z.number().positive(),
  /** The best AUC so far; null before the first evaluation. */
  bestAuc: z.number().nullable(),
  /** Epochs in a row that did not improve it. */
  staleEpochs: count,
});

/** Where a schedule stands. */
export type ScheduleState = z.infer<typeof scheduleStateSchema>;

const INTERRUPTIONS = ["resumed", "device-lost"] as const;

/** Where a run went on after it had been cut off, and by what: what came after its last save was done again. */
const interruptionSchema: z.ZodType<Interruption> = z.strictObject({
  ...position,
  cause: z.enum(INTERRUPTIONS),
});

export const progressSchema = z.strictObject({
  /** Epoch under way, from 1; one more than all epochs when the run is complete. */
  epoch: count.min(1),
  /** Batches of that epoch that are done: the data cursor. */
  batchInEpoch: count,
  /** Updates done. */
  step: count,
  rowsSeen: count,
  activeSeconds: z.number().min(0),
  schedule: scheduleStateSchema,
  /** The best evaluation, on the split that selects; null where nothing does. */
  best: evaluationPointSchema.nullable(),
  /** Step of the last evaluation that was done between two epochs' ends; 0: none. */
  evaluatedStep: count,
  interruptions: z.array(interruptionSchema).default([]),
  /** null while the run trains. */
  ended: z.enum(["completed", "stopped", "early-stopped"]).nullable(),
});

/** All that a run knows besides the engine's state. Between two steps it is consistent with that state. */
export type RunProgress = z.infer<typeof progressSchema>;

/** What a step's point needs besides the engine's report. */
export interface StepContext {
  position: Position;
  learningRate: number;
  firstPass: boolean;
}

const stepContextSchema: z.ZodType<StepContext> = z.strictObject({
  position: positionSchema,
  learningRate: z.number().positive(),
  firstPass: z.boolean(),
});

/** The scalars of a MeterState. */
export const meterSchema = z.strictObject({
  /** Steps and rows since the last point. */
  steps: count,
  rows: count,
  rowsSinceAuc: count,
  /** The progressive AUC that the next point will carry. */
  auc: headValuesSchema.nullable(),
  last: stepContextSchema.nullable(),
  /** Rows that ever entered the window of the progressive AUC. */
  pushed: count,
});

/** The point of the progressive curves that is being averaged, and the rows that its AUC is over. */
export interface MeterState extends z.infer<typeof meterSchema> {
  /** Sums of the losses over `rows`, float64. */
  sums: Float64Array;
  /** The window's slots, row-major [heads, rows held], and their labels. */
  logits: Float32Array;
  labels: Float32Array;
}
