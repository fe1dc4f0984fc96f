// The saved runs of a browser. A run has two files that take turns, two for its best model that take turns, and a trail
// of files at doubling steps; the newest good file is never the one that is written, so a save that breaks off loses
// nothing but itself. An arena's member has one file, which makes way for those of other runs. Files carry their own
// checksum, so there is no index that could disagree with them. Several workers and tabs use the same folder: what they
// must agree on (the budget, which runs were deleted) lies in files beside.

import { type Problem, problem } from "../base/problem.ts";
import { createQueue } from "../base/queue.ts";
import { err, ok, ProblemError, type Result } from "../base/result.ts";
import { createBoundedStorage } from "./boundedStorage.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import type { CheckpointStoreStorage } from "./storage.ts";
import {
  createStoredFiles,
  DELETED,
  nameOf,
  nextPlace,
  parseName,
  type SavedFile,
  type StoredRun,
} from "./storedFiles.ts";
import { toSummary } from "./summary.ts";

export interface CheckpointStoreUsage {
  /** Of all files but those of deleted runs; broken ones included. */
  byteLength: number;
  budget: number;
}

export interface CheckpointStore {
  /** Saves a run beside its last good file. Throws a ProblemError where there is no space; older saves stay. */
  save(checkpoint: Checkpoint, isBest: boolean): Promise<SavedFile>;
  /**
   * Saves the model of an arena's member, which makes way for any other save. Throws a ProblemError where the budget or the disk
   * have no space for it as they are: nothing makes way for it.
   */
  saveMember(checkpoint: Checkpoint): Promise<SavedFile>;
  /** All runs that are not deleted, the one saved last first. */
  list(): Promise<StoredRun[]>;
  /** The newest good file of a run; `skipped` says what was wrong with newer ones. */
  load(runId: string): Promise<Result<{ checkpoint: Checkpoint; skipped: Problem[] }>>;
  /** The file that was saved at the run's best evaluation; null where none is left. */
  loadBest(runId: string): Promise<Checkpoint | null>;
  /** Deletes a run in a way that can be undone: its files are the first to go when space is needed. */
  delete(runId: string): Promise<void>;
  /** Undoes `delete`, as far as its files are still there. */
  restore(runId: string): Promise<void>;
  /** Removes the files of a run. */
  remove(runId: string): Promise<void>;
  /** The newest file of a run, which bears `name` from now on; null where there is none. */
  exportNewest(runId: string, name: string): Promise<Blob | null>;
  usage(): Promise<CheckpointStoreUsage>;
  setBudget(bytes: number): Promise<void>;
}

export interface CheckpointStoreOptions {
  storage: CheckpointStoreStorage;
  /** What all files may take together until `setBudget` says otherwise. */
  budget: number;
  /** Awaited every few milliseconds of work, so that training continues meanwhile. */
  breathe: () => Promise<void>;
}

/** The runs saved in `storage`, which other tabs and workers may use too. */
export function createCheckpointStore({ storage, budget, breathe }: CheckpointStoreOptions): CheckpointStore {
  const stored = createStoredFiles(storage);
  const bounded = createBoundedStorage(storage, stored, budget);
  /** One thing at a time: a list never meets a file that is being written. */
  const inTurn = createQueue();

  async function save(checkpoint: Checkpoint, kind: "best" | "routine" | "member"): Promise<SavedFile> {
    const own = (await stored.runs()).find(({ id }) => id === checkpoint.run.id);
    const place = kind === "member" ? kind : nextPlace(own?.files ?? [], checkpoint, kind);
    const name = nameOf(checkpoint.run.id, place);
    const pieces = await encodeCheckpoint(checkpoint, breathe);
    const byteLength = await bounded.write(name, pieces, kind !== "member");
    return { name, kind: parseName(name)!.kind, byteLength, summary: toSummary(checkpoint) };
  }

  async function load(runId: string): Promise<Result<{ checkpoint: Checkpoint; skipped: Problem[] }>> {
    const run = (await stored.keptRuns()).find(({ id }) => id === runId);
    const skipped: { name: string; problem: Problem }[] = [];
    for (const { name, byteLength, summary } of run?.files ?? []) {
      const decoded = decodeCheckpoint(await storage.read(name, 0, byteLength), `"${summary.run.name}"`);
      if (!decoded.ok) {
        skipped.push({ name, problem: decoded.problem });
        continue;
      }
      // A damaged file must not pass for the newest, or the next save would go over this good one.
      for (const damaged of skipped) await storage.remove(damaged.name);
      return ok({ checkpoint: decoded.value, skipped: skipped.map((damaged) => damaged.problem) });
    }
    return err(skipped[0]?.problem ?? problem("run-not-saved", {}));
  }

  async function loadBest(runId: string): Promise<Checkpoint | null> {
    const run = (await stored.keptRuns()).find(({ id }) => id === runId);
    for (const { name, byteLength, summary } of run?.files.filter(({ kind }) => kind === "best") ?? []) {
      const decoded = decodeCheckpoint(await storage.read(name, 0, byteLength), `"${summary.run.name}"`);
      if (decoded.ok) return decoded.value;
    }
    return null;
  }

  return {
    save: (checkpoint, isBest) => inTurn(() => save(checkpoint, isBest ? "best" : "routine")),
    saveMember: (checkpoint) => inTurn(() => save(checkpoint, "member")),
    list: () => inTurn(stored.keptRuns),
    load: (runId) => inTurn(() => load(runId)),
    loadBest: (runId) => inTurn(() => loadBest(runId)),
    delete: (runId) =>
      inTurn(async () => {
        if ((await stored.runs()).some(({ id }) => id === runId))
          await storage.write(runId + DELETED, [new Uint8Array(1)]);
      }),
    restore: (runId) => inTurn(() => storage.remove(runId + DELETED)),
    remove: (runId) =>
      inTurn(async () => {
        for (const { name } of await storage.list())
          if (parseName(name)?.id === runId) await storage.remove(name);
        await storage.remove(runId + DELETED);
      }),
    exportNewest: (runId, name) =>
      inTurn(async () => {
        const newest = (await stored.keptRuns()).find(({ id }) => id === runId)?.files[0];
        if (!newest) return null;
        if (newest.summary.run.name === name) return storage.blob(newest.name);
        const loaded = await load(runId);
        if (!loaded.ok) throw new ProblemError(loaded.problem);
        const { checkpoint } = loaded.value;
        const pieces = await encodeCheckpoint({ ...checkpoint, run: { ...checkpoint.run, name } }, breathe);
        return new Blob(pieces, { type: "application/octet-stream" });
      }),
    usage: () =>
      inTurn(async () => {
        const deleted = await stored.deletedRuns();
        const kept = (await storage.list()).filter(({ name }) => {
          const place = parseName(name);
          return place && !deleted.has(place.id);
        });
        const byteLength = kept.reduce((sum, file) => sum + file.byteLength, 0);
        return { byteLength, budget: await bounded.budget() };
      }),
    setBudget: (bytes) => inTurn(() => bounded.setBudget(bytes)),
  };
}
