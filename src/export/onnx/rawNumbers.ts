// A log's numbers inside a graph, in 64 bits, for each way in which they may enter the model (src/shards/numberEncoding.ts has
// the formulas): columns that become weights, buckets or quantiles are each computed together.

import type { NumberMode } from "../../base/numberModes.ts";
import { BUCKET_STARTS, fractionBucketStarts, LEAST_OWN_BUCKET } from "../../shards/buckets.ts";
import type { IntegerColumn } from "../../shards/manifest.ts";
import { ownIds, quantilesOf, weightRule } from "../../shards/numberEncoding.ts";
import { MISSING } from "../../shards/rows.ts";
import { axesOf, type Drawing } from "./final.ts";
import { FLOAT, type GraphBuilder, INT64 } from "./graph.ts";

/** A column of numbers, and where its ids are. */
export interface NumberColumn {
  column: IntegerColumn;
  mode: NumberMode;
  /** Its place among all columns, which is its own table row too. */
  field: number;
  /** Table row of its first id, where it has ids. */
  base: number;
}

/** Some columns' part of a batch. */
export interface Cells {
  fields: number[];
  /** int64 [B, n]: table rows. */
  ids: string;
  /** float or double [B, n]; null: all of them are 1. */
  weights: string | null;
}

/** Columns of one type, as doubles [B, n] with any number where one is missing, and whether it is, bool [B, n]. */
export interface Values {
  columns: NumberColumn[];
  x: string;
  isMissing: string;
}

/** The cells of columns that are all of whole numbers, or all with fractions. */
export function numberCells(drawing: Drawing, values: Values, label: string): Cells[] {
  const kinds = [
    { modes: ["max", "log", "standard", "minmax"], cells: weightCells },
    { modes: ["bucket"], cells: bucketCells },
    { modes: ["quantile"], cells: quantileCells },
  ];
  return kinds.flatMap(({ modes, cells }) => {
    const columns = values.columns.filter(({ mode }) => modes.includes(mode));
    if (columns.length === 0) return [];
    const prefix = `${label}_${modes[0] === "max" ? "weight" : modes[0]}`;
    return [cells(drawing, some(drawing.builder, values, columns, prefix), prefix)];
  });
}

/** The values of some of the columns. */
function some(builder: GraphBuilder, values: Values, columns: NumberColumn[], prefix: string): Values {
  if (columns.length === values.columns.length) return values;
  const places = columns.map((column) => BigInt(values.columns.indexOf(column)));
  const at = builder.constant(`${prefix}/places`, BigInt64Array.from(places), [places.length]);
  const take = (part: string, from: string) =>
    builder.node("Gather", `${prefix}/${part}`, [from, at], { axis: 1 });
  return { columns, x: take("x", values.x), isMissing: take("is_missing", values.isMissing) };
}

/** (x − start) / span, 0 where a number is missing or the span is 0: (x − start) / ∞. */
function weightCells(
  { builder, float64 }: Drawing,
  { columns, x, isMissing }: Values,
  prefix: string,
): Cells {
  const name = (part: string) => `${prefix}/${part}`;
  const rules = columns.map(({ column, mode }) => weightRule(column, mode));
  const row = (part: string, numbers: number[]) =>
    builder.constant(name(part), Float64Array.from(numbers), [1, columns.length]);
  const starts = row(
    "starts",
    rules.map(({ start }) => start),
  );
  const spans = row(
    "spans",
    rules.map(({ span }) => span || Number.POSITIVE_INFINITY),
  );
  const present = builder.node("Where", name("present"), [isMissing, starts, x]);
  const shifted = builder.node("Sub", name("shifted"), [logged(builder, present, rules, prefix), starts]);
  const scaled = builder.node("Div", name("scaled"), [shifted, spans]);
  const weights = float64 ? scaled : builder.node("Cast", name("weights"), [scaled], { to: FLOAT });
  const fields = columns.map(({ field }) => field);
  const own = builder.constant(name("rows"), BigInt64Array.from(fields, BigInt), [1, fields.length]);
  const shape = builder.node("Shape", name("shape"), [weights]);
  return { fields, ids: builder.node("Expand", name("ids"), [own, shape]), weights };
}

