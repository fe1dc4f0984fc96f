// How a model does on parts of a held-out sample: by the values of a column or by its own predictions, with a correction
// for looking at many parts at once; and the rows about which its branches disagree most.

import { aucComponents, aucInterval } from "../metrics/delong.ts";
import { normalQuantile, normalTail } from "../metrics/distributions.ts";
import { holm } from "../metrics/holm.ts";
import { rowLogLosses } from "../metrics/logLoss.ts";
import { risingOrder } from "../metrics/order.ts";
import type { HeadLogits, Sample } from "./sample.ts";

/** What the rows of a slice have in common. */
export type SliceOf =
  /** One id of a column. */
  | { kind: "id"; id: number }
  /** Numbers that enter as weights, from `low` to `high`. */
  | { kind: "weight"; low: number; high: number }
  /** All ids that have no slice of their own. */
  | { kind: "others"; ids: number }
  /** Fused probabilities from `low` to `high`. */
  | { kind: "prediction"; low: number; high: number };

/** Which slice each row of a sample belongs to. */
export interface Slicing {
  of: SliceOf[];
  /** [n], the index of the row's slice. */
  slices: Int32Array;
}

/** An interval that holds together with those of all other slices, at 95 %. */
export interface Interval {
  value: number;
  low: number;
  high: number;
}

/** A head on the rows of a slice. */
export interface SliceHead {
  /** Nats a row. */
  logLoss: Interval;
  /** null with fewer than two rows of a class. */
  auc: Interval | null;
  /** Mean predicted probability. */
  predicted: number;
  /** Clicks over predicted clicks, with the interval that chance alone would leave around a right prediction. */
  copc: Interval;
  /** Of a prediction that is right on average in this slice; two-sided, after Holm over all slices and heads. */
  p: number | null;
}

export interface Slice {
  of: SliceOf;
  rows: number;
  clicks: number;
  /** Each branch, then the fused output. */
  heads: SliceHead[];
}

const MOST_VALUES = 12;
const BUCKETS = 10;
const LEVEL = 0.05;

