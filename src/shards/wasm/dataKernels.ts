// The kernels of the data path, ready to be called: they come as text, so that nothing need be fetched or awaited.

import compiled from "./build/kernels.ts";

/** What kernels/ exports, under the signatures there: numbers are 32-bit integers, pointers byte offsets into the memory. */
export interface DataKernels {
  crcTables(tables: number): void;
  crc32c(tables: number, bytes: number, length: number, previous: number): number;
  sha256(state: number, constants: number, schedule: number, bytes: number, blocks: number): void;
  findByte(bytes: number, length: number, byte: number, out: number): number;
  greatest(values: number, width: number, count: number): number;
  /** codes, count, missing, shift, common, commonLength, size, out, others */
  encodeIntegers(
    ...numbers: [number, number, number, number, number, number, number, number, number]
  ): number;
  gather1: Gather;
  gather2: Gather;
  gather4: Gather;
  /** local, width, count, oovRow, base, out, fields */
  cutIds(...numbers: [number, number, number, number, number, number, number]): void;
  /** weights, count, row, ids, out, fields */
  cutWeights(...numbers: [number, number, number, number, number, number]): void;
}

type Gather = (values: number, order: number, count: number, out: number) => void;

const PAGE_BYTES = 1 << 16;
let module: WebAssembly.Module | null = null;

/** The kernels on `memory`. */
export function dataKernels(memory: WebAssembly.Memory): DataKernels {
  module ??= new WebAssembly.Module(Uint8Array.from(atob(compiled), (byte) => byte.charCodeAt(0)));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as DataKernels;
}

/** Pages of WASM memory, of 64 KiB, that hold so many bytes. */
export function pagesFor(byteLength: number): number {
  return Math.ceil(byteLength / PAGE_BYTES);
}
