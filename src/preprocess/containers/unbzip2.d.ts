// The parts of unbzip2-stream that need no streams of Node's; it has no types of its own.

declare module "unbzip2-stream/lib/bit_iterator.js" {
  export interface Bits {
    (count: number | null): number;
    bytesRead: number;
  }
  /** Reads bits of the pieces that `nextPiece` gives. */
  export default function bitIterator(nextPiece: () => Uint8Array): Bits;
}

declare module "unbzip2-stream/lib/bzip2.js" {
  import type { Bits } from "unbzip2-stream/lib/bit_iterator.js";

  const bzip2: {
    /** Reads a stream's beginning; gives the size of its blocks in 100,000 bytes. */
    header(bits: Bits): number;
    /** Unpacks a block; gives the checksum of the stream so far, null where the stream ends instead. */
    decompress(
      bits: Bits,
      write: (byte: number) => void,
      buffer: Int32Array,
      size: number,
      checksum: number | null,
    ): number | null;
  };
  export default bzip2;
}
