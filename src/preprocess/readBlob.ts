// A file of the browser's from its start to its end, unpacked where it is gzip.

import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";

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
  const magic = await readSlice(blob.slice(0, 2), name);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) {
    yield* slices();
    return;
  }
  let delivered = 0;
  if (!refused.has(blob))
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
  function begin() {
    const member = new Inflate({ chunkSize: READ_BYTES });
    member.onData = (chunk) => chunks.push(chunk);
    return member;
  }
  let member = begin();
  for await (const bytes of packed) {
    if (member.ended) {
      // Zeros after the last member are padding.
      if (bytes[0] === 0) return;
      member = begin();
    }
    if (!member.push(bytes)) throw fail(member.msg);
    yield* chunks;
    chunks = [];
  }
  if (!member.ended) throw fail("its end is missing");
}
