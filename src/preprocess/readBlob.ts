// A file of the browser's from its start to its end, unpacked where it is gzip.

import { browserReason } from "../base/browserReason.ts";
import { ProblemError, problemError } from "../base/result.ts";
import { gzipProblem, isGzip } from "./gzip.ts";

const READ_BYTES = 1 << 22;
/** Unpackers take some slices before they give anything, so for small ones the count is nearly that of what came out. */
const UNPACK_BYTES = 1 << 15;

/** Files that the browser's own unpacker gave up on. */
const refused = new WeakSet<Blob>();

/** The bytes of `blob`, unpacked when they are gzip's; `onProgress` gets how many bytes of the file are read. */
export async function* readBlob(
  blob: Blob,
  name: string,
  onProgress: (bytesRead: number) => void,
): AsyncGenerator<Uint8Array> {
  const slices = () => cut(readSlices(blob, name), onProgress);
  if (!isGzip(await readSlice(blob.slice(0, 2), name))) {
    let bytesRead = 0;
    for await (const bytes of readSlices(blob, name)) {
      onProgress((bytesRead += bytes.length));
      yield bytes;
    }
    return;
  }
  let delivered = 0;
  if (!refused.has(blob) && (await tellsZeroBehind()))
    try {
      for await (const bytes of unpackNatively(slices())) {
        delivered += bytes.length;
        yield bytes;
      }
      return;
    } catch (cause) {
      if (cause instanceof ProblemError) throw cause;
      // Browsers unpack no more than a file's first member; and damage is described better below.
      refused.add(blob);
    }
  for await (const bytes of unpackMembers(slices(), name)) {
    if (delivered < bytes.length) yield bytes.subarray(delivered);
    delivered = Math.max(0, delivered - bytes.length);
  }
}

/** The same bytes in pieces small enough to report each as it is read. */
async function* cut(
  slices: AsyncIterable<Uint8Array<ArrayBuffer>>,
  onProgress: (bytesRead: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let bytesRead = 0;
  for await (const slice of slices)
    for (let at = 0; at < slice.length; at += UNPACK_BYTES) {
      const bytes = slice.subarray(at, at + UNPACK_BYTES);
      onProgress((bytesRead += bytes.length));
      yield bytes;
    }
}

async function* readSlices(blob: Blob, name: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const slice = (at: number) => readSlice(blob.slice(at, at + READ_BYTES), name);
  let coming = slice(0);
  for (let at = 0; at < blob.size; at += READ_BYTES) {
    const bytes = await coming;
    if (at + READ_BYTES < blob.size) {
      coming = slice(at + READ_BYTES);
      // A failure is met when its turn comes.
      coming.catch(() => {});
    }
    yield bytes;
  }
}

async function readSlice(blob: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw problemError("file-unreadable", { name, reason: browserReason(cause) });
  }
}

/** A gzip member's first byte. */
const GZIP_START = 0x1f;

/** A gzip member of nothing, and a zero behind it. */
const ZERO_BEHIND = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** Whether the unpacker at hand gives what follows a member, as its standard asks; some end there without a word. */
async function tellsZeroBehind(): Promise<boolean> {
  async function* packed() {
    yield ZERO_BEHIND;
  }
  try {
    for await (const _ of unpackNatively(packed()));
    return false;
  } catch {
    return true;
  }
}

async function* unpackNatively(packed: AsyncIterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new DecompressionStream("gzip");
  const reader = readable.getReader();
  let failure: unknown = null;
  const fed = feed(packed, writable.getWriter()).catch((cause: unknown) => {
    failure = cause;
  });
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } catch (cause) {
    await fed;
    // What could not be read is not what could not be unpacked.
    throw failure instanceof ProblemError ? failure : cause;
  } finally {
    // Whoever stops early wants no more of it; a stream that failed is at its end anyway.
    await reader.cancel().catch(() => {});
  }
}

/** Writes piece after piece: through a pipe Node would take all of the file before it gives anything. */
async function feed(
  packed: AsyncIterable<Uint8Array<ArrayBuffer>>,
  writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  try {
    for await (const bytes of packed) await writer.write(bytes);
    await writer.close();
  } catch (cause) {
    await writer.abort(cause).catch(() => {});
    throw cause;
  }
}

/** Unpacks one gzip member after the other. Throws a ProblemError where one is damaged, or the last is not whole. */
export async function* unpackMembers(
  packed: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const { Inflate } = await import("pako");
  const fail = (reason: string) => new ProblemError(gzipProblem(name, reason));
  let chunks: Uint8Array[] = [];
  let stream = { avail_in: 0, total_in: 0 };
  function begin() {
    // 16 more bits of the window ask for gzip: by itself pako takes zlib's format for a member too.
    const member = new Inflate({ chunkSize: READ_BYTES, windowBits: 15 + 16 });
    member.onStart = (started) => (stream = started);
    member.onData = (chunk) => chunks.push(chunk);
    return member;
  }
  let member: ReturnType<typeof begin> | null = null;
  let endsInStart = false;
  for await (const bytes of packed) {
    endsInStart = bytes.at(-1) === GZIP_START;
    for (let at = 0; at < bytes.length; ) {
      // Zeros between members, and after the last, are padding.
      if (!member && bytes[at] === 0) {
        at++;
        continue;
      }
      member ??= begin();
      if (!member.push(bytes.subarray(at))) throw fail(member.msg);
      yield* chunks;
      chunks = [];
      at = bytes.length - stream.avail_in;
      if (member.ended) member = null;
    }
  }
  // What follows a whole member is begun as another one, which a single byte neither is nor contradicts.
  if (member)
    throw fail(stream.total_in === 1 && !endsInStart ? "incorrect header check" : "its end is missing");
}
