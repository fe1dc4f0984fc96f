// The browser's private file system as a data set's folder. It is written, and where it can be read, through synchronous
// handles, which only a worker has; every browser with WebGPU knows those for writing.

import { browserReason } from "../base/browserReason.ts";
import { openSyncHandle, type SyncHandle } from "../base/privateStorage.ts";
import { problem } from "../base/problem.ts";
import { ProblemError, problemError } from "../base/result.ts";
import type { OutputFolder } from "./byteSink.ts";
import { allocateNew, type ByteSource, blobSource, type Folder } from "./byteSource.ts";

/** The files of `directory`; `name` is the data set's, for sentences. */
export function opfsFolder(directory: FileSystemDirectoryHandle, name: string): Folder {
  return {
    async open(file) {
      try {
        const handle = await directory.getFileHandle(file);
        const shared = await openShared(handle);
        return shared ? syncSource(file, shared) : blobSource(file, await handle.getFile());
      } catch (cause) {
        const { name: kind, message } = cause as DOMException;
        if (kind === "NotFoundError") throw problemError("file-missing", { name: file, where: name });
        throw unreadable(file, message);
      }
    },
  };
}

/**
 * A handle for reading beside others, without a message to another process at each read; null where there is none: out of
 * workers, in browsers that know exclusive handles only, and while someone writes.
 */
async function openShared(file: FileSystemFileHandle): Promise<SyncHandle | null> {
  const { FileSystemSyncAccessHandle: Handle } = globalThis as {
    FileSystemSyncAccessHandle?: { prototype: object };
  };
  if (!Handle || !("mode" in Handle.prototype)) return null;
  try {
    return await openSyncHandle(file, { mode: "read-only" });
  } catch (cause) {
    if ((cause as DOMException).name === "NoModificationAllowedError") return null;
    throw cause;
  }
}

function syncSource(name: string, file: SyncHandle): ByteSource {
  return {
    name,
    byteLength: file.getSize(),
    async read(start, end, allocate = allocateNew) {
      try {
        const bytes = allocate(end - start);
        return bytes.subarray(0, file.read(bytes, { at: start }));
      } catch (cause) {
        throw unreadable(name, browserReason(cause));
      }
    },
    close: async () => file.close(),
  };
}

function unreadable(name: string, reason: string): ProblemError {
  return problemError("file-unreadable", { name, reason });
}

/** Opens a file for writing, emptied, and made where it is not there. */
async function openSync(directory: FileSystemDirectoryHandle, name: string): Promise<SyncHandle> {
  const file = await openSyncHandle(await directory.getFileHandle(name, { create: true }));
  file.truncate(0);
  return file;
}

/** Writes all of `bytes` at `at`. Throws where there is no space. */
function writeSync(file: SyncHandle, bytes: Uint8Array, at: number): void {
  // Some browsers report a full disk by writing less than they were given.
  if (file.write(bytes, { at }) !== bytes.length)
    throw new DOMException("The disk is full", "QuotaExceededError");
}

/** Writes files into `directory`; `abandon` closes those that are still open, so that they can be deleted. */
export function opfsOutput(
  directory: FileSystemDirectoryHandle,
  name: string,
): { output: OutputFolder; abandon(): void } {
  const open = new Set<SyncHandle>();

  async function attempt<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (cause) {
      throw unwritable(name, cause as DOMException);
    }
  }

  const output: OutputFolder = {
    async create(fileName) {
      const file = await attempt(() => openSync(directory, fileName));
      open.add(file);
      let at = 0;
      return {
        write: (bytes) =>
          attempt(async () => {
            writeSync(file, bytes, at);
            at += bytes.length;
          }),
        close: () =>
          attempt(async () => {
            file.flush();
            file.close();
            open.delete(file);
          }),
      };
    },
  };
  return {
    output,
    abandon() {
      for (const file of open) file.close();
      open.clear();
    },
  };
}

/** Why what is called `name` cannot be written to the browser's storage. */
export function unwritable(name: string, cause: DOMException): ProblemError {
  return new ProblemError(
    cause.name === "QuotaExceededError"
      ? problem("device-full", { name })
      : problem("device-unwritable", { name, reason: browserReason(cause) }),
  );
}
