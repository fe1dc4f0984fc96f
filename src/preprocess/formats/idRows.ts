// Rows as MindSpore's scripts write them, whatever the file around them: `feat_ids`, `feat_vals` and `label`, many rows a
// record. Two ways are known:
//   - an id and a value for every column, in one space of ids: the integer columns' own, then each category's OOV id,
//     then the values' (deepfm, wide_and_deep). An integer's value is scaled, a category's is 1.
//   - ids of the categories, each column's from 0, and the integers themselves (deep_and_cross).

import { type ProblemError, problemError } from "../../base/result.ts";
import { CRITEO, type Layout } from "../../shards/rows.ts";
import { type Block, KIND, makeBlock } from "../block.ts";
import type { LogForm } from "../logForm.ts";
import { endRow, setLabel, setNumber } from "./cells.ts";
import { ColumnsError } from "./columns.ts";
import { fractionsOf, noteFraction } from "./fractions.ts";
import type { OnBytes } from "./input.ts";
import {
  createLogSource,
  type LogSource,
  NUMBERED_RULES,
  type OpenedFile,
  type OpenOptions,
  type Reading,
} from "./logSource.ts";

const BLOCK_ROWS = 8192;
const EXPECTED =
  "Its records should hold feat_ids, feat_vals and label as MindSpore's and DeepFM's scripts write them; for other than 13 integers and 26 categories one says how many there are (--dense_dim, --slot_dim on the command line)";

