// Which way of entering suits a column of numbers, by what was counted of it, and why.

import type { NumberMode } from "../base/numberModes.ts";
import type { IntegerColumn, Manifest } from "../shards/manifest.ts";

export interface RecommendedMode {
  mode: NumberMode;
  /** As in "I1: standard, since it has fractions". */
  reason: string;
}

/** Counts may have a few codes below 0, as Criteo's I2 has −1 to −3. */
const MOST_CODES = 16;
/** The largest 0.1 % lie further out than so many times the middle half's width: a weight would hardly distinguish the rest. */
const FAR = 20;

export function recommendedMode({
  minimum,
  maximum,
  fractions,
  statistics,
}: Pick<IntegerColumn, "minimum" | "maximum" | "fractions" | "statistics">): RecommendedMode {
  if (minimum === null || maximum === null)
    return { mode: "bucket", reason: "no row has a number here, so the way does not matter" };
  if (minimum === maximum)
    return { mode: "bucket", reason: "it has one number only, so the way does not matter" };
  if (!statistics)
    return {
      mode: "bucket",
      reason: "an earlier version made the data set, and did not note more than counts",
    };
  const signs = minimum < -MOST_CODES || (fractions && minimum < 0);
  if (!signs && !fractions) return { mode: "bucket", reason: "its numbers are counts" };
  const what = [signs && "numbers below 0", fractions && "fractions"].filter(Boolean).join(" and ");
  if (hasOutliers(statistics.percentiles, minimum, maximum))
    return { mode: "quantile", reason: `it has ${what}, and a few numbers far from the others` };
  return { mode: "standard", reason: `it has ${what}` };
}

/** Of each column of numbers, by name. */
export function recommendedModes({ columns }: Pick<Manifest, "columns">): Record<string, RecommendedMode> {
  const numbers = columns.filter((column) => column.kind === "integer");
  return Object.fromEntries(numbers.map((column) => [column.name, recommendedMode(column)]));
}

/** Whether a few numbers lie far from the others. */
export function hasOutliers(percentiles: readonly number[], minimum: number, maximum: number): boolean {
  return furthestWidths(percentiles, minimum, maximum) > FAR;
}

/** How far the furthest number is from the middle half of the rows, in widths of that half. */
export function furthestWidths(percentiles: readonly number[], minimum: number, maximum: number): number {
  const [low, quarter, , threeQuarters, high] = percentiles as [number, number, number, number, number];
  const width = threeQuarters - quarter;
  // Where half of the rows are alike, the width of nearly all must do.
  const usual = width > 0 ? width : high - low;
  return usual > 0 ? Math.max(maximum - threeQuarters, quarter - minimum) / usual : 0;
}
