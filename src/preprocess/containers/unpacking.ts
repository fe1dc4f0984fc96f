// Files that hold others, or one file packed: gzip, Zstandard, bzip2, tar, ZIP. What comes out are files like those that a
// person chose.

import { concatenate } from "../../base/bytes.ts";
import { ProblemError, problemError } from "../../base/result.ts";
import { type ByteSource, memorySource } from "../../shards/byteSource.ts";
import { startsWith } from "../formats/firstBytes.ts";
import { headOf, type InputFile, type OnBytes } from "../formats/input.ts";
import type { Stranger } from "../formats/strangers.ts";
import { isGzip } from "../gzip.ts";
import { unpackMembers } from "../readBlob.ts";
import { createTarReader, isTar, listTar } from "./tar.ts";
import { isZip, listZip } from "./zip.ts";

export type ByteStream = AsyncGenerator<Uint8Array>;

/** What is unpacked into memory to be read in ranges, as Parquet is. */
const MOST_IN_MEMORY = 2_000_000_000;
const HEAD_BYTES = 1 << 17;

/** A file with its first bytes, unpacked. */
export interface Unpacked {
  file: InputFile;
  head: Uint8Array;
  /** The head is the whole file. */
  whole: boolean;
}

const PACKERS: {
  name: string;
  isPacked(head: Uint8Array): boolean;
  unpack(packed: ByteStream, name: string): ByteStream;
}[] = [
  { name: "gzip", isPacked: isGzip, unpack: unpackMembers },
  {
    name: "Zstandard",
    // A frame, or one of another program's data before it, as pzstd writes.
    isPacked: (head) =>
      startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]) ||
      ((head[0]! & 0xf0) === 0x50 && startsWith(head.subarray(1), [0x2a, 0x4d, 0x18])),
    unpack: async function* (packed, name) {
      yield* (await import("./zstd.ts")).unpackZstd(packed, name);
    },
  },
  {
    name: "bzip2",
    isPacked: (head) =>
      startsWith(head, [0x42, 0x5a, 0x68]) && startsWith(head.subarray(4), [0x31, 0x41, 0x59]),
    // Unpackers that are seldom needed are loaded then.
    unpack: async function* (packed) {
      yield* (await import("./bzip2.ts")).unpackBzip2(packed);
    },
  },
];

/** The file as it is below all packing. Throws a ProblemError where it cannot be unpacked. */
export async function unpacked(file: InputFile): Promise<Unpacked> {
  const head = await headOf(file, HEAD_BYTES);
  const packer = PACKERS.find(({ isPacked }) => isPacked(head));
  if (!packer) {
    // A stream unpacks gzip by itself; what is read in ranges, as Parquet is, needs it unpacked too.
    const isBinary = !file.packed && head.includes(0);
    const own =
      isBinary && (await isGzipped(file)) ? streamed(file, file.byteLength, file.stream, "gzip") : file;
    return { file: own, head, whole: head.length < HEAD_BYTES };
  }
  return unpacked(
    streamed(
      file,
      file.byteLength,
      (onProgress) => packer.unpack(toStream(file.stream(onProgress)), file.name),
      packer.name,
    ),
  );
}

async function isGzipped({ byteLength, open }: InputFile): Promise<boolean> {
  const source = await open();
  try {
    return isGzip(await source.read(0, Math.min(2, byteLength)));
  } finally {
    await source.close?.();
  }
}

/**
 * The files of an archive, their names below its own; null where the file is none, or what else it is: an Excel workbook
 * is a ZIP archive too.
 */
export async function membersOf({ file, head }: Unpacked): Promise<InputFile[] | Stranger | null> {
  if (isZip(head)) return zipMembers(file);
  if (!isTar(head)) return null;
  const members = await orProblem(file, "tar", () => listTar(toStream(file.stream(() => {}))));
  const reader = createTarReader(() => toStream(file.stream(() => {})));
  return members.map(({ name, byteLength }, place) =>
    streamed(
      { ...file, name: `${file.name}/${name}`, chosen: false },
      byteLength,
      (onProgress) => counted(reader.read(place), onProgress),
      "tar",
    ),
  );
}

async function zipMembers(file: InputFile): Promise<InputFile[] | Stranger> {
  const members = await orProblem(file, "ZIP", () => listZip(file.open));
  const has = (pattern: RegExp) => members.some(({ name }) => pattern.test(name));
  if (has(/^xl\/workbook\.xml$/)) return { what: "an Excel workbook", remedy: "Save its sheet as CSV." };
  if (has(/^xl\/workbook\.bin$/))
    return { what: "a binary Excel workbook", remedy: "Save its sheet as CSV." };
  if (has(/^mimetype$/) && has(/^content\.xml$/))
    return { what: "an OpenDocument file", remedy: "Save its sheet as CSV." };
  if (has(/^word\/document\.xml$/)) return { what: "a Word document", remedy: "Choose the table itself." };
  if (has(/\.npy$/))
    return {
      what: "an archive of NumPy arrays",
      remedy: "Write the table as CSV or Parquet, with a header.",
    };
  if (has(/data\.pkl$/))
    return { what: "a file of PyTorch's", remedy: "Choose the table that it was made for." };
  if (members.some(({ encrypted }) => encrypted))
    return { what: "a ZIP archive with a password", remedy: "Unpack it first." };
  const unread = members.find(({ unreadMethod }) => unreadMethod !== null);
  if (unread)
    return {
      what: `a ZIP archive whose ${unread.name} is packed with ${unread.unreadMethod}, and not with Deflate`,
      remedy: "Unpack it first.",
    };
  return members.map(({ name, byteLength, stream }) =>
    streamed({ ...file, name: `${file.name}/${name}`, chosen: false }, byteLength, stream, "ZIP"),
  );
}

/** A file of which there is a stream alone: what needs ranges of it holds it in memory. */
function streamed(
  file: InputFile,
  byteLength: number,
  stream: (onProgress: OnBytes) => AsyncIterable<Uint8Array>,
  packing: string,
): InputFile {
  const { name } = file;
  async function* guarded(onProgress: OnBytes): ByteStream {
    const iterator = stream(onProgress)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await orProblem(file, packing, () => iterator.next());
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return {
    ...file,
    packed: true,
    byteLength,
    stream: guarded,
    async open(): Promise<ByteSource> {
      const pieces: Uint8Array[] = [];
      let length = 0;
      for await (const piece of guarded(() => {})) {
        pieces.push(piece.slice());
        length += piece.length;
        if (length > MOST_IN_MEMORY)
          throw problemError("format-unknown", {
            name,
            what: "packed, and larger than 2 GB unpacked, which cannot be read in parts",
            remedy: "Unpack it first.",
          });
      }
      return memorySource(name, concatenate(pieces));
    },
  };
}

async function* toStream(source: AsyncIterable<Uint8Array>): ByteStream {
  yield* source;
}

async function* counted(stream: ByteStream, onProgress: OnBytes): ByteStream {
  let bytes = 0;
  for await (const piece of stream) {
    onProgress((bytes += piece.length));
    yield piece;
  }
}

/** Runs what unpacks; what goes wrong there becomes a problem of the file. */
async function orProblem<T>({ name }: InputFile, packing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    const { message } = cause as Error;
    throw problemError("unpacking-failed", { name, packing, reason: plainReason(message) });
  }
}

/** What an unpacker says, as far as it is a sentence's part. */
function plainReason(message: string): string {
  if (/end|eof|truncat|premature/i.test(message)) return "its end is missing";
  return /^[a-z][\w ',-]*$/.test(message) ? message : "what is in it cannot be unpacked";
}
