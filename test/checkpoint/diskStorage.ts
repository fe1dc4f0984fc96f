// The storage of a checkpoint store in a folder on disk, as tests of what the browser keeps have it.

import { mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointStoreStorage } from "../../src/checkpoint/storage.ts";

/** Files in `folder`, which is made when it is not there. */
export async function openDiskStorage(folder: string): Promise<CheckpointStoreStorage> {
  await mkdir(folder, { recursive: true });
  return {
    async list() {
      const names = await readdir(folder);
      return Promise.all(
        names.map(async (name) => {
          const { size, mtimeMs } = await stat(join(folder, name));
          return { name, byteLength: size, modifiedAt: mtimeMs };
        }),
      );
    },
    async read(name, start, end) {
      const file = await open(join(folder, name));
      try {
        const bytes = new Uint8Array(Math.min(end, (await file.stat()).size) - start);
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
          if (bytesRead === 0) return bytes.slice(0, at);
          at += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    },
    blob: async (name) => new Blob([await readFile(join(folder, name))]),
    async write(name, pieces) {
      const file = await open(join(folder, name), "w");
      try {
        for (const piece of pieces)
          for (let at = 0; at < piece.length; )
            at += (await file.write(piece, at, piece.length - at)).bytesWritten;
        await file.sync();
      } finally {
        await file.close();
      }
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}
