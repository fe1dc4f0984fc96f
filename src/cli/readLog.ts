// A log on disk from its start to its end, unpacked where it is gzip.

import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { ProblemError } from "../base/result.ts";
import { gzipProblem, isGzip } from "../preprocess/gzip.ts";
import { unreadable } from "./files.ts";

const READ_BYTES = 1 << 20;

/**
 * The bytes of a log, unpacked when they are gzip's; `onProgress` gets how many bytes of the file are read. With `reuse`
 * the next piece may overwrite one.
 */
export async function* readLog(
  path: string,
  onProgress: (bytesRead: number) => void,
  reuse = false,
): AsyncGenerator<Uint8Array> {
  if (!isGzip(await firstBytes(path))) {
    yield* readFrom(path, 0, onProgress, reuse);
    return;
  }
  for (let start: number | null = 0; start !== null; )
    start = await nextMember(path, yield* unpackFrom(path, start, onProgress));
}

/** A file's bytes from `start` on: while some are worked on, the next are read. */
async function* readFrom(
  path: string,
  start: number,
  onProgress: (bytesRead: number) => void = () => {},
  reuse = false,
): AsyncGenerator<Uint8Array> {
  const handle = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const spare: Uint8Array[] = [];
  const read = (at: number) => {
    const coming = handle.read(spare.pop() ?? new Uint8Array(READ_BYTES), 0, READ_BYTES, at);
    // A failure is met when its turn comes.
    coming.catch(() => {});
    return coming;
  };
  try {
    let at = start;
    for (let coming = read(at); ; ) {
      const { buffer, bytesRead } = await coming;
      if (bytesRead === 0) return;
      onProgress((at += bytesRead));
      coming = read(at);
      yield buffer.subarray(0, bytesRead);
      if (reuse) spare.push(buffer);
    }
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await handle.close();
  }
}

/** Unpacks gzip members from `start` on, and gives the place where they end: zlib stops at a zero behind one. */
async function* unpackFrom(
  path: string,
  start: number,
  onProgress: (bytesRead: number) => void,
): AsyncGenerator<Uint8Array, number> {
  const file = createReadStream(path, { start, highWaterMark: READ_BYTES });
  let bytesRead = start;
  file.on("data", (bytes) => onProgress((bytesRead += bytes.length)));
  const unpacked = file.pipe(createGunzip({ chunkSize: READ_BYTES }));
  let written = 0;
  // pipe() does not pass on errors.
  file.on("error", (cause) => unpacked.destroy(cause));
  try {
    for await (const bytes of unpacked) {
      written += bytes.length;
      yield bytes as Uint8Array;
    }
    return start + unpacked.bytesWritten;
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const isFollowed = code === "Z_BUF_ERROR" && (await endsBeforeLast(path, written));
    if (/^Z_/.test(code))
      throw new ProblemError(gzipProblem(basename(path), isFollowed ? "incorrect header check" : message));
    throw unreadable(path, cause);
  } finally {
    file.destroy();
  }
}

/**
 * Whether a member of so many unpacked bytes ends one byte before the file does: its last four bytes are their number. zlib
 * waits for more behind a single byte, and then says that the file ends too early.
 */
async function endsBeforeLast(path: string, written: number): Promise<boolean> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 5));
    return bytesRead === 4 && buffer.readUInt32LE() === written % 2 ** 32;
  } finally {
    await handle.close();
  }
}

/** Where something other than zeros follows; null where the file ends before. */
async function nextMember(path: string, from: number): Promise<number | null> {
  let at = from;
  for await (const bytes of readFrom(path, from)) {
    const next = bytes.findIndex((byte) => byte !== 0);
    if (next !== -1) return at + next;
    at += bytes.length;
  }
  return null;
}

async function firstBytes(path: string): Promise<Uint8Array> {
  for await (const bytes of readFrom(path, 0)) return bytes;
  return new Uint8Array();
}
