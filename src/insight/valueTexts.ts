// What a person reads and types of a column's values, for what the model is given: a table row and a weight.

import { modeOf, type NumberModes } from "../base/numberModes.ts";
import { BUCKET_STARTS } from "../shards/buckets.ts";
import { columnEncoders } from "../shards/encoding.ts";
import type { IntegerColumn, Manifest } from "../shards/manifest.ts";
import { MISSING } from "../shards/rows.ts";

export interface ValueTexts {
  /** The value in words: a category as it stands in the log, a number or the range that its id stands for. */
  textOf(column: number, id: number, weight: number): string;
  /** What the model is given for a typed text; `known` is false for a value without an id of its own. null: not a number. */
  encode(column: number, text: string): { id: number; weight: number; known: boolean } | null;
  /** The frequent values of a category, by falling frequency; null for numbers. */
  vocabulary(column: number): readonly string[] | null;
}

export const RARE = "(rare or unseen)";
export const NONE = "(missing)";

/** @param texts the frequent values of each category in id order, as `categoryTexts` gives them. */
export function createValueTexts(
  manifest: Pick<Manifest, "columns">,
  integers: NumberModes,
  texts: readonly string[][],
): ValueTexts {
  const encoders = columnEncoders(manifest, integers);
  let category = 0;
  const columns = manifest.columns.map((column, c) => {
    const { oovRow, base, numbers } = encoders[c]!;
    if (column.kind === "category") {
      const words = texts[category++] ?? [];
      const ids = new Map(words.map((word, i) => [word, base + i]));
      return {
        vocabulary: words,
        textOf: (id: number) => (id === oovRow ? RARE : words[id - base] || NONE),
        encode(text: string) {
          const id = ids.get(text === NONE ? "" : text);
          return { id: id ?? oovRow, weight: 1, known: id !== undefined };
        },
      };
    }
    const mode = modeOf(integers, column.name);
    const isWeight = mode !== "bucket" && mode !== "quantile";
    return {
      vocabulary: null,
      textOf: (id: number, weight: number) =>
        isWeight ? weightText(column, mode, weight) : id === oovRow ? RARE : idText(column, mode, id - base),
      encode(text: string) {
        const isMissing = text.trim() === "" || text === NONE;
        const value = isMissing ? (column.fractions ? Number.NaN : MISSING) : Number(text);
        if (!isMissing && !Number.isFinite(value)) return null;
        const code = numbers!.encode(isMissing || column.fractions ? value : Math.trunc(value));
        if (isWeight) return { id: oovRow, weight: Math.fround(code), known: true };
        return { id: code === 0 ? oovRow : base + code - 1, weight: 1, known: code !== 0 };
      },
    };
  });
  return {
    textOf: (column, id, weight) => columns[column]!.textOf(id, weight),
    encode: (column, text) => columns[column]!.encode(text),
    vocabulary: (column) => columns[column]!.vocabulary,
  };
}

/** The number that has this weight. */
function weightText(
  column: IntegerColumn,
  mode: "max" | "log" | "standard" | "minmax",
  weight: number,
): string {
  const { minimum, maximum, statistics } = column;
  if (minimum === null || maximum === null) return NONE;
  const value = {
    max: () => weight * maximum,
    minmax: () => minimum + weight * (maximum - minimum),
    log: () => Math.expm1(weight * Math.log1p(maximum)),
    standard: () => (statistics ? statistics.mean + weight * statistics.deviation : weight),
  }[mode]();
  const text = String(column.fractions ? Number(value.toPrecision(6)) : Math.round(value));
  if (weight !== 0 || column.missing === 0) return text;
  // A missing number has the weight 0, which the column's mean need not be a number of.
  return column.fractions || Number.isInteger(value) ? `${text} or missing` : NONE;
}

/** The numbers that have local id `place` + 1. */
function idText(column: IntegerColumn, mode: "bucket" | "quantile", place: number): string {
  if (mode === "bucket") return bucketText(column.buckets[place]?.value ?? null);
  const bounds = column.statistics?.quantiles ?? [];
  if (place > bounds.length) return NONE;
  const [low, high] = [bounds[place - 1], bounds[place]];
  if (low === undefined) return high === undefined ? "all" : `below ${high}`;
  return high === undefined ? `${low} or more` : `${low} to below ${high}`;
}

/** The integers of a bucket, as src/shards/buckets.ts has them. */
function bucketText(bucket: number | null): string {
  if (bucket === null) return NONE;
  if (bucket <= 0 || bucket === 2) return String(bucket);
  if (bucket === 1) return "1, 3 or 4";
  const [low, next] = [BUCKET_STARTS[bucket], BUCKET_STARTS[bucket + 1]];
  if (low === undefined) return `bucket ${bucket}`;
  return next === undefined ? `${low} or more` : next - 1 > low ? `${low} to ${next - 1}` : String(low);
}
