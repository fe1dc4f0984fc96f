// The folder that a browser keeps for this origin alone (the origin-private file system).

import { problemError } from "./result.ts";

/** The root of it. Throws a ProblemError where this page or browser has none, as some do in private windows: `missing`. */
export async function privateStorage(
  missing: "storage-missing" | "device-missing",
): Promise<FileSystemDirectoryHandle> {
  // TypeScript believes that it is always there; over plain http it is not.
  const storage = navigator.storage as StorageManager | undefined;
  if (!globalThis.isSecureContext) throw problemError("storage-insecure", {});
  if (!storage?.getDirectory) throw problemError(missing, { reason: "it has no private file system" });
  return await storage.getDirectory();
}

/** What TypeScript's window library lacks, as only workers have it. */
export interface SyncHandle {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}
type WorkerFile = FileSystemFileHandle & {
  createSyncAccessHandle(options?: { mode: "read-only" }): Promise<SyncHandle>;
};

const opening = new Set<FileSystemFileHandle>();

/**
 * Opens a file of this storage for reading and writing, or with `mode` for reading beside others. Rejects with the browser's
 * DOMException, NoModificationAllowedError where somebody else has it open.
 */
export async function openSyncHandle(
  file: FileSystemFileHandle,
  options?: { mode: "read-only" },
): Promise<SyncHandle> {
  // Chromium (156) never settles the call when the file's handle is collected as garbage meanwhile.
  opening.add(file);
  try {
    return await (file as WorkerFile).createSyncAccessHandle(options);
  } finally {
    opening.delete(file);
  }
}
