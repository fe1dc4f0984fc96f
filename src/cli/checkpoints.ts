// Checkpoints on disk, named and thinned as MindSpore's ModelCheckpoint does it.

import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { problem } from "../base/problem.ts";
import { orThrow, ProblemError } from "../base/result.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type RunSnapshot,
} from "../checkpoint/checkpoint.ts";
import { unreadable } from "./files.ts";

/** Reads a checkpoint. Throws a ProblemError. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return orThrow(decodeCheckpoint(bytes, basename(path)));
}

export interface CheckpointFolderOptions {
  path: string;
  /** The newest that are kept (MindSpore's keep_checkpoint_max). */
  keep: number;
  stepsPerEpoch: number;
  /** Says what the snapshots are of. */
  describe(snapshot: RunSnapshot): Checkpoint;
}

export interface CheckpointFolder {
  /** Writes a snapshot as soon as it is there and earlier ones are written. */
  save(snapshot: Promise<RunSnapshot>): void;
  /** Settles when all of them lie on disk; throws a ProblemError where one could not be written. */
  settled(): Promise<void>;
}

/** A folder of `final-EPOCH_STEP.safetensors`, the step counted within its epoch; it is made when first needed. */
export function createCheckpointFolder(options: CheckpointFolderOptions): CheckpointFolder {
  const { path, keep, stepsPerEpoch, describe } = options;
  const written: string[] = [];
  let settled: Promise<void> = Promise.resolve();

  async function write(snapshot: RunSnapshot): Promise<void> {
    const { step } = snapshot.progress;
    const epoch = Math.max(1, Math.ceil(step / stepsPerEpoch));
    const name = `final-${epoch}_${step - (epoch - 1) * stepsPerEpoch}.safetensors`;
    await writeWhole(path, name, await encodeCheckpoint(describe(snapshot)));
    if (!written.includes(name)) written.push(name);
    while (written.length > Math.max(1, keep)) await rm(join(path, written.shift()!), { force: true });
  }

  return {
    save(snapshot) {
      settled = settled.then(async () => write(await snapshot));
      // Told by `settled`; until somebody asks, it must not count as unhandled.
      settled.catch(() => {});
    },
    settled: () => settled,
  };
}

/** Writes a file beside its place and renames it, so that the place never holds half of one. */
async function writeWhole(folder: string, name: string, pieces: Uint8Array[]): Promise<void> {
  const partial = join(folder, `${name}.partial`);
  try {
    await mkdir(folder, { recursive: true });
    const handle = await open(partial, "w");
    try {
      for (const piece of pieces)
        for (let at = 0; at < piece.length; )
          at += (await handle.write(piece, at, piece.length - at)).bytesWritten;
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, join(folder, name));
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    throw new ProblemError(problem("output-unwritable", { name: partial, reason: (cause as Error).message }));
  }
}
