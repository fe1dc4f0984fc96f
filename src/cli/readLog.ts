// A log on disk from its start to its end, unpacked where it is gzip.

import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { ProblemError } from "../base/result.ts";
import { gzipProblem, isGzip } from "../preprocess/gzip.ts";
import { unreadable } from "./files.ts";

const READ_BYTES = 1 << 20;

/** The bytes of a log, unpacked when they are gzip's; `onProgress` gets how many bytes of the file are read. */
export async function* readLog(
  path: string,
  onProgress: (bytesRead: number) => void,
): AsyncGenerator<Uint8Array> {
  if (!isGzip(await firstBytes(path))) {
    yield* readFrom(path, 0, onProgress);
    return;
  }
  for (let start: number | null = 0; start !== null; )
    start = await nextMember(path, yield* unpackFrom(path, start, onProgress));
}

/** A file's bytes from `start` on. */
async function* readFrom(
  path: string,
  start: number,
  onProgress: (bytesRead: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { start, highWaterMark: READ_BYTES });
  let bytesRead = start;
  try {
    for await (const bytes of file) {
      onProgress((bytesRead += bytes.length));
      yield bytes;
    }
  } catch (cause) {
    throw unreadable(path, cause);
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
  // pipe() does not pass on errors.
  file.on("error", (cause) => unpacked.destroy(cause));
  try {
    for await (const bytes of unpacked) yield bytes as Uint8Array;
    return start + unpacked.bytesWritten;
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    if (/^Z_/.test(code)) throw new ProblemError(gzipProblem(basename(path), message));
    throw unreadable(path, cause);
  } finally {
    file.destroy();
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
