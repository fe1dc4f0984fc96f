// The embedding table with its moments on the GPU, in parts where one buffer may not hold it: V rows of T numbers.

import { createStorage, largestBuffer, readBuffer, type TableBuffers, writeBuffer } from "./device.ts";

const ARRAYS = ["table", "tableFirst", "tableSecond"] as const;
export type TableArray = (typeof ARRAYS)[number];

// Sums over all rows are taken in at most this many blocks of rows.
export const MOST_BLOCKS = 512;

/** Rows `firstRow` to `firstRow + rows`; a whole number of blocks, but for the last part. */
export interface TablePart {
  firstRow: number;
  rows: number;
  buffers: TableBuffers;
}

export interface GpuTable {
  readonly parts: readonly TablePart[];
  /** Rows of a block: the same however many parts there are, so that sums round alike. */
  readonly blockRows: number;
  readonly bytes: number;
  write(array: TableArray, values: Float32Array): void;
  read(array: TableArray): Promise<Float32Array>;
  free(): void;
}

/** Blocks of equal size over `rows` rows; the last one may be smaller. */
export function blocksOf(rows: number): { rowsEach: number; count: number } {
  const rowsEach = Math.max(1, Math.ceil(rows / MOST_BLOCKS));
  return { rowsEach, count: Math.ceil(rows / rowsEach) };
}

/**
 * A table of zeros. No buffer is larger than `largestBytes`, or than the device allows; throws a ProblemError where even a
 * block of rows, or a number for each row, does not fit.
 */
export function createTable(
  device: GPUDevice,
  rows: number,
  T: number,
  largestBytes = largestBuffer(device),
): GpuTable {
  const { rowsEach } = blocksOf(rows);
  const blocks = Math.max(1, Math.floor(largestBytes / (4 * T * rowsEach)));
  const marks = createStorage(device, "marks", rows);
  const parts: TablePart[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += blocks * rowsEach) {
    const partRows = Math.min(blocks * rowsEach, rows - firstRow);
    const [table, tableFirst, tableSecond] = ARRAYS.map((name) => createStorage(device, name, partRows * T));
    const buffers = { table: table!, tableFirst: tableFirst!, tableSecond: tableSecond!, marks };
    parts.push({ firstRow, rows: partRows, buffers });
  }
  return {
    parts,
    blockRows: rowsEach,
    bytes: marks.size + parts.reduce((sum, { buffers }) => sum + 3 * buffers.table.size, 0),
    write(array, values) {
      for (const { firstRow, rows: count, buffers } of parts)
        writeBuffer(device, buffers[array], 0, values.subarray(firstRow * T, (firstRow + count) * T));
    },
    async read(array) {
      const values = new Float32Array(rows * T);
      for (const { firstRow, rows: count, buffers } of parts)
        values.set(await readBuffer(device, buffers[array], 0, count * T), firstRow * T);
      return values;
    },
    free() {
      marks.destroy();
      for (const { buffers } of parts) for (const name of ARRAYS) buffers[name].destroy();
    },
  };
}
