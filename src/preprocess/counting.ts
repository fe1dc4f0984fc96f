// First pass: how often each value occurs in its column, and what each column of numbers holds.

import type { Layout } from "../shards/rows.ts";
import { type Block, KIND } from "./block.ts";
import { createKeyTable, homeOf, placeOf, shiftOf } from "./keyTable.ts";
import { countNumbers, emptyNumberCounts, mergeNumberCounts, type NumberCounts } from "./numberCounts.ts";

/** Counts of one column's values. */
export interface ValueCounts {
  /** A key table of counts. */
  table: Uint32Array;
  /** Tables of other threads, as far as they have keys that no table before them has: nothing is looked up or added there. */
  others: Uint32Array[];
  /** Distinct keys in all tables. */
  used: number;
  /** What touching slots reads, which would else be left out as useless. */
  touched: number;
  /** Rows with the empty string. */
  empty: number;
  /** Values that are neither empty nor numbers; each character is one byte. */
  odd: Map<string, number>;
}

/** What the first pass learns. */
export interface LogStatistics {
  rows: number;
  integers: NumberCounts[];
  categories: ValueCounts[];
}

const FIRST_SLOTS = 1 << 12;

export function emptyStatistics(layout: Layout): LogStatistics {
  return {
    rows: 0,
    integers: Array.from({ length: layout.integers }, (_, c) =>
      emptyNumberCounts(layout.fractions?.[c] === true),
    ),
    categories: Array.from({ length: layout.categories }, () => ({
      table: createKeyTable(FIRST_SLOTS),
      others: [],
      used: 0,
      touched: 0,
      empty: 0,
      odd: new Map(),
    })),
  };
}

/** Adds a block's rows, a column at a time: one table stays in the cache while its column is counted. */
export function countBlock(statistics: LogStatistics, block: Block): void {
  for (const [c, column] of statistics.integers.entries())
    countNumbers(column, block.integers[c]!, block.count);
  for (const [c, column] of statistics.categories.entries()) countValues(column, block, c);
  statistics.rows += block.count;
}

/** Adds `from` to `into`, which it returns; `from` is used up. */
export function mergeStatistics(into: LogStatistics, from: LogStatistics): LogStatistics {
  into.rows += from.rows;
  for (const [c, column] of into.integers.entries()) mergeNumberCounts(column, from.integers[c]!);
  for (const [c, column] of into.categories.entries()) mergeCounts(column, from.categories[c]!);
  return into;
}

/** Distinct values of a column, the empty string among them. */
export function distinctValues({ used, empty, odd }: ValueCounts): number {
  return used + odd.size + (empty > 0 ? 1 : 0);
}

/** Calls `visit` with each number of a column, in no order, and how often it occurs. */
export function eachCount(column: ValueCounts, visit: (key: number, count: number) => void): void {
  for (const table of tablesOf(column))
    for (let slot = 0; slot < table.length; slot += 2) {
      const count = table[slot + 1]!;
      if (count > 0 && count !== MOVED) visit(table[slot]!, count);
    }
}

function tablesOf({ table, others }: ValueCounts): Uint32Array[] {
  return [table, ...others];
}

function countValues(column: ValueCounts, block: Block, c: number): void {
  const keys = block.keys[c]!;
  const kinds = block.kinds[c]!;
  // Room for a block of new values, so that the inner loop need not ask.
  reserve(column, column.used + block.count);
  const { table } = column;
  const shift = shiftOf(table);
  const mask = table.length - 1;
  let { used } = column;
  for (let from = 0; from < block.count; from += TOUCHED_ROWS) {
    const to = Math.min(block.count, from + TOUCHED_ROWS);
    if (table.length >= LARGE_TABLE) column.touched += touch(table, shift, keys, from, to);
    for (let r = from; r < to; r++) {
      const kind = kinds[r]!;
      if (kind === KIND.number) {
        const key = keys[r]!;
        // placeOf, written out: a call a value takes a tenth longer.
        let at = homeOf(key, shift);
        while (table[at + 1] !== 0 && table[at] !== key) at = (at + 2) & mask;
        if (table[at + 1]!++ === 0) {
          table[at] = key;
          used++;
        }
      } else if (kind === KIND.empty) column.empty++;
      else {
        const value = block.odd[keys[r]!]!;
        column.odd.set(value, (column.odd.get(value) ?? 0) + 1);
      }
    }
  }
  column.used = used;
}

/** Tables from so many words on do not fit the processor's caches. */
const LARGE_TABLE = 1 << 16;
const TOUCHED_ROWS = 64;

/**
 * Reads the slots of some keys, so that the memory fetches them together: counting itself waits for each where it guesses
 * wrong whether the value is new.
 */
function touch(table: Uint32Array, shift: number, keys: Uint32Array, from: number, to: number): number {
  let sum = 0;
  for (let r = from; r < to; r++) sum ^= table[homeOf(keys[r]!, shift) + 1]!;
  return sum & 1;
}

function mergeCounts(into: ValueCounts, from: ValueCounts): void {
  into.empty += from.empty;
  for (const [value, count] of from.odd) into.odd.set(value, (into.odd.get(value) ?? 0) + count);
  // Most values are rare and in one of the tables alone. They stay where they are: a table of both would need its room
  // while they still have theirs.
  if (from.used > into.used) {
    [into.table, from.table] = [from.table, into.table];
    [into.others, from.others] = [from.others, into.others];
    [into.used, from.used] = [from.used, into.used];
  }
  for (const table of tablesOf(from)) {
    const left = moveCounts(table, tablesOf(into));
    if (left > 0) into.others.push(table);
    into.used += left;
  }
}

/** Stands for the count of a key that another table has: a free slot would hide those behind it. */
const MOVED = 4294967295;

/** Adds the counts of keys that one of the tables has to its counts; gives the number of keys that none has, which stay. */
function moveCounts(from: Uint32Array, tables: Uint32Array[]): number {
  let left = 0;
  for (const table of tables) {
    const shift = shiftOf(table);
    left = 0;
    // In the order of the keys' hashes, so that they are met in the other table one after the other.
    for (let slot = 0; slot < from.length; slot += 2) {
      const count = from[slot + 1]!;
      if (count === 0 || count === MOVED) continue;
      const at = placeOf(table, shift, from[slot]!);
      if (table[at + 1] === 0) left++;
      else {
        table[at + 1]! += count;
        from[slot + 1] = MOVED;
      }
    }
  }
  return left;
}

/** Grows the table until `keys` keys fill at most three quarters of it. */
function reserve(column: ValueCounts, keys: number): void {
  let slots = column.table.length / 2;
  if (keys <= 0.75 * slots) return;
  while (keys > 0.75 * slots) slots *= 2;
  const old = column.table;
  const table = createKeyTable(slots);
  const shift = shiftOf(table);
  for (let from = 0; from < old.length; from += 2) {
    const count = old[from + 1]!;
    if (count === 0) continue;
    const key = old[from]!;
    const at = placeOf(table, shift, key);
    table[at] = key;
    table[at + 1] = count;
  }
  column.table = table;
}
