// The model from a log's own values: numbers and category strings in, probability out. What `preprocess` does with a value
// happens inside the graph: look-ups by the vocabulary, buckets and quantiles of numbers, scales, values for missing cells.

import { modeOf } from "../../base/numberModes.ts";
import { ProblemError } from "../../base/result.ts";
import type { ColumnChoice } from "../../preprocess/roles.ts";
import { columnEncoders } from "../../shards/encoding.ts";
import type { CategoryColumn, Column, Manifest } from "../../shards/manifest.ts";
import { MISSING } from "../../shards/rows.ts";
import { type ExportedModel, notHeld } from "../model.ts";
import { createDrawing, drawHeads, type Precision, weightedRows } from "./final.ts";
import { DOUBLE, FLOAT, type GraphBuilder, INT32, STRING } from "./graph.ts";
import {
  type Cells,
  constantIds,
  joined,
  type NumberColumn,
  numberCells,
  type Values,
} from "./rawNumbers.ts";

export interface RawColumns {
  /** As the data set's manifest has them: numbers first. */
  columns: Column[];
  /** The frequent values of each category in the order of their ids, as text. */
  values: string[][];
  /** What the columns of the source's table were read as, where it was not Criteo's own log. */
  choices: ColumnChoice[];
}

/** What a graph must know of a data set; `values` are the categories' texts in id order. */
export function rawColumns({ columns, table }: Manifest, values: string[][]): RawColumns {
  return { columns, values, choices: table?.columns ?? [] };
}

/** The columns behind each input of the graph, by name, in its order; an input without columns does not exist. */
export function rawInputs(columns: Column[]): Record<"integers" | "numbers" | "categories", string[]> {
  const names = (of: (column: Column) => boolean) => columns.filter(of).map(({ name }) => name);
  return {
    integers: names((column) => column.kind === "integer" && !column.fractions),
    numbers: names((column) => column.kind === "integer" && column.fractions === true),
    categories: names((column) => column.kind === "category"),
  };
}

/**
 * Inputs `integers` int32 [B, n] (−2147483648 where one is missing), `numbers` float32 [B, k] of the columns with fractions
 * (NaN where one is missing) and `categories` string [B, m] (the empty string where one is missing), those that there are;
 * outputs as `drawHeads` says. Throws a ProblemError for data sets whose fractions are kept as integers.
 */
export function rawGraph(model: ExportedModel, raw: RawColumns, how: Precision): GraphBuilder {
  refuseScaled(raw.columns);
  const drawing = createDrawing(model, how.float64);
  const { builder } = drawing;
  const encoders = columnEncoders(raw, model.config.integers);
  const numbers = raw.columns.flatMap((column, field): NumberColumn[] => {
    if (column.kind !== "integer") return [];
    const mode = modeOf(model.config.integers, column.name);
    return [{ column, mode, field, base: encoders[field]!.base }];
  });
  const integers = numbers.filter(({ column }) => !column.fractions);
  const fractions = numbers.filter(({ column }) => column.fractions);
  const cells: Cells[] = [];
  if (integers.length > 0)
    cells.push(...numberCells(drawing, integerValues(builder, integers, raw.choices), "integer"));
  if (fractions.length > 0)
    cells.push(...numberCells(drawing, fractionValues(builder, fractions, raw.choices), "number"));
  const categories = raw.columns.flatMap((column, field) =>
    column.kind === "category" ? [{ column, field, base: encoders[field]!.base }] : [],
  );
  if (categories.length > 0) cells.push(categoryCells(builder, categories, raw));
  const { ids, weights } = inOrder(builder, cells, how);
  drawHeads(drawing, weightedRows(drawing, ids, weights));
  return builder;
}

function refuseScaled(columns: Column[]): void {
  const column = columns.find((one) => one.kind === "integer" && one.scale !== undefined);
  if (!column) return;
  const reason = `the data set is of version 0.1.0 and keeps the fractions of column ${column.name} as integers`;
  throw new ProblemError(notHeld("ONNX from raw values", reason, "data sets that are preprocessed anew"));
}

function integerValues(builder: GraphBuilder, columns: NumberColumn[], choices: ColumnChoice[]): Values {
  const raw = builder.input("integers", INT32, ["batch", columns.length]);
  const missing = builder.constant("integer/missing", Int32Array.of(MISSING), [1]);
  const isMissing = builder.node("Equal", "integer/is_missing", [raw, missing]);
  const x = builder.node("Cast", "integer/x", [raw], { to: DOUBLE });
  return filledIn(builder, { columns, x, isMissing }, choices, "integer");
}