/** Some rows: as many as labels. */
export interface IdRecord {
  /** Where they are, to say in a sentence: "record 7". */
  where: string;
  labels: ArrayLike<number>;
  ids: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** A format of such rows. */
export interface IdFormat {
  name: string;
  /** The records of a file in their order. */
  read(opened: OpenedFile, onProgress: OnBytes): AsyncIterable<IdRecord>;
}

/** How a file's rows are laid out. */
interface Shape extends Layout {
  idsPerRow: number;
  valuesPerRow: number;
  /** Of the first category within a row's ids. */
  firstCategory: number;
  /** In one space of ids: that of the first column, 0 or 1. */
  firstId: number | null;
}

interface Survey {
  shape: Shape;
  fractions: boolean[];
}

/** Opens files of such rows: one pass finds how they are laid out, and which columns have fractions. */
export async function openIdRows(
  format: IdFormat,
  files: OpenedFile[],
  options: OpenOptions,
): Promise<LogSource> {
  const { shape, fractions } = await survey(format, files, options);
  const { integers, categories, firstId } = shape;
  const form: LogForm = {
    integers,
    categories,
    numbers: true,
    ...fractionsOf(fractions),
    ...(firstId !== null && {
      shared: Array.from({ length: categories }, (_, c) => [firstId + integers + c]),
    }),
  };
  return createLogSource(files, {
    format: format.name,
    form,
    values: { kind: "row-ids", firstId },
    rules: NUMBERED_RULES,
    noun: "row",
    read: (reading, readIn) => blocks(format, files, shape, readIn, options.limit, reading),
  });
}

async function survey(
  format: IdFormat,
  files: OpenedFile[],
  { layout = CRITEO, limit = Number.POSITIVE_INFINITY }: OpenOptions,
): Promise<Survey> {
  const fractions = Array.from({ length: layout.integers }, () => false);
  let shape: Shape | null = null;
  let rows = 0;
  for (const opened of files) {
    const { name } = opened.file;
    const end = rows + (opened.limit ?? limit);
    for await (const record of format.read(opened, () => {})) {
      const mismatch = (reason: string) =>
        problemError("format-mismatch", {
          name,
          format: format.name,
          expected: EXPECTED,
          reason: `${record.where} ${reason}`,
        });
      shape ??= shapeOf(record, layout, mismatch);
      checkRecord(record, shape, mismatch);
      const { values, labels } = record;
      for (let r = 0, at = 0; r < labels.length; r++, at += shape.valuesPerRow)
        for (let c = 0; c < shape.integers; c++) noteFraction(fractions, c, values[at + c]!);
      if ((rows += labels.length) >= limit) return { shape, fractions };
      if (rows >= end) break;
    }
  }
  if (!shape) throw problemError("log-empty", { name: files[0]!.file.name });
  return { shape, fractions };
}

type Mismatch = (reason: string) => ProblemError;

function shapeOf({ labels, ids, values }: IdRecord, layout: Layout, mismatch: Mismatch): Shape {
  const { integers, categories } = layout;
  const fields = integers + categories;
  const idsPerRow = ids.length / labels.length;
  const valuesPerRow = values.length / labels.length;
  if (idsPerRow === fields && valuesPerRow === fields) {
    const firstId = ids[0]!;
    if (!isId(firstId)) throw mismatch(`begins with the id ${firstId}, which is no whole number of 32 bits`);
    return { ...layout, idsPerRow, valuesPerRow, firstCategory: integers, firstId };
  }
  if (idsPerRow === categories && valuesPerRow === integers)
    return { ...layout, idsPerRow, valuesPerRow, firstCategory: 0, firstId: null };
  const { problem: found } = mismatch(
    `has ${ids.length} ids and ${values.length} values for ${labels.length} labels, where ${fields} and ${fields} a row or ${categories} and ${integers} are expected`,
  );
  throw new ColumnsError(found, likelyLayout(ids, idsPerRow, valuesPerRow));
}

/** In one space of ids a column of integers has the same id in every row. */
function likelyLayout(ids: ArrayLike<number>, idsPerRow: number, valuesPerRow: number): Layout {
  if (idsPerRow !== valuesPerRow) return { integers: valuesPerRow, categories: idsPerRow };
  const isFixed = (c: number) => {
    for (let at = c; at < ids.length; at += idsPerRow) if (ids[at] !== ids[c]) return false;
    return true;
  };
  let integers = 0;
  while (integers < idsPerRow && isFixed(integers)) integers++;
  return { integers, categories: idsPerRow - integers };
}

function checkRecord({ labels, ids, values }: IdRecord, shape: Shape, mismatch: Mismatch): void {
  const { integers, idsPerRow, valuesPerRow, firstId } = shape;
  if (ids.length !== labels.length * idsPerRow || values.length !== labels.length * valuesPerRow)
    throw mismatch(`has ${ids.length} ids and ${values.length} values for ${labels.length} labels`);
  if (firstId === null) return;
  for (let at = 0; at < ids.length; at += idsPerRow) {
    for (let c = 0; c < integers; c++)
      if (ids[at + c] !== firstId + c)
        throw mismatch(
          `has the id ${ids[at + c]} in integer column ${c + 1}, where all rows have ${firstId + c}`,
        );
    for (let c = integers; c < valuesPerRow; c++)
      if (values[at + c] !== 1)
        throw mismatch(`weighs a category with ${values[at + c]}, where all have the weight 1`);
  }
}

/** The rows in blocks of a good size, however few a record has. */
async function* blocks(
  format: IdFormat,
  files: OpenedFile[],
  shape: Shape,
  form: LogForm,
  limit = Number.POSITIVE_INFINITY,
  { progressOf, begin }: Reading,
): AsyncGenerator<Block> {
  let line = 0;
  for (const opened of files) {
    const { split } = opened;
    const end = Math.min(limit, line + (opened.limit ?? limit));
    begin(opened.file, line);
    const nextBlock = () =>
      Object.assign(makeBlock(form, BLOCK_ROWS, line), split !== undefined && { split });
    let block = nextBlock();
    for await (const record of format.read(opened, progressOf(opened.file))) {
      for (let r = 0; r < record.labels.length && line < end; r++) {
        endRow(block, line++, appendRow(record, r, shape, form, block));
        if (++block.lineCount < BLOCK_ROWS) continue;
        yield block;
        block = nextBlock();
      }
      if (line >= end) break;
    }
    if (block.lineCount > 0) yield block;
    if (line >= limit) return;
  }
}

/** Writes row `r` of a record into the block's next row; returns what is wrong with it, or null. */
function appendRow(
  { labels, ids, values }: IdRecord,
  r: number,
  shape: Shape,
  form: LogForm,
  block: Block,
): string | null {
  const { integers, categories, idsPerRow, valuesPerRow, firstCategory } = shape;
  const row = block.count;
  let reason = setLabel(block, labels[r]!);
  for (let c = 0, at = r * valuesPerRow; c < integers && reason === null; c++, at++)
    reason = setNumber(block, c, values[at]!, form);
  if (reason !== null) return reason;
  for (let c = 0, at = r * idsPerRow + firstCategory; c < categories; c++, at++) {
    const id = ids[at]!;
    if (!isId(id)) return `has the id ${id} in column C${c + 1}, which is no whole number of 32 bits`;
    block.keys[c]![row] = id;
    block.kinds[c]![row] = KIND.number;
  }
  return null;
}

function isId(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id <= 4294967295;
}
