// ZIP: its directory is at its end, so that a file in it can be read without those before it.

import type { ByteSource } from "../../shards/byteSource.ts";
import type { ByteStream } from "./unpacking.ts";

export interface ZipMember {
  name: string;
  byteLength: number;
  encrypted: boolean;
  /** How it is packed, where that is a method that is not read here. */
  unreadMethod: string | null;
  stream(onProgress: (bytes: number) => void): ByteStream;
}

export function isZip(head: Uint8Array): boolean {
  return (
    head[0] === 0x50 &&
    head[1] === 0x4b &&
    (head[2] === 3 || head[2] === 5) &&
    (head[3] === 4 || head[3] === 6)
  );
}

/** Stored, Deflate and Deflate64. */
const READ_METHODS = [0, 8, 9];
/** As ZIP's specification numbers them (APPNOTE 4.4.5). */
const METHOD_NAMES: Record<number, string> = {
  12: "bzip2",
  14: "LZMA",
  93: "Zstandard",
  95: "xz",
  98: "PPMd",
};

function methodName(method: number): string {
  return METHOD_NAMES[method] ?? `method ${method}`;
}

/** The files of an archive. Throws an Error where it is damaged; so do their streams. */
export async function listZip(open: () => Promise<ByteSource>): Promise<ZipMember[]> {
  const { configure, Reader, ZipReader } = await import("@zip.js/zip.js");
  // It is a worker that reads.
  configure({ useWebWorkers: false });
  class SourceReader extends Reader<ByteSource> {
    readonly source: ByteSource;
    constructor(source: ByteSource) {
      super(source);
      this.source = source;
      this.size = source.byteLength;
    }
    override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
      return this.source.read(index, Math.min(index + length, this.source.byteLength));
    }
  }
  async function entries(source: ByteSource) {
    // Nothing is written where a name leads.
    const reader = new ZipReader(new SourceReader(source), { filenameValidation: "tolerant" });
    return (await reader.getEntries()).filter((entry) => !entry.directory);
  }
  const source = await open();
  try {
    return (await entries(source)).map(
      ({ filename, uncompressedSize, encrypted, compressionMethod }, place) => ({
        name: filename.replaceAll("\\", "/").replace(/^([A-Za-z]:)?(\/|\.{1,2}\/)+/, ""),
        byteLength: uncompressedSize,
        encrypted,
        unreadMethod: READ_METHODS.includes(compressionMethod) ? null : methodName(compressionMethod),
        async *stream(onProgress) {
          const again = await open();
          try {
            const entry = (await entries(again))[place]!;
            if (entry.directory) return;
            yield* piecesOf((writable) => entry.getData(writable, { checkSignature: true }), onProgress);
          } finally {
            await again.close?.();
          }
        },
      }),
    );
  } finally {
    await source.close?.();
  }
}

/** What is written into a stream, piece by piece. */
async function* piecesOf(
  write: (writable: WritableStream<Uint8Array>) => Promise<unknown>,
  onProgress: (bytes: number) => void,
): ByteStream {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const reader = readable.getReader();
  let failure: unknown = null;
  const written = write(writable).catch(async (cause: unknown) => {
    failure = cause;
    await writable.abort(cause).catch(() => {});
  });
  let delivered = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      onProgress((delivered += read.value.length));
      yield read.value;
    }
    await written;
  } catch (cause) {
    throw failure ?? cause;
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (failure) throw failure;
}
