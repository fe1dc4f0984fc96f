// A file of the browser's from its start to its end, unpacked where it is gzip.

import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import { isGzip } from "./gzip.ts";

const READ_BYTES = 1 << 22;

/** Files that the browser's own unpacker gave up on. */
const refused = new WeakSet<Blob>();

/** The bytes of `blob`, unpacked when they are gzip's; `tell` hears how many bytes of the file are read. */
export async function* readBlob(
  blob: Blob,
  name: string,
  tell: (bytesRead: number) => void,
): AsyncGenerator<Uint8Array> {
  const slices = () => readSlices(blob, name, tell);
  if (!isGzip(await readSlice(blob.slice(0, 2), name))) {
    yield* slices();
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
      // Browsers unpack no more than a file's first member; and what is damaged is told better below.
      refused.add(blob);
    }
  for await (const bytes of unpackMembers(slices(), name)) {
    if (delivered < bytes.length) yield bytes.subarray(delivered);
    delivered = Math.max(0, delivered - bytes.length);
  }
}

async function* readSlices(
  blob: Blob,
  name: string,
  tell: (bytesRead: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const slice = (at: number) => readSlice(blob.slice(at, at + READ_BYTES), name);
  let coming = slice(0);
  for (let at = 0; at < blob.size; at += READ_BYTES) {
    const bytes = await coming;
    if (at + READ_BYTES < blob.size) {
      coming = slice(at + READ_BYTES);
      // A failure is met when its turn comes.
      coming.catch(() => {});
    }
    tell(at + bytes.length);
    yield bytes;
  }
}

async function readSlice(blob: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new ProblemError(problem("file-unreadable", { name, reason: (cause as Error).message }));
  }
}

/** A gzip member of nothing, and a zero behind it. */
const ZERO_BEHIND = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** Whether the unpacker at hand tells what stands behind a member, as its standard asks; some end there without a word. */
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

async function* unpackNatively(packed: AsyncGenerator<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await packed.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const reader = source.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    // Whoever stops early wants no more of it; a stream that failed is at its end anyway.
    await reader.cancel().catch(() => {});
  }
}

/** Unpacks one gzip member after the other. Throws a ProblemError where one is damaged, or the last is not whole. */
async function* unpackMembers(packed: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const { Inflate } = await import("pako");
  const fail = (reason: string) => new ProblemError(problem("log-truncated", { name, reason }));
  let chunks: Uint8Array[] = [];
  let bytesLeft = () => 0;
  function begin() {
    const member = new Inflate({ chunkSize: READ_BYTES });
    member.onStart = (stream) => (bytesLeft = () => stream.avail_in);
    member.onData = (chunk) => chunks.push(chunk);
    return member;
  }
  let member: ReturnType<typeof begin> | null = null;
  for await (const bytes of packed) {
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
      at = bytes.length - bytesLeft();
      if (member.ended) member = null;
    }
  }
  if (member) throw fail("its end is missing");
}