/** Slices of a column: its most frequent ids and the rest, or ten parts of its weights where all rows have one id. */
export function slicesOfColumn(sample: Omit<Sample, "labels">, column: number): Slicing {
  const { rows, fields, ids, weights } = sample;
  const counts = new Map<number, number>();
  for (let r = 0; r < rows; r++) {
    const id = ids[r * fields + column]!;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const values = Float32Array.from({ length: rows }, (_, r) => weights[r * fields + column]!);
  if (counts.size === 1 && values.some((value) => value !== values[0]))
    return equalParts(values, (low, high) => ({ kind: "weight", low, high }));
  const ranked = [...counts].toSorted(([a, n], [b, m]) => m - n || a - b).map(([id]) => id);
  const own = ranked.slice(0, ranked.length > MOST_VALUES ? MOST_VALUES - 1 : MOST_VALUES);
  const places = new Map(own.map((id, index) => [id, index]));
  const slices = Int32Array.from(
    { length: rows },
    (_, r) => places.get(ids[r * fields + column]!) ?? own.length,
  );
  const of: SliceOf[] = own.map((id) => ({ kind: "id", id }));
  if (ranked.length > own.length) of.push({ kind: "others", ids: ranked.length - own.length });
  return { of, slices };
}

/** Ten slices of about equally many rows by the fused prediction. */
export function slicesOfPrediction(logits: HeadLogits): Slicing {
  const probabilities = logits.at(-1)!.map(sigmoid);
  return equalParts(probabilities, (low, high) => ({ kind: "prediction", low, high }));
}

/** Parts of about equally many rows by rising value; equal values stay together. */
function equalParts(values: Float32Array, name: (low: number, high: number) => SliceOf): Slicing {
  const order = risingOrder(values) ?? Uint32Array.from(values, (_, r) => r);
  const slices = new Int32Array(values.length);
  const of: SliceOf[] = [];
  for (let start = 0; start < order.length; ) {
    let end = Math.max(start + 1, Math.round(((of.length + 1) * order.length) / BUCKETS));
    while (end < order.length && values[order[end]!] === values[order[end - 1]!]) end++;
    for (let i = start; i < end; i++) slices[order[i]!] = of.length;
    of.push(name(values[order[start]!]!, values[order[end - 1]!]!));
    start = end;
  }
  return { of, slices };
}

/** Every slice with its figures; intervals are simultaneous over the slices (Bonferroni), tests adjusted by Holm. */
export function measureSlices(labels: Float32Array, logits: HeadLogits, { of, slices }: Slicing): Slice[] {
  const members = of.map((): number[] => []);
  for (const [r, slice] of slices.entries()) members[slice]!.push(r);
  const level = LEVEL / of.length;
  const measured = of.map((what, s): Slice & { raw: (number | null)[] } => {
    const rows = members[s]!;
    const clicked = Float32Array.from(rows, (r) => labels[r]!);
    const clicks = clicked.reduce((sum, label) => sum + label, 0);
    const heads = logits.map((head) => {
      const own = Float32Array.from(rows, (r) => head[r]!);
      return headOn(own, clicked, clicks, level);
    });
    const raw = heads.map(({ p }) => p);
    return { of: what, rows: rows.length, clicks, heads, raw };
  });
  const adjusted = holm(measured.flatMap(({ raw }) => raw));
  return measured.map(({ raw: _, ...slice }, s) => ({
    ...slice,
    heads: slice.heads.map((head, h) => ({ ...head, p: adjusted[s * logits.length + h]! })),
  }));
}

function headOn(logits: Float32Array, labels: Float32Array, clicks: number, level: number): SliceHead {
  const z = normalQuantile(level / 2);
  const rows = logits.length;
  const losses = rowLogLosses(logits, labels);
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / rows;
  const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  const radius = rows > 1 ? z * Math.sqrt(squares / (rows - 1) / rows) : Number.POSITIVE_INFINITY;
  const components = aucComponents(logits, labels);
  const area = components && aucInterval(components, level);
  let expected = 0;
  let variance = 0;
  for (const logit of logits) {
    const p = sigmoid(logit);
    expected += p;
    variance += p * (1 - p);
  }
  // If the probabilities were true, clicks would have this mean and variance.
  const deviation = Math.sqrt(variance);
  return {
    logLoss: { value: mean, low: Math.max(0, mean - radius), high: mean + radius },
    auc: area && { value: area.auc, low: area.low, high: area.high },
    predicted: expected / rows,
    copc: {
      value: clicks / expected,
      low: Math.max(0, 1 - (z * deviation) / expected),
      high: 1 + (z * deviation) / expected,
    },
    p: deviation > 0 ? 2 * normalTail(Math.abs(clicks - expected) / deviation) : null,
  };
}

/** A row about which branches disagree. */
export interface DisputedRow {
  /** Its place in the sample. */
  row: number;
  label: number;
  /** Each branch's, then the fused one. */
  probabilities: number[];
}

/** The rows with the largest difference between two branches' probabilities, largest first; none with one branch. */
export function disputedRows(labels: Float32Array, logits: HeadLogits, most: number): DisputedRow[] {
  const branches = logits.slice(0, -1);
  if (branches.length < 2) return [];
  const spread = Float32Array.from(labels, (_, r) => {
    const probabilities = branches.map((branch) => sigmoid(branch[r]!));
    return Math.min(...probabilities) - Math.max(...probabilities);
  });
  const order = risingOrder(spread) ?? new Uint32Array(0);
  return Array.from(order.subarray(0, most), (row) => ({
    row,
    label: labels[row]!,
    probabilities: logits.map((head) => sigmoid(head[row]!)),
  }));
}

/** 1 / (1 + e^−z). */
export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
