// The disk, in the shape in which shards and preprocessing know bytes.

import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { ProblemError, problemError } from "../base/result.ts";
import type { OutputFolder } from "../shards/byteSink.ts";
import { allocateNew, type Folder } from "../shards/byteSource.ts";

/** A data set's folder on disk. */
export function diskFolder(path: string): Folder {
  return {
    async open(name) {
      const file = join(path, name);
      let handle: FileHandle;
      try {
        handle = await open(file);
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code === "ENOTDIR") throw problemError("folder-is-file", { name: path });
        if (code === "ENOENT" && existsSync(path)) throw problemError("file-missing", { name, where: path });
        throw unreadable(existsSync(path) ? file : path, cause);
      }
      const { size } = await handle.stat();
      return {
        name,
        byteLength: size,
        async read(start, end, allocate = allocateNew) {
          const bytes = allocate(end - start);
          try {
            return bytes.subarray(0, await readInto(handle, bytes, start));
          } catch (cause) {
            throw unreadable(file, cause);
          }
        },
        close: () => handle.close(),
      };
    },
  };
}

/** Node reads and writes less than 2 GiB at once. */
const MOST_BYTES_AT_ONCE = 1 << 30;

/** Fills `bytes` with those of a file from `start` on; returns how many there are. */
async function readInto(handle: FileHandle, bytes: Uint8Array, start: number): Promise<number> {
  let at = 0;
  while (at < bytes.length) {
    const length = Math.min(bytes.length - at, MOST_BYTES_AT_ONCE);
    const { bytesRead } = await handle.read(bytes, at, length, start + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}

/** Writes all of `bytes` behind what was written before. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const length = Math.min(bytes.length - at, MOST_BYTES_AT_ONCE);
    at += (await handle.write(bytes, at, length)).bytesWritten;
  }
}

/** Writes files into a folder, which must exist. */
export function diskOutput(path: string): OutputFolder {
  return {
    async create(name) {
      const file = join(path, name);
      const handle = await attempt(file, () => open(file, "w"));
      return {
        write: (bytes) => attempt(file, () => writeAll(handle, bytes)),
        close: () =>
          attempt(file, async () => {
            // The journal may say only what will outlast a power cut.
            await handle.sync();
            await handle.close();
          }),
      };
    },
  };
}

/** Runs `write`; what it throws becomes the ProblemError of a `file` that cannot be written. */
export async function attempt<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw problemError("output-unwritable", { name: file, reason: reasonOf(cause) });
  }
}

/** What to throw for a file that cannot be read. */
export function unreadable(file: string, cause: unknown): ProblemError {
  return problemError("file-unreadable", { name: file, reason: reasonOf(cause) });
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "it does not exist";
    case "EACCES":
    case "EPERM":
      return "permission is denied";
    case "EISDIR":
      return "it is a folder";
    case "ENOSPC":
      return "the disk is full";
    default:
      return message;
  }
}
