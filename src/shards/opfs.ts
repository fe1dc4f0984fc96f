// The browser's private file system as a data set's folder. It is written through synchronous handles, which only a
// worker has and which every browser with WebGPU supports.

import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { OutputFolder } from "./byteSink.ts";
import { blobSource, type Folder } from "./byteSource.ts";

/** Types that TypeScript's window library lacks, as only workers have them. */
export interface SyncHandle {
  truncate(size: number): void;
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}
type WorkerFile = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncHandle> };

/** The files of `directory`; `name` is the data set's, for sentences. */
export function opfsFolder(directory: FileSystemDirectoryHandle, name: string): Folder {
  return {
    async open(file) {
      try {
        return blobSource(file, await (await directory.getFileHandle(file)).getFile());
      } catch (cause) {
        const { name: kind, message } = cause as DOMException;
        if (kind === "NotFoundError")
          throw new ProblemError(problem("file-missing", { name: file, where: name }));
        throw new ProblemError(problem("file-unreadable", { name: file, reason: message }));
      }
    },
  };
}

/** Opens a file for writing, emptied, and made where it is not there. */
export async function openSync(directory: FileSystemDirectoryHandle, name: string): Promise<SyncHandle> {
  const handle = (await directory.getFileHandle(name, { create: true })) as WorkerFile;
  const file = await handle.createSyncAccessHandle();
  file.truncate(0);
  return file;
}

/** Writes all of `bytes` at `at`. Throws where there is no room. */
export function writeSync(file: SyncHandle, bytes: Uint8Array, at: number): void {
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
export function unwritable(name: string, { name: kind, message }: DOMException): ProblemError {
  return new ProblemError(
    kind === "QuotaExceededError"
      ? problem("device-full", { name })
      : problem("device-unwritable", { name, reason: message.replace(/\.$/, "") }),
  );
}
