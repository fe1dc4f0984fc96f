// bzip2, unpacked block by block.

import type { Bits } from "unbzip2-stream/lib/bit_iterator.js";
import type { ByteStream } from "./unpacking.ts";

/** A block and its tables take at most this many bytes. */
const BLOCK_BYTES = 900_000 + 25_000 + 1024;

/** Unpacks one stream after the other; throws an Error where one is damaged or not whole. */
export async function* unpackBzip2(packed: ByteStream): ByteStream {
  const [{ default: bzip2 }, { default: bitIterator }] = await Promise.all([
    import("unbzip2-stream/lib/bzip2.js"),
    import("unbzip2-stream/lib/bit_iterator.js"),
  ]);
  const waiting: Uint8Array[] = [];
  let bytesIn = 0;
  let reader: Bits | null = null;
  /** It takes its first piece at once. */
  const theBits = () =>
    (reader ??= bitIterator(() => {
      const next = waiting.shift();
      if (!next) throw new Error("its end is missing");
      return next;
    }));
  let level = 0;
  let checksum: number | null = 0;

  /** The next block; null where that was a stream's beginning or end. */
  function step(): Uint8Array | null {
    const bits = theBits();
    if (level === 0) {
      level = bzip2.header(bits);
      checksum = 0;
      return null;
    }
    const size = 100_000 * level;
    let block = new Uint8Array(size);
    let length = 0;
    checksum = bzip2.decompress(
      bits,
      (byte) => {
        if (length === block.length) {
          const larger = new Uint8Array(2 * length);
          larger.set(block);
          block = larger;
        }
        block[length++] = byte;
      },
      new Int32Array(size),
      size,
      checksum,
    );
    if (checksum !== null) return block.subarray(0, length);
    level = 0;
    return null;
  }

  for await (const bytes of packed) {
    if (bytes.length === 0) continue;
    waiting.push(bytes);
    bytesIn += bytes.length;
    while (bytesIn - theBits().bytesRead > BLOCK_BYTES) {
      const block = step();
      if (block) yield block;
    }
  }
  while (bytesIn > 0 && bytesIn > theBits().bytesRead) {
    const block = step();
    if (block) yield block;
  }
  if (checksum !== null) throw new Error("its end is missing");
}
