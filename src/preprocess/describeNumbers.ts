// What the manifest says of a column of numbers, out of what the first pass counted of it.

import { bucketOf, FRACTION_BUCKETS, INTEGER_BUCKETS } from "../shards/buckets.ts";
import {
  type IntegerColumn,
  MOST_QUANTILES,
  type NumberStatistics,
  type Rules,
} from "../shards/manifestSchema.ts";
import type { IntegerCounts, NumberCounts } from "./numberCounts.ts";
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
  const buckets = bucketsOf(counts);
  const bins = allBins(counts);
  const rows = bins.reduce((sum, { count }) => sum + count, 0);
  const [minimum, maximum] = boundsOf(counts);
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
    statistics: rows === 0 ? null : statisticsOf(counts, bins, rows, rules),
  };
}

/** By falling count, ties by value, missing first. */
function bucketsOf(counts: NumberCounts): IntegerColumn["buckets"] {
  const { least } = counts.kind === "fractions" ? FRACTION_BUCKETS : INTEGER_BUCKETS;
  const rows = counts.buckets.slice();
  if (counts.kind === "integers")
    for (const { least: value, count } of smallBins(counts)) rows[bucketOf(value) - least]! += count;
  const buckets: IntegerColumn["buckets"] = [{ value: null, count: counts.missing }];
  // Nearly all of the possible ones are empty.
  for (let i = 0; i < rows.length; i++) if (rows[i]! > 0) buckets.push({ value: i + least, count: rows[i]! });
  const order = ({ value }: { value: number | null }) => value ?? Number.NEGATIVE_INFINITY;
  return buckets.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count || order(a) - order(b));
}

/** All its numbers, the lowest first; small integers each in a bin of its own. */
function allBins(counts: NumberCounts): Bin[] {
  const bins = binsOf(counts.sketch);
  if (counts.kind === "fractions") return bins;
  const negative = bins.filter(({ least }) => least < 0);
  return [...negative, ...smallBins(counts), ...bins.slice(negative.length)];
}

/** The small integers that occur, the lowest first; most of the table is empty. */
function smallBins({ small }: IntegerCounts): Bin[] {
  const bins: Bin[] = [];
  for (let least = 0; least < small.length; least++)
    if (small[least]! > 0) bins.push({ least, count: small[least]! });
  return bins;
}

function boundsOf(counts: NumberCounts): [number, number] | [null, null] {
  let { minimum, maximum } = counts;
  if (counts.kind === "integers") {
    const small = smallBins(counts);
    if (small.length > 0) {
      minimum = Math.min(minimum, small[0]!.least);
      maximum = Math.max(maximum, small.at(-1)!.least);
    }
  }
  return Number.isFinite(minimum) ? [minimum + 0, maximum + 0] : [null, null];
}

function statisticsOf(
  counts: NumberCounts,
  bins: Bin[],
  rows: number,
  rules: Pick<Rules, "rule" | "threshold">,
): NumberStatistics {
  const { values, estimated } = differentNumbers(counts.sketch);
  const small = counts.kind === "integers" ? smallBins(counts).length : 0;
  return {
    ...momentsOf(counts, rows),
    values: values + small,
    estimated,
    negative: counts.negative,
    percentiles: PERCENTILES.map((share) => atShare(bins, rows, share)),
    quantiles: quantilesOf(bins, rows, shareCount(rows, rules)),
  };
}

function momentsOf(counts: NumberCounts, rows: number): { mean: number; deviation: number } {
  if (counts.kind === "fractions") {
    const { unit, ...moments } = exactly(counts.moments);
    return meanAndDeviation(moments, rows, unit);
  }
  let { sum, squares } = counts.moments;
  for (const { least: value, count } of smallBins(counts)) {
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
