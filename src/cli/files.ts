// The disk, in the shape in which shards and preprocessing know bytes.

import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, join } from "node:path";
import { createGunzip } from "node:zlib";
import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { OutputFolder } from "../shards/byteSink.ts";
import type { Folder } from "../shards/byteSource.ts";

const READ_BYTES = 1 << 20;

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
        if (code === "ENOENT") throw new ProblemError(problem("file-missing", { name, where: path }));
        throw unreadable(file, cause);
      }
      const { size } = await handle.stat();
      return {
        name,
        byteLength: size,
        async read(start, end) {
          const bytes = new Uint8Array(end - start);
          try {
            const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
            return bytes.subarray(0, bytesRead);
          } catch (cause) {
            throw unreadable(file, cause);
          }
        },
        close: () => handle.close(),
      };
    },
  };
}

/** Writes files into a folder, which must exist. */
export function diskOutput(path: string): OutputFolder {
  return {
    async create(name) {
      const file = join(path, name);
      const handle = await attempt(file, () => open(file, "w"));
      return {
        write: (bytes) =>
          attempt(file, async () => {
            for (let at = 0; at < bytes.length; )
              at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
          }),
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

/** The bytes of a log, unpacked when they are gzip's; `tell` hears how many bytes of the file are read. */
export async function* readLog(path: string, tell: (bytesRead: number) => void): AsyncGenerator<Uint8Array> {
  const packed = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  let bytesRead = 0;
  file.on("data", (bytes) => tell((bytesRead += bytes.length)));
  const source = packed ? file.pipe(createGunzip({ chunkSize: READ_BYTES })) : file;
  // pipe() does not pass on errors.
  if (packed) file.on("error", (cause) => source.destroy(cause));
  try {
    for await (const bytes of source) yield bytes as Uint8Array;
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    if (/^Z_/.test(code))
      throw new ProblemError(problem("log-truncated", { name: basename(path), reason: message }));
    throw unreadable(path, cause);
  } finally {
    file.destroy();
  }
}

async function isGzip(path: string): Promise<boolean> {
  try {
    const handle = await open(path);
    try {
      const magic = new Uint8Array(2);
      await handle.read(magic, 0, 2, 0);
      return magic[0] === 0x1f && magic[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Runs `write`; what it throws becomes the ProblemError of a `file` that cannot be written. */
export async function attempt<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw new ProblemError(problem("output-unwritable", { name: file, reason: reasonOf(cause) }));
  }
}

/** What to throw for a file that cannot be read. */
export function unreadable(file: string, cause: unknown): ProblemError {
  return new ProblemError(problem("file-unreadable", { name: file, reason: reasonOf(cause) }));
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