function fractionValues(builder: GraphBuilder, columns: NumberColumn[], choices: ColumnChoice[]): Values {
  const raw = builder.input("numbers", FLOAT, ["batch", columns.length]);
  const isMissing = builder.node("IsNaN", "number/is_missing", [raw]);
  const wide = builder.node("Cast", "number/wide", [raw], { to: DOUBLE });
  const zero = builder.constant("number/zero", Float64Array.of(0), [1]);
  const x = builder.node("Where", "number/x", [isMissing, zero, wide]);
  return filledIn(builder, { columns, x, isMissing }, choices, "number");
}

/** Numbers that stand for a missing one are missing, and what a column says is put where one is. */
function filledIn(
  builder: GraphBuilder,
  { columns, x, isMissing }: Values,
  choices: ColumnChoice[],
  label: string,
): Values {
  const own = columns.map(({ column }) => choices.find(({ name }) => name === column.name));
  const row = (part: string, numbers: number[]) =>
    builder.constant(`${label}/${part}`, Float64Array.from(numbers), [1, columns.length]);
  const marks = own.map((choice) => choice?.missing?.map(Number).filter((mark) => !Number.isNaN(mark)) ?? []);
  const most = Math.max(...marks.map(({ length }) => length));
  for (let i = 0; i < most; i++) {
    // Nothing equals NaN.
    const mark = row(
      `mark${i}`,
      marks.map((some) => some[i] ?? Number.NaN),
    );
    const isMark = builder.node("Equal", `${label}/is_mark${i}`, [x, mark]);
    isMissing = builder.node("Or", `${label}/is_missing${i}`, [isMissing, isMark]);
  }
  if (own.every((choice) => choice?.fill === undefined)) return { columns, x, isMissing };
  const fills = row(
    "fills",
    own.map((choice) => (choice?.fill === undefined ? Number.NaN : Number(choice.fill))),
  );
  const hasNone = builder.node("IsNaN", `${label}/has_no_fill`, [fills]);
  return {
    columns,
    x: builder.node("Where", `${label}/filled`, [isMissing, fills, x]),
    isMissing: builder.node("And", `${label}/stays_missing`, [isMissing, hasNone]),
  };
}

interface PlacedCategory {
  column: CategoryColumn;
  field: number;
  base: number;
}

function categoryCells(builder: GraphBuilder, categories: PlacedCategory[], raw: RawColumns): Cells {
  const input = builder.input("categories", STRING, ["batch", categories.length]);
  const ids = categories.map(({ column: { name }, field, base }, c) => {
    const place = builder.constant(`place/${name}`, BigInt64Array.of(BigInt(c)), [1]);
    const text = builder.node("Gather", `raw/${name}`, [input, place], { axis: 1 });
    const rows = rowsOfTexts(
      raw.values[c]!,
      base,
      raw.choices.find((choice) => choice.name === name),
      field,
    );
    if (rows.size === 0) return constantIds(builder, text, name, field);
    return builder.classic("LabelEncoder", `ids/${name}`, [text], {
      keys_strings: [...rows.keys()],
      values_int64s: [...rows.values()],
      default_int64: field,
    });
  });
  const fields = categories.map(({ field }) => field);
  return { fields, ids: joined(builder, ids, "category/ids"), weights: null };
}

/** Table rows by text; any other text has the column's own row, `field`. */
function rowsOfTexts(
  values: string[],
  base: number,
  choice: ColumnChoice | undefined,
  field: number,
): Map<string, number> {
  const rows = new Map(values.map((value, i) => [value, base + i]));
  const { fill = "", missing = [] } = choice ?? {};
  const ofMissing = rows.get(fill) ?? field;
  if (fill !== "") rows.set("", ofMissing);
  for (const word of missing) rows.set(word, ofMissing);
  return rows;
}

/** All columns' cells in the order of the columns; weights are null where all of them are 1. */
function inOrder(
  builder: GraphBuilder,
  cells: Cells[],
  { float64 }: Precision,
): { ids: string; weights: string | null } {
  const fields = cells.flatMap((part) => part.fields);
  const isSorted = fields.every((field, i) => field === i);
  const order = isSorted
    ? null
    : builder.constant(
        "order",
        BigInt64Array.from(fields, (_, field) => BigInt(fields.indexOf(field))),
        [fields.length],
      );
  const sorted = (name: string, parts: string[]) => {
    const all = joined(builder, parts, `${name}/joined`);
    return order === null ? all : builder.node("Gather", `${name}/in_order`, [all, order], { axis: 1 });
  };
  const ids = sorted(
    "ids",
    cells.map((part) => part.ids),
  );
  if (cells.every(({ weights }) => weights === null)) return { ids, weights: null };
  const one = builder.constant("one", float64 ? Float64Array.of(1) : Float32Array.of(1), [1]);
  const weights = cells.map((part, i) => {
    if (part.weights !== null) return part.weights;
    const shape = builder.node("Shape", `ones${i}/shape`, [part.ids]);
    return builder.node("Expand", `ones${i}`, [one, shape]);
  });
  return { ids, weights: sorted("weights", weights) };
}
