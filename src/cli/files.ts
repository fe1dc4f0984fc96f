// The disk, in the shape in which shards and preprocessing know bytes.

import { createReadStream } from "node:fs";
import { appendFile, type FileHandle, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
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

/** Holds what an unfinished folder says of itself; a finished one has none. */
const JOURNAL_FILE = "journal.jsonl";

/** A folder that is being made, under another name until it is whole. */
export interface UnfinishedFolder {
  output: OutputFolder;
  folder: Folder;
  /** Its journal as an interrupted run left it; empty when there is none. */
  journal: string;
  appendJournal(text: string): Promise<void>;
}

/**
 * Runs `make` on `path.partial`, then gives the folder its name; `path` must not exist or be empty. What an interrupted
 * run left there stays if `goesOn` says so of its journal. After a problem with the input nothing is left; a full disk
 * leaves it all, since the same command can go on when there is room.
 */
export async function makeFolder<T>(
  path: string,
  goesOn: (journal: string) => boolean,
  make: (unfinished: UnfinishedFolder) => Promise<T>,
): Promise<T> {
  await refuseOccupied(path);
  const partial = `${path}.partial`;
  const journalFile = join(partial, JOURNAL_FILE);
  let journal = await readFile(journalFile, "utf8").catch(() => "");
  await attempt(partial, async () => {
    if (!goesOn(journal)) {
      journal = "";
      await rm(partial, { recursive: true, force: true });
    }
    await mkdir(partial, { recursive: true });
  });
  const appendJournal = (text: string) => attempt(journalFile, () => appendFile(journalFile, text));
  try {
    const made = await make({
      output: diskOutput(partial),
      folder: diskFolder(partial),
      journal,
      appendJournal,
    });
    await attempt(path, async () => {
      await rm(journalFile, { force: true });
      await rm(path, { recursive: true, force: true });
      await rename(partial, path);
    });
    return made;
  } catch (cause) {
    if (cause instanceof ProblemError && cause.problem.code !== "output-unwritable")
      await rm(partial, { recursive: true, force: true });
    throw cause;
  }
}

/** Throws a ProblemError when `path` is a file, or a folder that holds something. */
async function refuseOccupied(path: string): Promise<void> {
  const entries = await readdir(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    if (cause.code === "ENOTDIR") return [path];
    throw unreadable(path, cause);
  });
  if (entries.length > 0) throw new ProblemError(problem("output-exists", { name: path }));
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

async function attempt<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
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
