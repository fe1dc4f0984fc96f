// Checkpoints on disk, named and thinned as MindSpore's ModelCheckpoint does it.

import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { problem } from "../base/problem.ts";
import { problemError } from "../base/result.ts";
import { type Checkpoint, encodeCheckpoint, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { type CheckpointCurves, openCurves } from "../checkpoint/curves.ts";
import type { RunSnapshot } from "../checkpoint/snapshot.ts";
import { type ByteSource, withFile } from "../shards/byteSource.ts";
import { diskFolder, unreadable, writeAll } from "./files.ts";
import { say } from "./log.ts";

/** Reads a checkpoint, or its weights alone, and says what another program made of it. Throws a ProblemError. */
export async function readCheckpoint(path: string, kept: "all" | "weights" = "all"): Promise<Checkpoint> {
  const name = basename(path);
  const checkpoint = await opened(path, (file) => openCheckpoint(file, name, kept));
  const { savedAgain } = checkpoint;
  if (savedAgain) {
    const { rounded, checked } = savedAgain;
    say(problem("checkpoint-saved-again", { name, rounded: rounded.length, checked }).sentence);
  }
  return checkpoint;
}

/** Reads the curves of a checkpoint, or of a file that holds them alone. Throws a ProblemError. */
export function readCurves(path: string): Promise<CheckpointCurves> {
  return opened(path, (file) => openCurves(file, basename(path)));
}

async function opened<T>(path: string, read: (file: ByteSource) => Promise<T>): Promise<T> {
  let found: { isDirectory(): boolean };
  try {
    found = await stat(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (found.isDirectory()) throw problemError("file-unreadable", { name: path, reason: "it is a folder" });
  return withFile(diskFolder(dirname(path)), basename(path), read);
}

export interface CheckpointFolderOptions {
  path: string;
  /** The newest that are kept (MindSpore's keep_checkpoint_max). */
  keep: number;
  stepsPerEpoch: number;
  /** Says what the snapshots are of. */
  describe(snapshot: RunSnapshot): Checkpoint;
  /** The files that the run has written and that are kept, oldest first; this list is kept up to date. */
  files: string[];
}

export interface CheckpointFolder {
  /** Writes a snapshot as soon as it is there and earlier ones are written. */
  save(snapshot: Promise<RunSnapshot>): void;
  /** Settles when all of them lie on disk; throws a ProblemError where one could not be written. */
  settled(): Promise<void>;
}

/** A folder of `final-EPOCH_STEP.safetensors`, the step counted within its epoch; it is made when first needed. */
export function createCheckpointFolder(options: CheckpointFolderOptions): CheckpointFolder {
  const { path, keep, stepsPerEpoch, describe, files: written } = options;
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
      // It may fail before its turn comes.
      snapshot.catch(() => {});
      settled = settled.then(async () => write(await snapshot));
      // Whoever awaits `settled` gets the error; until then it must not count as unhandled.
      settled.catch(() => {});
    },
    settled: () => settled,
  };
}

/** Writes a file beside its place and renames it, so that the place never holds half of one. */
export async function writeWhole(folder: string, name: string, pieces: Uint8Array[]): Promise<void> {
  const partial = join(folder, `${name}.partial`);
  try {
    await mkdir(folder, { recursive: true });
    const handle = await open(partial, "w");
    try {
      for (const piece of pieces) await writeAll(handle, piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, join(folder, name));
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    throw problemError("output-unwritable", { name: partial, reason: (cause as Error).message });
  }
}
