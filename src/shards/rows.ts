// Encoded rows in memory, column by column: what preprocessing makes, shards hold and batches are cut from.

/** How many columns of each kind a log has. */
export interface Layout {
  /** Columns of numbers. */
  integers: number;
  categories: number;
  /** One a column of numbers: it has fractions, and is kept as float32. Left out, none has. */
  fractions?: boolean[];
}

export const CRITEO: Layout = { integers: 13, categories: 26 };

/** Stands for a missing integer in `Rows.integers` and in the shards. No other integer may have this value. */
export const MISSING = -2147483648;

/** Rows of a shard's row group, but for its last one. */
export const ROW_GROUP_ROWS = 16_000;

/** A column of numbers: integers with MISSING for a missing one, or fractions with NaN. */
export type Numbers = Int32Array | Float32Array;

/** `count` rows; every array has at least `count` elements. */
export interface Rows {
  count: number;
  /** 1 where the row was clicked. */
  labels: Uint8Array;
  /** One array a column of numbers. */
  integers: Numbers[];
  /** One array a column of local ids: 0 is the column's OOV, then its frequent values. */
  categories: Int32Array[];
}

/** Room for `capacity` rows, all in one buffer: it passes from thread to thread as a whole. */
export function makeRows({ integers, categories, fractions }: Layout, capacity: number): Rows {
  const columnCount = integers + categories;
  const buffer = new ArrayBuffer((columnCount * 4 + 1) * capacity);
  return {
    count: 0,
    labels: new Uint8Array(buffer, columnCount * 4 * capacity, capacity),
    integers: Array.from(
      { length: integers },
      (_, c) => new (numbersAt(fractions, c))(buffer, c * 4 * capacity, capacity),
    ),
    categories: Array.from(
      { length: categories },
      (_, c) => new Int32Array(buffer, (integers + c) * 4 * capacity, capacity),
    ),
  };
}

/** What holds the numbers of column `c`. */
export function numbersAt(
  fractions: boolean[] | undefined,
  c: number,
): Int32ArrayConstructor | Float32ArrayConstructor {
  return fractions?.[c] ? Float32Array : Int32Array;
}

/** Where a row has nothing in column `c`. */
export function missingAt(fractions: boolean[] | undefined, c: number): number {
  return fractions?.[c] ? Number.NaN : MISSING;
}

/** What a shard's column `c` holds, the label being column 0. */
export function parquetType({ fractions }: Layout, c: number): "INT32" | "FLOAT" {
  return fractions?.[c - 1] ? "FLOAT" : "INT32";
}

/** label, I1…, C1…: the columns of a shard in their order. */
export function columnNames({ integers, categories }: Layout): string[] {
  const numbered = (letter: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
  return ["label", ...numbered("I", integers), ...numbered("C", categories)];
}
