// Encoded rows in memory, column by column: what preprocessing makes, shards hold and batches are cut from.

/** How many columns of each kind a log has. */
export interface Layout {
  integers: number;
  categories: number;
}

export const CRITEO: Layout = { integers: 13, categories: 26 };

/** Stands for a missing integer in `Rows.integers` and in the shards. No other integer may have this value. */
export const MISSING = -2147483648;

/** Rows of a shard's row group, but for its last one. */
export const ROW_GROUP_ROWS = 16_000;

/** `count` rows; every array has at least `count` elements. */
export interface Rows {
  count: number;
  /** 1 where the row was clicked. */
  labels: Uint8Array;
  /** One array a column; MISSING where the log has nothing. */
  integers: Int32Array[];
  /** One array a column of local ids: 0 is the column's OOV, then its frequent values. */
  categories: Int32Array[];
}

/** Room for `capacity` rows, all in one buffer: it passes from thread to thread as a whole. */
export function makeRows(layout: Layout, capacity: number): Rows {
  const columnCount = layout.integers + layout.categories;
  const buffer = new ArrayBuffer((columnCount * 4 + 1) * capacity);
  const columns = (first: number, count: number) =>
    Array.from({ length: count }, (_, c) => new Int32Array(buffer, (first + c) * 4 * capacity, capacity));
  return {
    count: 0,
    labels: new Uint8Array(buffer, columnCount * 4 * capacity, capacity),
    integers: columns(0, layout.integers),
    categories: columns(layout.integers, layout.categories),
  };
}

/** label, I1…, C1…: the columns of a shard in their order. */
export function columnNames({ integers, categories }: Layout): string[] {
  const numbered = (letter: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
  return ["label", ...numbered("I", integers), ...numbered("C", categories)];
}
