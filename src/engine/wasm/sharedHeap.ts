// A heap in a shared memory of our own, for the kernels of a team: tfjs' own is shared only in a browser.

import type { KernelHeap } from "./heap.ts";

const PAGE = 65_536;
/** What the kernels' module declares as its memory's most pages: 4 GiB. */
const MOST_PAGES = 65_536;
const GRAIN = 64;

/** Blocks in the order of their places; two neighbours are never both free. */
interface Block {
  at: number;
  bytes: number;
  isFree: boolean;
}

/** A shared memory that grows as it is asked for; null where the address space has no room for it. */
export function createSharedMemory(): WebAssembly.Memory | null {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  } catch {
    return null;
  }
}

/** Gives the first free block that is large enough. 0 is no block: it lies before the first. */
export function createSharedHeap(memory: WebAssembly.Memory): KernelHeap {
  const blocks: Block[] = [];
  let end = GRAIN;

  function reach(bytes: number): boolean {
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    if (missing <= 0) return true;
    try {
      memory.grow(missing);
      return true;
    } catch {
      return false;
    }
  }

  return {
    get HEAPU8() {
      return new Uint8Array(memory.buffer);
    },
    _malloc(wanted) {
      const bytes = Math.ceil(Math.max(1, wanted) / GRAIN) * GRAIN;
      const i = blocks.findIndex((block) => block.isFree && block.bytes >= bytes);
      if (i >= 0) {
        const block = blocks[i]!;
        const rest = { at: block.at + bytes, bytes: block.bytes - bytes, isFree: true };
        if (rest.bytes > 0) blocks.splice(i + 1, 0, rest);
        Object.assign(block, { bytes, isFree: false });
        return block.at;
      }
      if (!reach(end + bytes)) return 0;
      const at = end;
      blocks.push({ at, bytes, isFree: false });
      end += bytes;
      return at;
    },
    _free(pointer) {
      const i = blocks.findIndex(({ at }) => at === pointer);
      if (i < 0) throw new Error(`no block begins at ${pointer}`);
      blocks[i]!.isFree = true;
      joinWithNext(i);
      if (i > 0) joinWithNext(i - 1);
      const last = blocks.at(-1)!;
      if (!last.isFree) return;
      end = last.at;
      blocks.pop();
    },
  };

  function joinWithNext(i: number): void {
    const [block, next] = [blocks[i], blocks[i + 1]];
    if (!block?.isFree || !next?.isFree) return;
    block.bytes += next.bytes;
    blocks.splice(i + 1, 1);
  }
}
