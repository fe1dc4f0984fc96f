// Where lines end: asked of every byte of a log, twice.

import { dataKernels, pagesFor } from "../shards/wasm/dataKernels.ts";

const NEWLINE = 10;
const MOST_BYTES = 1 << 16;

type Search = (bytes: Uint8Array) => Uint32Array;
let search: Search | null = null;

/** Places of the newlines in some bytes, in order. The array is used again by the next call. */
export function newlinesIn(bytes: Uint8Array): Uint32Array {
  search ??= createSearch();
  return search(bytes);
}

function createSearch(): Search {
  const memory = new WebAssembly.Memory({ initial: pagesFor(5 * MOST_BYTES) });
  const kernels = dataKernels(memory);
  const room = new Uint8Array(memory.buffer, 0, MOST_BYTES);
  const found = new Uint32Array(memory.buffer, MOST_BYTES, MOST_BYTES);
  let places = new Uint32Array(1 << 12);
  return (bytes) => {
    let count = 0;
    for (let at = 0; at < bytes.length; at += MOST_BYTES) {
      const some = bytes.subarray(at, at + MOST_BYTES);
      room.set(some);
      const more = kernels.findByte(0, some.length, NEWLINE, MOST_BYTES);
      if (count + more > places.length) {
        const larger = new Uint32Array(2 * (count + more));
        larger.set(places);
        places = larger;
      }
      for (let i = 0; i < more; i++) places[count++] = at + found[i]!;
    }
    return places.subarray(0, count);
  };
}
