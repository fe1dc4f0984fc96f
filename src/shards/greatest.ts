// The greatest of a column's codes: asked of every column that is written or read.

import { dataKernels, pagesFor } from "./wasm/dataKernels.ts";

const MOST_BYTES = 1 << 16;

let ask: ((codes: Uint8Array | Uint16Array | Int32Array) => number) | null = null;

function createAsk(): NonNullable<typeof ask> {
  const memory = new WebAssembly.Memory({ initial: pagesFor(MOST_BYTES) });
  const kernels = dataKernels(memory);
  const room = new Uint8Array(memory.buffer);
  return (codes) => {
    const width = codes.BYTES_PER_ELEMENT;
    const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
    let greatest = 0;
    for (let at = 0; at < bytes.length; at += MOST_BYTES) {
      const some = bytes.subarray(at, at + MOST_BYTES);
      room.set(some);
      greatest = Math.max(greatest, kernels.greatest(0, width, some.length / width) >>> 0);
    }
    return greatest;
  };
}

/** The greatest of some codes, as unsigned numbers: a negative one is above 2³¹; 0 of none. */
export function greatestOf(codes: Uint8Array | Uint16Array | Int32Array): number {
  ask ??= createAsk();
  return ask(codes);
}
