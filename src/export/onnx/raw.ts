// The model from a log's own values: integers and category strings in, probability out. What `preprocess` does with a
// value happens inside the graph: look-ups by the vocabulary, buckets of integers, scales.

import { modesText } from "../../base/numberModes.ts";
import { naturalLog } from "../../base/random.ts";
import { ProblemError } from "../../base/result.ts";
import { BUCKET_STARTS, LEAST_OWN_BUCKET } from "../../shards/buckets.ts";
import type { CategoryColumn, Column, IntegerColumn } from "../../shards/manifest.ts";
import { MISSING } from "../../shards/rows.ts";
import { type ExportedModel, notHeld } from "../model.ts";
import { axesOf, createDrawing, type Drawing, drawHeads, type Precision } from "./final.ts";
import { DOUBLE, FLOAT, type GraphBuilder, INT32, INT64, STRING } from "./graph.ts";

export interface RawColumns {
  /** As the data set's manifest has them: integers first. */
  columns: Column[];
  /** The frequent values of each category in the order of their ids, as text. */
  values: string[][];
}

/**
 * Inputs `integers` int32 [B, n] (−2147483648 where one is missing) and `categories` string [B, m] (the empty string
 * where one is missing), those that there are; outputs as `drawHeads` says. Throws a ProblemError for ways of feeding
 * integers that a graph of this kind does not hold.
 */
export function rawGraph(
  model: ExportedModel,
  { columns, values }: RawColumns,
  how: Precision,
): GraphBuilder {
  const drawing = createDrawing(model, how.float64);
  const { builder } = drawing;
  const integers = columns.filter((column) => column.kind === "integer");
  const categories = columns.filter((column) => column.kind === "category");
  refuseFractions(integers);
  const bucketed = model.config.integers === "bucket";
  if (bucketed) refuseFarBuckets(integers);
  const shift = bucketed ? integers.reduce((sum, { frequent }) => sum + frequent, 0) : 0;
  const parts: string[] = [];
  if (integers.length > 0) {
    const raw = builder.input("integers", INT32, ["batch", integers.length]);
    parts.push(bucketed ? bucketRows(drawing, raw, integers) : weightedRows(drawing, raw, integers));
  }
  if (categories.length > 0) {
    const raw = builder.input("categories", STRING, ["batch", categories.length]);
    const ids = categories.map((column, c) => {
      const text = columnOf(builder, raw, c, column.name);
      return categoryIds(builder, text, column, values[c]!, integers.length + c, shift);
    });
    parts.push(gathered(drawing, joined(builder, ids, "category_ids"), "category_rows"));
  }
  drawHeads(drawing, joined(builder, parts, "e"));
  return builder;
}

function refuseFractions(integers: IntegerColumn[]): void {
  const column = integers.find(({ scale, fractions }) => scale !== undefined || fractions);
  if (!column) return;
  const reason = `column ${column.name} has fractions`;
  throw new ProblemError(notHeld("ONNX from raw values", reason, "integers and categories"));
}

/** Buckets so far below 0 are those of several integers. */
function refuseFarBuckets(integers: IntegerColumn[]): void {
  const column = integers.find(
    ({ buckets, frequent, statistics }) =>
      statistics !== undefined &&
      buckets.slice(0, frequent).some(({ value }) => value !== null && value < LEAST_OWN_BUCKET),
  );
  if (!column) return;
  const reason = `column ${column.name} has buckets below ${LEAST_OWN_BUCKET}`;
  throw new ProblemError(notHeld("ONNX from raw values", reason, "buckets from there on"));
}

function joined(builder: GraphBuilder, parts: string[], label: string): string {
  return parts.length === 1 ? parts[0]! : builder.node("Concat", label, parts, { axis: 1 });
}

/** Column `c` of an input, [B, 1]. */
function columnOf(builder: GraphBuilder, input: string, c: number, name: string): string {
  const place = builder.constant(`place/${name}`, BigInt64Array.of(BigInt(c)), [1]);
  return builder.node("Gather", `raw/${name}`, [input, place], { axis: 1 });
}

/** Embeddings [B, n, D] of ids [B, n]. */
function gathered({ builder, array }: Drawing, ids: string, label: string): string {
  return builder.node("Gather", label, [array("embedding"), ids], { axis: 0 });
}

/** Table rows of a category's texts; any other text has the column's OOV row. */
function categoryIds(
  builder: GraphBuilder,
  text: string,
  { name, base }: CategoryColumn,
  values: string[],
  field: number,
  shift: number,
): string {
  if (values.length === 0) return constantIds(builder, text, name, field);
  return builder.classic("LabelEncoder", `ids/${name}`, [text], {
    keys_strings: values,
    values_int64s: values.map((_, i) => base + shift + i),
    default_int64: field,
  });
}

/** A column without any frequent value: its OOV row for every row. */
function constantIds(builder: GraphBuilder, like: string, name: string, field: number): string {
  const shape = builder.node("Shape", `shape/${name}`, [like]);
  const row = builder.constant(`oov/${name}`, BigInt64Array.of(BigInt(field)), [1]);
  return builder.node("Expand", `ids/${name}`, [row, shape]);
}

