// LZ4 frames, as Arrow packs its buffers: lz4js unpacks them, but believes every length that a frame says.

const MAGIC = 0x184d2204;
/** Bytes of a block at most, by the code in its frame's descriptor. */
const BLOCK_BYTES: Record<number, number> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };

/** Unpacks a frame. Throws an Error where its blocks do not lie in it, or cannot hold what it says that it unpacks to. */
import { dataViewOf } from "../../base/bytes.ts";
export function unpackLz4(packed: Uint8Array, decompress: (packed: Uint8Array) => Uint8Array): Uint8Array {
  checkFrame(packed);
  return decompress(packed);
}

/** The frame format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
function checkFrame(packed: Uint8Array): void {
  const view = dataViewOf(packed);
  const damaged = () => new Error("one of its LZ4 frames is not whole");
  if (packed.length < 11 || view.getUint32(0, true) !== MAGIC) throw damaged();
  const flags = packed[4]!;
  const blockBytes = BLOCK_BYTES[(packed[5]! >> 4) & 7];
  if (blockBytes === undefined) throw damaged();
  const hasBlockSums = (flags & 0x10) !== 0;
  const hasLength = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  let at = 7 + (hasLength ? 8 : 0) + (hasDictionary ? 4 : 0);
  let most = 0;
  for (;;) {
    if (at + 4 > packed.length) throw damaged();
    // The highest bit says that the block is not packed.
    const length = view.getUint32(at, true) & 0x7fffffff;
    at += 4;
    if (length === 0) break;
    if (length > blockBytes) throw damaged();
    at += length + (hasBlockSums ? 4 : 0);
    most += blockBytes;
  }
  if (hasLength && view.getBigUint64(6, true) > BigInt(most)) throw damaged();
}
