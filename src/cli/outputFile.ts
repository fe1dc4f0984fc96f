// A file that is written beside its place and renamed, so that the place never holds half of one.

import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { problemError } from "../base/result.ts";
import { attempt, writeAll } from "./files.ts";

/** Throws a ProblemError where something lies at the place already. */
export async function refuseExisting(path: string): Promise<void> {
  if (await stat(path).catch(() => null)) throw problemError("output-file-exists", { name: path });
}

export interface OutputFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Puts it in its place. */
  finish(): Promise<void>;
  /** Leaves nothing. */
  discard(): Promise<void>;
}

/** Begins a file, making its folder when it is not there. Throws a ProblemError where it cannot be written. */
export async function beginFile(path: string): Promise<OutputFile> {
  const partial = `${path}.partial`;
  const handle = await attempt(partial, async () => {
    await mkdir(dirname(resolve(path)), { recursive: true });
    return open(partial, "w");
  });
  return {
    write: (bytes) => attempt(partial, () => writeAll(handle, bytes)),
    finish: () =>
      attempt(partial, async () => {
        await handle.sync();
        await handle.close();
        await rename(partial, path);
      }),
    async discard() {
      await handle.close().catch(() => {});
      await rm(partial, { force: true }).catch(() => {});
    },
  };
}

/** A whole file. */
export async function writeFileWhole(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const file = await beginFile(path);
  try {
    for await (const piece of pieces) await file.write(piece);
    await file.finish();
  } catch (cause) {
    await file.discard();
    throw cause;
  }
}
