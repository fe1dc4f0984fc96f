// The storage of a checkpoint store in the browser: the origin's private file system, written through synchronous handles, which only
// a worker has and which every browser with WebGPU supports.

import { openSyncHandle, privateStorage } from "../base/privateStorage.ts";
import { portions } from "./portions.ts";
import type { CheckpointStoreStorage } from "./storage.ts";

/**
 * The folder `folder` of the private file system; `breathe` is awaited every few milliseconds of writing. Throws where
 * the browser has no such storage, as some do in private windows.
 */
export async function openOpfs(
  folder: string,
  breathe: () => Promise<void>,
): Promise<CheckpointStoreStorage> {
  const root = await privateStorage("storage-missing");
  const directory = await root.getDirectoryHandle(folder, { create: true });
  const fileOf = async (name: string) => (await directory.getFileHandle(name)).getFile();

  return {
    async list() {
      const files = [];
      for await (const [name, handle] of directory.entries())
        if (handle.kind === "file") {
          const { size, lastModified } = await (handle as FileSystemFileHandle).getFile();
          files.push({ name, byteLength: size, modifiedAt: lastModified });
        }
      return files;
    },
    async read(name, start, end) {
      return new Uint8Array(await (await fileOf(name)).slice(start, end).arrayBuffer());
    },
    blob: fileOf,
    async write(name, pieces) {
      const file = await openSyncHandle(await directory.getFileHandle(name, { create: true }));
      try {
        file.truncate(0);
        let at = 0;
        for (const portion of portions(pieces)) {
          for (const part of portion) {
            // Some browsers report a full disk by writing less than they were given.
            if (file.write(part, { at }) !== part.length)
              throw new DOMException("The disk is full", "QuotaExceededError");
            at += part.length;
          }
          await breathe();
        }
        file.flush();
      } finally {
        file.close();
      }
    },
    async remove(name) {
      try {
        await directory.removeEntry(name);
      } catch (cause) {
        if ((cause as Error).name !== "NotFoundError") throw cause;
      }
    },
  };
}
