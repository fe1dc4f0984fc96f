// Zstandard, unpacked as it comes.

import type { ByteStream } from "./unpacking.ts";

/** Unpacks one frame after the other; throws an Error where one is damaged or not whole. */
export async function* unpackZstd(packed: ByteStream): ByteStream {
  const { Decompress } = await import("fzstd");
  let chunks: Uint8Array[] = [];
  const frames = new Decompress((chunk) => chunks.push(chunk));
  for await (const bytes of packed) {
    frames.push(bytes);
    yield* chunks;
    chunks = [];
  }
  frames.push(new Uint8Array(0), true);
  yield* chunks;
}