/** ln(1 + max(x, 0)) in the columns whose rule says so. */
function logged(builder: GraphBuilder, x: string, rules: { log: boolean }[], prefix: string): string {
  if (rules.every(({ log }) => !log)) return x;
  const name = (part: string) => `${prefix}/${part}`;
  const number = (part: string, value: number) => builder.constant(name(part), Float64Array.of(value), [1]);
  const positive = builder.node("Max", name("at_least_zero"), [x, number("zero", 0)]);
  const more = builder.node("Add", name("one_more"), [positive, number("one", 1)]);
  const log = builder.node("Log", name("log"), [more]);
  if (rules.every(({ log }) => log)) return log;
  const flags = BigInt64Array.from(rules, ({ log }) => BigInt(Number(log)));
  const isLog = builder.node("Equal", name("is_log"), [
    builder.constant(name("log_flags"), flags, [1, rules.length]),
    builder.constant(name("flag"), BigInt64Array.of(1n), [1]),
  ]);
  return builder.node("Where", name("some_logs"), [isLog, log, x]);
}

/** An id for each frequent bucket; a missing number may have one too. */
function bucketCells({ builder }: Drawing, { columns, x, isMissing }: Values, prefix: string): Cells {
  const missing = builder.constant(`${prefix}/missing`, BigInt64Array.of(BigInt(MISSING)), [1]);
  const buckets = builder.node("Where", `${prefix}/keys`, [
    isMissing,
    missing,
    drawBuckets(builder, x, columns, prefix),
  ]);
  const ids = columns.map(({ column: { name, buckets: found, frequent }, field, base }, c) => {
    const place = builder.constant(`${prefix}/place/${name}`, BigInt64Array.of(BigInt(c)), [1]);
    const bucket = builder.node("Gather", `${prefix}/of/${name}`, [buckets, place], { axis: 1 });
    if (frequent === 0) return constantIds(builder, bucket, name, field);
    return builder.classic("LabelEncoder", `ids/${name}`, [bucket], {
      keys_int64s: found.slice(0, frequent).map(({ value }) => value ?? MISSING),
      values_int64s: Array.from({ length: frequent }, (_, i) => base + i),
      default_int64: field,
    });
  });
  return {
    fields: columns.map(({ field }) => field),
    ids: joined(builder, ids, `${prefix}/ids`),
    weights: null,
  };
}

/**
 * int64 buckets as src/shards/buckets.ts has them. A logarithm may round to the wrong side of a bound, so it gives a guess, and
 * the bounds decide.
 */
