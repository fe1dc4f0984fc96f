// How a run's model did on parts of the rows that it was evaluated on, as that is kept with the evaluation.

import { count, z } from "../base/zod.ts";
import type { Slice, SliceOf } from "../insight/slices.ts";

const MOST_LETTERS = 500;
const share = z.number().min(0).max(1);
/** Holds together with those of all other slices at 95 %; `high` is null where nothing bounds it, in a slice of one row. */
const interval = z.strictObject({ value: z.number(), low: z.number(), high: z.number().nullable() });

export const runSlicesSchema = z.strictObject({
  /** The column, or "prediction". */
  by: z.string().max(500),
  slices: z
    .array(
      z.strictObject({
        name: z.string().max(MOST_LETTERS),
        rows: count,
        clicks: count,
        /** Each branch, then the fused output. */
        heads: z
          .array(
            z.strictObject({
              /** Nats a row. */
              logLoss: interval,
              auc: interval.nullable(),
              /** Mean predicted probability. */
              predicted: share,
              /** Clicks over predicted clicks; the interval is what chance leaves around 1. */
              copc: interval,
              /** Of a prediction that is right on average, after Holm over all slices and heads. */
              p: share.nullable(),
            }),
          )
          .min(2)
          .max(20),
      }),
    )
    .max(20),
});

export type RunSlices = z.infer<typeof runSlicesSchema>;
export type RunSlice = RunSlices["slices"][number];

/** The slices by their names; `valueText` is what a table row with a weight stands for in the column. */
export function namedSlices(
  slices: readonly Slice[],
  valueText: (id: number, weight: number) => string,
): RunSlice[] {
  return slices.map(({ of, rows, clicks, heads }) => ({
    name: nameOf(of, valueText).slice(0, MOST_LETTERS),
    rows,
    clicks,
    heads: heads.map(({ logLoss, ...head }) => ({
      ...head,
      logLoss: { ...logLoss, high: Number.isFinite(logLoss.high) ? logLoss.high : null },
    })),
  }));
}

/** A slice in words; `valueText` is what a table row with a weight stands for in the column. */
function nameOf(of: SliceOf, valueText: (id: number, weight: number) => string): string {
  switch (of.kind) {
    case "id":
      return valueText(of.id, 1);
    case "weight":
      return `${valueText(0, of.low)} – ${valueText(0, of.high)}`;
    case "others":
      return `${of.ids.toLocaleString("en-US")} other values`;
    case "prediction":
      return `${(100 * of.low).toFixed(1)} % – ${(100 * of.high).toFixed(1)} %`;
  }
}
