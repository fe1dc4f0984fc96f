// LZ4 frames, as Arrow packs its buffers. The format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and
// lz4_Block_format.md beside it. Our own: lz4js takes the checksums that Polars writes behind blocks for the blocks.

import { dataViewOf } from "../../base/bytes.ts";

const MAGIC = 0x184d2204;
/** Bytes of a block at most, by the code in its frame's descriptor. */
const BLOCK_BYTES: Record<number, number> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };
const LEAST_MATCH = 4;

/** Unpacks a frame. Throws an Error where it is damaged; no length in it is believed. */
export function unpackLz4(packed: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = dataViewOf(packed);
  if (packed.length < 11 || view.getUint32(0, true) !== MAGIC) throw damaged();
  const flags = packed[4]!;
  const blockBytes = BLOCK_BYTES[(packed[5]! >> 4) & 7];
  if (blockBytes === undefined) throw damaged();
  const hasBlockSums = (flags & 0x10) !== 0;
  const hasLength = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  let out = new Uint8Array(Math.min(blockBytes, 4 * packed.length));
  let filled = 0;
  for (let at = 7 + (hasLength ? 8 : 0) + (hasDictionary ? 4 : 0); ; ) {
    if (at + 4 > packed.length) throw damaged();
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const length = word & 0x7fffffff;
    if (length > blockBytes || at + length > packed.length) throw damaged();
    if (out.length < filled + blockBytes) out = larger(out, filled + blockBytes);
    const block = packed.subarray(at, at + length);
    // The highest bit says that the block is not packed.
    if (word >>> 31 === 0) filled = unpackBlock(block, out, filled, filled + blockBytes);
    else {
      out.set(block, filled);
      filled += length;
    }
    at += length + (hasBlockSums ? 4 : 0);
  }
  if (hasLength && view.getBigUint64(6, true) !== BigInt(filled)) throw damaged();
  return out.slice(0, filled);
}

function damaged(): Error {
  return new Error("one of its LZ4 frames is not whole");
}

function larger(bytes: Uint8Array<ArrayBuffer>, least: number): Uint8Array<ArrayBuffer> {
  const room = new Uint8Array(Math.max(2 * bytes.length, least));
  room.set(bytes);
  return room;
}

/** Unpacks a block behind `filled` bytes of `out`, up to `most`; returns how many are filled then. Blocks repeat what came before. */
function unpackBlock(block: Uint8Array, out: Uint8Array, filled: number, most: number): number {
  let at = 0;
  /** A length of 15 goes on in the next bytes. */
  const lengthFrom = (start: number) => {
    let length = start;
    if (start === 15)
      for (let more = 255; more === 255; length += more) {
        if (at >= block.length) throw damaged();
        more = block[at++]!;
      }
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = lengthFrom(token >> 4);
    if (at + literals > block.length || filled + literals > most) throw damaged();
    for (let i = 0; i < literals; i++) out[filled++] = block[at++]!;
    // The last sequence has literals alone.
    if (at === block.length) break;
    if (at + 2 > block.length) throw damaged();
    const offset = block[at]! | (block[at + 1]! << 8);
    at += 2;
    const match = lengthFrom(token & 15) + LEAST_MATCH;
    if (offset === 0 || offset > filled || filled + match > most) throw damaged();
    // It may overlap what it writes.
    for (let i = 0; i < match; i++, filled++) out[filled] = out[filled - offset]!;
  }
  return filled;
}
