// Parsed lines of a log, column by column, before their values have ids: what both passes work on.

import { type Numbers, numbersAt } from "../shards/rows.ts";
import type { LogForm } from "./logForm.ts";

/** How a category's value is held in `Block.keys`. */
export const KIND = {
  /** Eight lower-case hexadecimal digits, or a decimal number where the log's categories are such: what they write. */
  number: 0,
  /** The empty string. */
  empty: 1,
  /** Anything else: its place in `Block.odd`. */
  odd: 2,
} as const;

export interface BadLine {
  /** Numbered from 0. */
  line: number;
  /** Completes "line 7 …". */
  reason: string;
}

/** Some consecutive lines of a log: few enough that a block and one column's counts share the processor's cache. */
export interface Block {
  /** Number of its first line, from 0; bad lines are counted. */
  firstLine: number;
  /** Lines that it was made from, bad ones included. */
  lineCount: number;
  /** Their split as its place in SPLITS, where the source says so. */
  split?: number;
  badLines: BadLine[];
  /** Rows in it. Every array has at least as many elements. */
  count: number;
  /** Line number of each row. */
  lines: Uint32Array;
  labels: Uint8Array;
  /** Where the form has a time: seconds since 1970, NaN where a row has none. */
  times?: Float64Array;
  /** One array a column of numbers. */
  integers: Numbers[];
  /** One array a column of categories. Kinds of rows that are not there yet are KIND.number, as most come to be. */
  keys: Uint32Array[];
  kinds: Uint8Array[];
  /** Values that are neither empty nor numbers; each character is one byte. */
  odd: string[];
}

/** An empty block with room for `capacity` rows. */
export function makeBlock(layout: LogForm, capacity: number, firstLine: number): Block {
  const columns = <A>(count: number, make: () => A) => Array.from({ length: count }, make);
  return {
    firstLine,
    lineCount: 0,
    badLines: [],
    count: 0,
    lines: new Uint32Array(capacity),
    labels: new Uint8Array(capacity),
    ...(layout.time !== undefined && { times: new Float64Array(capacity) }),
    integers: Array.from(
      { length: layout.integers },
      (_, c) => new (numbersAt(layout.fractions, c))(capacity),
    ),
    keys: columns(layout.categories, () => new Uint32Array(capacity)),
    kinds: columns(layout.categories, () => new Uint8Array(capacity)),
    odd: [],
  };
}

/** `block`, emptied, when it has room for so many rows; else a larger one. */
export function reuseBlock(block: Block | null, layout: LogForm, capacity: number, firstLine: number): Block {
  if (!block || block.labels.length < capacity)
    return makeBlock(layout, Math.ceil(capacity * 1.25), firstLine);
  for (const column of block.kinds) column.fill(KIND.number);
  return Object.assign(block, { firstLine, lineCount: 0, badLines: [], count: 0, odd: [] });
}

/** Drops the rows that `keep` refuses. */
export function keepRows(block: Block, keep: (line: number, row: number) => boolean): void {
  const kept = new Uint32Array(block.count);
  let count = 0;
  for (let r = 0; r < block.count; r++) if (keep(block.lines[r]!, r)) kept[count++] = r;
  if (count === block.count) return;
  const rows = kept.subarray(0, count);
  const times = block.times ? [block.times] : [];
  // One kind of arrays after the other: a loop over several kinds is not compiled well.
  for (const column of [block.lines, ...block.keys]) moveUp(column, rows);
  for (const column of [block.labels, ...block.kinds]) moveUpBytes(column, rows);
  for (const column of [...block.integers, ...times]) moveUpNumbers(column, rows);
  block.count = count;
}

function moveUp(column: Uint32Array, rows: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) column[i] = column[rows[i]!]!;
}

function moveUpBytes(column: Uint8Array, rows: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) column[i] = column[rows[i]!]!;
}

function moveUpNumbers(column: Numbers | Float64Array, rows: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) column[i] = column[rows[i]!]!;
}
