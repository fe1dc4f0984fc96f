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
