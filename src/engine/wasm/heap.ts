// Blocks of the kernels' heap that the fast engine keeps for itself, and matrices in them.

import { problemError } from "../../base/result.ts";
import type { Matrix } from "../plan.ts";

/** Bytes of a matrix row inside a panel of 16 columns (kernels/matrix.ts). */
export const ROW = 64;

/** Where kernels work: tfjs' Emscripten module, as far as they need it, or a memory of our own. */
export interface KernelHeap {
  /** All of it, as long as it does not grow. */
  readonly HEAPU8: Uint8Array;
  /** Byte offset of a new block; 0 where there is no room. */
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** A matrix in panels where the kernels find it: byte offsets of its first number and from panel to panel. */
export interface Panels {
  at: number;
  panel: number;
}

/** A block of the heap, zero at first. Places are given in order, each array on a 64-byte border. */
export interface HeapBlock {
  readonly bytes: number;
  /** Byte offset of a new array of 4-byte numbers. */
  take(count: number): number;
  /** A new matrix of `rows` rows and `columns` columns. */
  matrix(rows: number, columns: number): Panels;
  free(): void;
}

/** A plan of what a block holds: called first to count, then to give places. */
export function allocateBlock<T>(
  heap: KernelHeap,
  lay: (block: HeapBlock) => T,
): { block: HeapBlock; held: T } {
  const counter = createBlock(heap, 0, 0);
  lay(counter.block);
  const bytes = counter.used();
  const pointer = bytes < 2 ** 32 ? heap._malloc(bytes + ROW) >>> 0 : 0;
  if (pointer === 0) throw problemError("memory-exhausted", { bytes });
  heap.HEAPU8.fill(0, pointer, pointer + bytes + ROW);
  const { block } = createBlock(heap, pointer, bytes);
  return { block, held: lay(block) };
}

/** Views hold until the heap grows, so they are made anew for every use. */
export function floatsAt(heap: KernelHeap, at: number, count: number): Float32Array {
  return new Float32Array(heap.HEAPU8.buffer, at, count);
}

/** `count` int32 from byte `at` on; a view, which ends with the heap's next growth. */
export function integersAt(heap: KernelHeap, at: number, count: number): Int32Array {
  return new Int32Array(heap.HEAPU8.buffer, at, count);
}

/** Where a matrix of the plan lies, in a store that begins at byte `store`. */
export function panelsOf(store: number, { at, rows }: Matrix): Panels {
  return { at: store + 4 * at, panel: rows * ROW };
}

/** The same matrix from `column` on, a multiple of 16. */
export function fromColumn({ at, panel }: Panels, column: number): Panels {
  return { at: at + (column / 16) * panel, panel };
}

/** Index of a number of the plan's matrix in its store. */
export function panelIndex({ at, rows }: Matrix, row: number, column: number): number {
  return at + (column >> 4) * rows * 16 + row * 16 + (column & 15);
}

function createBlock(heap: KernelHeap, pointer: number, bytes: number): { block: HeapBlock; used(): number } {
  const start = Math.ceil(pointer / ROW) * ROW;
  let end = start;
  function take(count: number): number {
    const at = end;
    end += Math.ceil((4 * count) / ROW) * ROW;
    return at;
  }
  return {
    block: {
      bytes,
      take,
      matrix: (rows, columns) => ({ at: take(rows * Math.ceil(columns / 16) * 16), panel: rows * ROW }),
      free: () => heap._free(pointer),
    },
    used: () => end - start,
  };
}
