// What the manifest says of a column of numbers, out of what the first pass counted of it.

import { bucketOf, FRACTION_BUCKETS, INTEGER_BUCKETS } from "../shards/buckets.ts";
import {
  type IntegerColumn,
  MOST_QUANTILES,
  type NumberStatistics,
  type Rules,
} from "../shards/manifestSchema.ts";
import type { NumberCounts } from "./numberCounts.ts";
import { exactly, meanAndDeviation } from "./numberMoments.ts";
import { type Bin, binsOf, differentNumbers } from "./numberSketch.ts";
import { isFrequent } from "./vocabulary.ts";

const PERCENTILES = [0.001, 0.25, 0.5, 0.75, 0.999];

/** `base` is the table row of its first frequent bucket. */
export function describeNumbers(
  name: string,
  counts: NumberCounts,
  rules: Pick<Rules, "rule" | "threshold">,
  base: number,
): IntegerColumn {
  const small = smallBins(counts);
  const buckets = bucketsOf(counts, small);
  const bins = allBins(counts, small);
  const [minimum, maximum] = boundsOf(counts, small);
  return {
    name,
    kind: "integer",
    missing: counts.missing,
    minimum,
    maximum,
    ...(counts.kind === "fractions" && { fractions: true }),
    distinct: buckets.length,
    frequent: buckets.filter(({ count }) => isFrequent(count, rules)).length,
    base,
    buckets,
    statistics: bins.length === 0 ? null : statisticsOf(counts, small, bins, rules),
  };
}

/** By falling count, ties by value, missing first. */
function bucketsOf(counts: NumberCounts, small: Bin[]): IntegerColumn["buckets"] {
  const { least } = counts.kind === "fractions" ? FRACTION_BUCKETS : INTEGER_BUCKETS;
  const rows = counts.buckets.slice();
  for (const { least: value, count } of small) rows[bucketOf(value) - least]! += count;
  const buckets: IntegerColumn["buckets"] = [{ value: null, count: counts.missing }];
  // Nearly all of the possible ones are empty.
  for (let i = 0; i < rows.length; i++) if (rows[i]! > 0) buckets.push({ value: i + least, count: rows[i]! });
  const order = ({ value }: { value: number | null }) => value ?? Number.NEGATIVE_INFINITY;
  return buckets.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count || order(a) - order(b));
}

/** All its numbers, the lowest first; small integers each in a bin of its own. */
function allBins(counts: NumberCounts, small: Bin[]): Bin[] {
  const bins = binsOf(counts.sketch);
  if (counts.kind === "fractions") return bins;
  const negative = bins.filter(({ least }) => least < 0);
  return [...negative, ...small, ...bins.slice(negative.length)];
}

/** The small integers that occur, the lowest first; most of the table is empty. Fractions have no such table. */
function smallBins(counts: NumberCounts): Bin[] {
  const bins: Bin[] = [];
  if (counts.kind === "fractions") return bins;
  const { small } = counts;
  for (let least = 0; least < small.length; least++)
    if (small[least]! > 0) bins.push({ least, count: small[least]! });
  return bins;
}

function boundsOf({ minimum, maximum }: NumberCounts, small: Bin[]): [number, number] | [null, null] {
  if (small.length > 0) {
    minimum = Math.min(minimum, small[0]!.least);
    maximum = Math.max(maximum, small.at(-1)!.least);
  }
  return Number.isFinite(minimum) ? [minimum + 0, maximum + 0] : [null, null];
}

function rowsIn(bins: Bin[]): number {
  return bins.reduce((sum, { count }) => sum + count, 0);
}

function statisticsOf(
  counts: NumberCounts,
  small: Bin[],
  bins: Bin[],
  rules: Pick<Rules, "rule" | "threshold">,
): NumberStatistics {
  const rows = rowsIn(bins);
  const { values, estimated } = differentNumbers(counts.sketch);
  return {
    ...momentsOf(counts, small, rows),
    values: values + small.length,
    estimated,
    negative: counts.negative,
    percentiles: PERCENTILES.map((share) => atShare(bins, rows, share)),
    quantiles: quantilesOf(bins, rows, shareCount(rows, rules)),
  };
}

function momentsOf(counts: NumberCounts, small: Bin[], rows: number): { mean: number; deviation: number } {
  if (counts.kind === "fractions") {
    const { unit, ...moments } = exactly(counts.moments);
    return meanAndDeviation(moments, rows, unit);
  }
  let { sum, squares } = counts.moments;
  for (const { least: value, count } of small) {
    sum += BigInt(value * count);
    squares += BigInt(value * value) * BigInt(count);
  }
  return meanAndDeviation({ sum, squares }, rows);
}

function atShare(bins: Bin[], rows: number, share: number): number {
  const rank = Math.max(1, Math.ceil(share * rows));
  let before = 0;
  for (const { least, count } of bins) {
    before += count;
    if (before >= rank) return least;
  }
  return bins.at(-1)!.least;
}

/** Each share should have an id: as many rows as a value needs for that. */
function shareCount(rows: number, { rule, threshold }: Pick<Rules, "rule" | "threshold">): number {
  const needed = Math.max(1, rule === "over" ? threshold + 1 : threshold);
  return Math.min(MOST_QUANTILES, Math.max(2, Math.floor(rows / needed)));
}

/** Where shares begin: at the bins that are nearest to equal shares; a number that many rows have is a share of its own. */
function quantilesOf(bins: Bin[], rows: number, shares: number): number[] {
  const bounds: number[] = [];
  let before = 0;
  let share = 1;
  for (const [i, { least, count }] of bins.entries()) {
    let begins = false;
    for (; share < shares && (rows * share) / shares <= before + count / 2; share++) begins = i > 0;
    if (begins) bounds.push(least);
    before += count;
  }
  return bounds;
}