/** Embeddings of integers as buckets: ⌊ln²x⌋ above 2, the integer itself below, a missing one a value of its own. */
function bucketRows(drawing: Drawing, raw: string, integers: IntegerColumn[]): string {
  const { builder } = drawing;
  const buckets = drawBuckets(builder, raw);
  const ids = integers.map(({ name, buckets: found, frequent, base }, field) => {
    const column = columnOf(builder, buckets, field, name);
    if (frequent === 0) return constantIds(builder, column, name, field);
    return builder.classic("LabelEncoder", `ids/${name}`, [column], {
      keys_int64s: found.slice(0, frequent).map(({ value }) => value ?? MISSING),
      values_int64s: Array.from({ length: frequent }, (_, i) => base + i),
      default_int64: field,
    });
  });
  return gathered(drawing, joined(builder, ids, "bucket_ids"), "integer_rows");
}

/** int64 buckets of int32 integers. A logarithm may round to the wrong side of a bound, so the bounds decide. */
function drawBuckets(builder: GraphBuilder, raw: string): string {
  const x = builder.node("Cast", "integer", [raw], { to: INT64 });
  const scalar = (name: string, value: number) =>
    builder.constant(name, BigInt64Array.of(BigInt(value)), [1]);
  const one = builder.constant("one_double", Float64Array.of(1), [1]);
  const float = builder.node("Max", "at_least_one", [
    builder.node("Cast", "double", [raw], { to: DOUBLE }),
    one,
  ]);
  const log = builder.node("Log", "log", [float]);
  const squared = builder.node("Floor", "squared_log", [builder.node("Mul", "log_log", [log, log])]);
  const most = scalar("last_bucket", BUCKET_STARTS.length - 2);
  const guess = builder.node("Min", "guess", [
    builder.node("Cast", "guess_integer", [squared], { to: INT64 }),
    most,
  ]);
  const starts = builder.constant("bucket_starts", BigInt64Array.from(BUCKET_STARTS, BigInt), [
    BUCKET_STARTS.length,
  ]);
  const count = (label: string, condition: string) => builder.node("Cast", label, [condition], { to: INT64 });
  const start = builder.node("Gather", "start", [starts, guess], { axis: 0 });
  const tooHigh = count("too_high", builder.node("Greater", "start_above", [start, x]));
  const lower = builder.node("Sub", "lowered", [guess, tooHigh]);
  const next = builder.node("Add", "next", [lower, scalar("one", 1)]);
  const nextStart = builder.node("Gather", "next_start", [starts, next], { axis: 0 });
  const tooLow = count("too_low", builder.node("LessOrEqual", "next_reached", [nextStart, x]));
  const bucket = builder.node("Add", "bucket_above_two", [lower, tooLow]);
  const isSmall = builder.node("LessOrEqual", "up_to_two", [x, scalar("two", 2)]);
  return builder.node("Where", "bucket", [isSmall, x, bucket]);
}

/** Embeddings of integers as numbers: one row a column, times its weight; 0 where it is missing. */
function weightedRows(drawing: Drawing, raw: string, integers: IntegerColumn[]): string {
  const { builder, array, float64, model } = drawing;
  const { integers: mode } = model.config;
  if (mode !== "max" && mode !== "log")
    throw new ProblemError(
      notHeld(
        "ONNX from raw values",
        `integers enter as ${modesText(mode)}`,
        "integers as bucket, log or max",
      ),
    );
  const x = builder.node("Cast", "double", [raw], { to: DOUBLE });
  const zero = builder.constant("zero", Float64Array.of(0), [1]);
  const factors = Float64Array.from(integers, ({ maximum }) => {
    if (maximum === null || maximum <= 0) return 0;
    return mode === "max" ? maximum : naturalLog(1 + maximum);
  });
  // A column without a maximum above 0 has the weight 0, whatever its value.
  const divisors = builder.constant(
    "divisors",
    factors.map((factor) => factor || 1),
    [1, integers.length],
  );
  const known = builder.constant(
    "has_maximum",
    factors.map((factor) => (factor > 0 ? 1 : 0)),
    [1, integers.length],
  );
  const missing = builder.constant("missing", Int32Array.of(MISSING), [1]);
  const isMissing = builder.node("Equal", "is_missing", [raw, missing]);
  const value = mode === "max" ? x : logOfOneMore(builder, x, zero);
  const scaled = builder.node("Mul", "scaled", [
    builder.node("Div", "share", [builder.node("Where", "present", [isMissing, zero, value]), divisors]),
    known,
  ]);
  const weights = float64 ? scaled : builder.node("Cast", "weights", [scaled], { to: FLOAT });
  const rows = builder.constant(
    "integer_ids",
    BigInt64Array.from(integers, (_, field) => BigInt(field)),
    [integers.length],
  );
  const embeddings = builder.node("Gather", "integer_table", [array("embedding"), rows], { axis: 0 });
  const column = builder.node("Unsqueeze", "weight_column", [weights, axesOf(builder, [2])]);
  return builder.node("Mul", "integer_rows", [embeddings, column]);
}

/** ln(1 + max(x, 0)). */
function logOfOneMore(builder: GraphBuilder, x: string, zero: string): string {
  const positive = builder.node("Max", "at_least_zero", [x, zero]);
  const one = builder.constant("one_double", Float64Array.of(1), [1]);
  return builder.node("Log", "log", [builder.node("Add", "plus_one", [positive, one])]);
}