function drawBuckets(builder: GraphBuilder, x: string, columns: NumberColumn[], prefix: string): string {
  const name = (part: string) => `${prefix}/${part}`;
  const node = (op: string, part: string, inputs: string[], attributes = {}) =>
    builder.node(op, name(part), inputs, attributes);
  const number = (part: string, value: number) => builder.constant(name(part), Float64Array.of(value), [1]);
  const integer = (part: string, value: number) =>
    builder.constant(name(part), BigInt64Array.of(BigInt(value)), [1]);
  const hasFractions = columns[0]!.column.fractions === true;
  const bounds = hasFractions ? fractionBucketStarts() : Float64Array.from(BUCKET_STARTS);
  const starts = builder.constant(name("starts"), bounds, [bounds.length]);
  // In data sets of the first version each negative integer is a bucket.
  const least = builder.constant(
    name("least_own"),
    Float64Array.from(columns, ({ column }) =>
      column.statistics === undefined && !hasFractions ? MISSING : LEAST_OWN_BUCKET,
    ),
    [1, columns.length],
  );
  const zero = number("zero", 0);
  const two = number("two", 2);
  const isNegative = node("Less", "is_negative", [x, zero]);
  const whole = node("Where", "whole", [isNegative, node("Ceil", "ceil", [x]), x]);
  const size = node("Abs", "size", [whole]);
  const log = node("Log", "log", [node("Max", "at_least_one", [size, number("one", 1)])]);
  const squared = node("Floor", "squared_log", [node("Mul", "log_log", [log, log])]);
  const guess = node(
    "Cast",
    "guess",
    [node("Min", "guessed", [squared, number("most", bounds.length - 2)])],
    { to: INT64 },
  );
  const start = node("Gather", "start", [starts, guess], { axis: 0 });
  const tooHigh = node("Cast", "too_high", [node("Greater", "start_above", [start, size])], { to: INT64 });
  const lower = node("Sub", "lower", [guess, tooHigh]);
  const next = node("Gather", "next_start", [starts, node("Add", "next", [lower, integer("step", 1)])], {
    axis: 0,
  });
  const tooLow = node("Cast", "too_low", [node("LessOrEqual", "next_reached", [next, size])], { to: INT64 });
  const bucket = node("Add", "of_size", [lower, tooLow]);
  const near = node(
    "Cast",
    "own",
    [
      node("Clip", "near", [
        whole,
        scalar(builder, name("lowest"), MISSING),
        scalar(builder, name("highest"), 2),
      ]),
    ],
    { to: INT64 },
  );
  const far = node("Sub", "far", [integer("least", LEAST_OWN_BUCKET), bucket]);
  const upToTwo = node("Where", "low_bucket", [node("GreaterOrEqual", "is_own", [whole, least]), near, far]);
  return node("Where", "bucket", [node("LessOrEqual", "up_to_two", [x, two]), upToTwo, bucket]);
}

function scalar(builder: GraphBuilder, name: string, value: number): string {
  return builder.constant(name, Float64Array.of(value), []);
}

/** An id for each equal share of the rows: how many of the shares' least numbers the number reaches. */
function quantileCells({ builder }: Drawing, { columns, x, isMissing }: Values, prefix: string): Cells {
  const name = (part: string) => `${prefix}/${part}`;
  const bounds = columns.map(({ column }) => quantilesOf(column));
  const most = Math.max(1, ...bounds.map(({ length }) => length));
  // No number reaches NaN.
  const padded = bounds.flatMap((own) => Array.from({ length: most }, (_, i) => own[i] ?? Number.NaN));
  const shares = builder.constant(name("bounds"), Float64Array.from(padded), [1, columns.length, most]);
  const deep = builder.node("Unsqueeze", name("deep"), [x, axesOf(builder, [2])]);
  const reached = builder.node("GreaterOrEqual", name("reached"), [deep, shares]);
  const ones = builder.node("Cast", name("ones"), [reached], { to: INT64 });
  const count = builder.node("ReduceSum", name("count"), [ones, axesOf(builder, [2])], { keepdims: 0 });
  const row = (part: string, rows: number[]) =>
    builder.constant(name(part), BigInt64Array.from(rows, BigInt), [1, columns.length]);
  const first = row(
    "first",
    columns.map(({ base }) => base),
  );
  const ofMissing = row(
    "of_missing",
    columns.map(({ column, base, field }) =>
      column.missing > 0 ? base + ownIds(column, "quantile") - 1 : field,
    ),
  );
  const share = builder.node("Add", name("share"), [count, first]);
  return {
    fields: columns.map(({ field }) => field),
    ids: builder.node("Where", name("ids"), [isMissing, ofMissing, share]),
    weights: null,
  };
}

/** A column without any frequent value: its own table row for every row. */
export function constantIds(builder: GraphBuilder, like: string, name: string, field: number): string {
  const shape = builder.node("Shape", `shape/${name}`, [like]);
  const row = builder.constant(`own_row/${name}`, BigInt64Array.of(BigInt(field)), [1]);
  return builder.node("Expand", `ids/${name}`, [row, shape]);
}

/** The tensors side by side along their columns. */
export function joined(builder: GraphBuilder, parts: string[], label: string): string {
  return parts.length === 1 ? parts[0]! : builder.node("Concat", label, parts, { axis: 1 });
}
