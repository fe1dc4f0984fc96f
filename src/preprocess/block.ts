// Parsed lines of a log, column by column, before their values have ids: what both passes work on.

import type { Layout } from "../shards/rows.ts";

/** Rows of a block that is full. Small enough that a block and one column's hash table share the processor's cache. */
export const BLOCK_ROWS = 4096;

/** How a category's value is held in `Block.keys`. */
export const KIND = {
  /** Eight lower-case hexadecimal digits: the number they write. */
  hex: 0,
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

export interface Block {
  /** Rows in it. */
  count: number;
  /** Line number of each row, from 0; bad lines are counted. */
  lines: Uint32Array;
  labels: Uint8Array;
  /** One array a column; MISSING where the log has nothing. */
  integers: Int32Array[];
  /** One array a column of categories. */
  keys: Uint32Array[];
  kinds: Uint8Array[];
  /** Values that are neither empty nor eight hexadecimal digits; each character is one byte. */
  odd: string[];
  /** Lines that it was made from, bad ones included. */
  lineCount: number;
  badLines: BadLine[];
}

export function makeBlock(layout: Layout): Block {
  const columns = <A>(count: number, make: () => A) => Array.from({ length: count }, make);
  return {
    count: 0,
    lines: new Uint32Array(BLOCK_ROWS),
    labels: new Uint8Array(BLOCK_ROWS),
    integers: columns(layout.integers, () => new Int32Array(BLOCK_ROWS)),
    keys: columns(layout.categories, () => new Uint32Array(BLOCK_ROWS)),
    kinds: columns(layout.categories, () => new Uint8Array(BLOCK_ROWS)),
    odd: [],
    lineCount: 0,
    badLines: [],
  };
}

/** Makes a block ready for new rows. */
export function clearBlock(block: Block): void {
  block.count = 0;
  block.odd = [];
  block.lineCount = 0;
  block.badLines = [];
}
