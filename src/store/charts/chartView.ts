// How the charts of several runs are drawn: one view for all of them, so that they stay comparable.

import { z } from "../../base/zod.ts";
import { POSITIONS } from "../../runs/points.ts";

export const viewSchema = z.strictObject({
  x: z.enum(POSITIONS),
  /** Weight of the moving average over progressive losses. */
  smoothing: z.number().min(0).max(0.99),
  /** The stretch of `x` to draw; null: all. */
  window: z.tuple([z.number(), z.number()]).nullable(),
  /** Charts with a logarithmic vertical axis. */
  logarithmic: z.array(z.string().max(40)).max(20),
  /** Branches beside the fused line; null: while few runs are drawn. */
  branches: z.boolean().nullable(),
});

export type ChartView = z.infer<typeof viewSchema>;
export type Window = NonNullable<ChartView["window"]>;

export const DEFAULT_VIEW: ChartView = {
  x: "rowsSeen",
  smoothing: 0.8,
  window: null,
  logarithmic: [],
  branches: null,
};

/** `window` scaled by `factor` around `at` (a share of its width), within `whole`; null when that is all there is. */
export function zoomed(window: Window, factor: number, whole: Window, at = 0.5): Window | null {
  const width = (window[1] - window[0]) * factor;
  const start = window[0] + (window[1] - window[0] - width) * at;
  return within([start, start + width], whole);
}

/** `window` moved by a share of its width, no farther than `whole` reaches. */
export function moved(window: Window, share: number, whole: Window): Window | null {
  const width = window[1] - window[0];
  const start = Math.min(Math.max(window[0] + share * width, whole[0]), Math.max(whole[0], whole[1] - width));
  return within([start, start + width], whole);
}

function within([start, end]: Window, whole: Window): Window | null {
  if (start <= whole[0] && end >= whole[1]) return null;
  const from = Math.max(start, whole[0]);
  const to = Math.min(end, whole[1]);
  return to > from ? [from, to] : null;
}
