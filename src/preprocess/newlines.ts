// Where lines end: asked of every byte of a log.

import { dataKernels, pagesFor } from "../shards/wasm/dataKernels.ts";

const NEWLINE = 10;
const MOST_BYTES = 1 << 16;

type Search = (bytes: Uint8Array) => Uint32Array;
let search: Search | null = null;
let searched: { bytes: Uint8Array; found: Uint32Array } | null = null;
let find: ReturnType<typeof createFind> | null = null;

/**
 * Places of the newlines in some bytes, in order. The array is used again by the next call with other bytes: a piece is cut
 * by its lines, and then parsed by them.
 */
export function newlinesIn(bytes: Uint8Array): Uint32Array {
  search ??= createSearch();
  if (searched?.bytes !== bytes) searched = { bytes, found: search(bytes) };
  return searched.found;
}

/** Whether a byte is among some: what typed arrays have for this is twenty times as slow. */
export function hasByte(bytes: Uint8Array, byte: number): boolean {
  find ??= createFind();
  for (let at = 0; at < bytes.length; at += MOST_BYTES)
    if (find(bytes.subarray(at, at + MOST_BYTES), byte).length > 0) return true;
  return false;
}

/** Places of a byte in at most MOST_BYTES of them. */
function createFind(): (bytes: Uint8Array, byte: number) => Uint32Array {
  const memory = new WebAssembly.Memory({ initial: pagesFor(5 * MOST_BYTES) });
  const kernels = dataKernels(memory);
  const room = new Uint8Array(memory.buffer, 0, MOST_BYTES);
  const found = new Uint32Array(memory.buffer, MOST_BYTES, MOST_BYTES);
  return (bytes, byte) => {
    room.set(bytes);
    return found.subarray(0, kernels.findByte(0, bytes.length, byte, MOST_BYTES));
  };
}

function createSearch(): Search {
  find ??= createFind();
  const findIn = find;
  let places = new Uint32Array(1 << 12);
  return (bytes) => {
    let count = 0;
    for (let at = 0; at < bytes.length; at += MOST_BYTES) {
      const found = findIn(bytes.subarray(at, at + MOST_BYTES), NEWLINE);
      if (count + found.length > places.length) {
        const larger = new Uint32Array(2 * (count + found.length));
        larger.set(places);
        places = larger;
      }
      for (let i = 0; i < found.length; i++) places[count++] = at + found[i]!;
    }
    return places.subarray(0, count);
  };
}
