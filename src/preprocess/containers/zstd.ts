// Zstandard, unpacked as it comes (RFC 8878). The unpacker checks no checksum, so frames are walked here and their contents
// hashed.

import { concatenate, dataViewOf } from "../../base/bytes.ts";
import { problemError } from "../../base/result.ts";
import { createCursor } from "../formats/cursor.ts";
import type { ByteStream } from "./unpacking.ts";

const MAGIC = 0xfd2fb528;
/** Frames of other programs' data have one of sixteen. */
const SKIPPED_MAGIC = 0x184d2a50;
const MOST_BLOCK_BYTES = 1 << 17;
const RUN_OF_A_BYTE = 1;
const RESERVED = 3;

/**
 * Unpacks one frame after the other; throws an Error where one is damaged or not whole, a ProblemError where the file `name`
 * needs a dictionary.
 */
export async function* unpackZstd(packed: ByteStream, name: string): ByteStream {
  const [{ Decompress }, { default: xxhash }] = await Promise.all([import("fzstd"), import("xxhash-wasm")]);
  const { create64 } = await xxhash();
  const cursor = createCursor(packed);
  /** A copy of the next bytes, all of them. */
  async function take(length: number): Promise<Uint8Array> {
    const bytes = (await cursor.take(length)).slice();
    if (bytes.length < length) throw new Error("its end is missing");
    return bytes;
  }

  async function* frame(): ByteStream {
    const { head, hasChecksum, hasDictionary } = await frameHead(take);
    if (hasDictionary)
      throw problemError("format-unknown", {
        name,
        what: "packed with Zstandard and a dictionary, which is another file",
        remedy: "Unpack it first with that file (zstd -d -D DICTIONARY).",
      });
    const contents = create64();
    let chunks: Uint8Array[] = [];
    const decompress = new Decompress((chunk) => {
      contents.update(chunk);
      chunks.push(chunk);
    });
    decompress.push(concatenate([uint32Bytes(MAGIC), head]));
    for (let last = false; !last; ) {
      const header = await take(3);
      const word = header[0]! | (header[1]! << 8) | (header[2]! << 16);
      last = (word & 1) === 1;
      const type = (word >> 1) & 3;
      const size = word >> 3;
      if (type === RESERVED || (type !== RUN_OF_A_BYTE && size > MOST_BLOCK_BYTES))
        throw new Error("one of its blocks is damaged");
      decompress.push(concatenate([header, await take(type === RUN_OF_A_BYTE ? 1 : size)]));
      yield* chunks;
      chunks = [];
    }
    const checksum = hasChecksum ? await take(4) : new Uint8Array(0);
    decompress.push(checksum, true);
    yield* chunks;
    if (hasChecksum && Number(contents.digest() & 0xffffffffn) !== uint32Of(checksum))
      throw new Error("its checksum is wrong");
  }

  try {
    for (;;) {
      const first = (await cursor.take(4)).slice();
      if (first.length === 0) return;
      if (first.length < 4) throw new Error("its end is missing");
      const magic = uint32Of(first);
      if (magic === MAGIC) yield* frame();
      else if ((magic & 0xfffffff0) >>> 0 === SKIPPED_MAGIC) {
        for (let left = uint32Of(await take(4)); left > 0; )
          left -= (await take(Math.min(left, 1 << 20))).length;
      } else throw new Error("what follows a frame is none");
    }
  } finally {
    await cursor.close();
  }
}

/** A frame's descriptor and what it announces: window, dictionary, size. */
async function frameHead(
  take: (length: number) => Promise<Uint8Array>,
): Promise<{ head: Uint8Array; hasChecksum: boolean; hasDictionary: boolean }> {
  const descriptor = await take(1);
  const bits = descriptor[0]!;
  const isOneSegment = (bits & 0x20) !== 0;
  const sizeBytes = [isOneSegment ? 1 : 0, 2, 4, 8][bits >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][bits & 3]!;
  const rest = await take((isOneSegment ? 0 : 1) + dictionaryBytes + sizeBytes);
  const at = isOneSegment ? 0 : 1;
  // Dictionary 0 is none.
  const hasDictionary = rest.subarray(at, at + dictionaryBytes).some((byte) => byte !== 0);
  return { head: concatenate([descriptor, rest]), hasChecksum: (bits & 4) !== 0, hasDictionary };
}

function uint32Of(bytes: Uint8Array): number {
  return dataViewOf(bytes).getUint32(0, true);
}

function uint32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
