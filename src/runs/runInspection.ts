// What a run's branches were like at its last evaluation of the test split, as it is kept with the run: whether their
// probabilities are true, and how the first two of them agree.

import { count, z } from "../base/zod.ts";
import type { Inspection } from "../metrics/inspection.ts";

const share = z.number().min(0).max(1);

export const calibrationSchema = z.strictObject({
  bins: z
    .array(z.strictObject({ rows: count, predicted: share, clicked: share, low: share, high: share }))
    .max(100),
  ece: z.number(),
  copc: z.number(),
});

export const runInspectionSchema = z.strictObject({
  step: count,
  /** Of the sample of test rows. */
  rows: count,
  /** Each branch, then the fused output; null where a logit was not a number. */
  calibrations: z.array(calibrationSchema.nullable()).min(1).max(20),
  /** Branch 1's logit against branch 2's, both axes from `low` to `high`; null with one branch. */
  density: z
    .strictObject({
      low: z.number(),
      high: z.number(),
      /** Along an axis. */
      cells: count.min(1).max(100),
      /** The cells that hold rows: first · 1 + second · `cells`, rows, and clicks among them. */
      held: z.array(z.tuple([count, count, count])).max(10_000),
      /** Pearson's, of the two logits; null where one is constant. */
      correlation: z.number().nullable(),
    })
    .nullable(),
});

export type RunInspection = z.infer<typeof runInspectionSchema>;

/** What is kept of an inspection after `step` updates. */
export function runInspectionOf(step: number, { rows, calibrations, branches }: Inspection): RunInspection {
  return { step, rows, calibrations, density: branches && densityOf(branches) };
}

function densityOf({
  density: { low, high, cells, rows, clicks },
  correlations,
}: NonNullable<Inspection["branches"]>): RunInspection["density"] {
  const held = Array.from(rows, (inCell, cell): [number, number, number] => [cell, inCell, clicks[cell]!]);
  return {
    low,
    high,
    cells,
    held: held.filter(([, inCell]) => inCell > 0),
    correlation: correlations[0]?.correlation ?? null,
  };
}
