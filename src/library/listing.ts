// The list of runs: records, what is kept of their checkpoints, and what was deleted last.

import type { Problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { CheckpointStore } from "../checkpoint/checkpointStore.ts";
import type { StoredRun } from "../checkpoint/storedFiles.ts";
import type { KeptRecord } from "./database.ts";
import type { LibraryInputs } from "./inputs.ts";
import type { LibraryList, LibraryRun } from "./requests.ts";
import { adoptCheckpoints, takeOverNames } from "./takeOver.ts";

/** A deletion can be undone for so long, whatever else is deleted; afterwards the next one clears it away. */
export const UNDO_MS = 60 * 60 * 1000;

/** Where the browser keeps no files, `store` is null and `missing` says why. */
export async function checkpointStore(
  inputs: Pick<LibraryInputs, "checkpoints">,
): Promise<{ store: CheckpointStore | null; missing: Problem | null }> {
  try {
    return { store: await inputs.checkpoints(), missing: null };
  } catch (cause) {
    if (cause instanceof ProblemError) return { store: null, missing: cause.problem };
    throw cause;
  }
}

/** All runs that are kept and not deleted, with what is known of their checkpoints. */
export async function listRuns(inputs: LibraryInputs): Promise<LibraryList> {
  const { store, missing } = await checkpointStore(inputs);
  const saved = (await store?.list()) ?? [];
  const open = await inputs.openRuns();
  const records = await allRecords(inputs, store, saved);
  const kept = records.filter(({ deletedAt }) => deletedAt === null);
  const runs = kept.map(({ record }): LibraryRun => {
    const files = saved.find(({ id }) => id === record.runId)?.files ?? [];
    const byteLength = files.reduce((sum, file) => sum + file.byteLength, 0);
    const checkpoint = files[0] ? { summary: files[0].summary, files: files.length, byteLength } : null;
    return { ...record, checkpoint, isOpen: open.has(record.runId) };
  });
  return {
    runs: runs.sort((a, b) => b.startedAt - a.startedAt),
    deleted: lastDeleted(records, inputs.now() - UNDO_MS),
    usage: (await store?.usage()) ?? null,
    missing,
    problem: (await inputs.database).problem,
  };
}

/** All records: earlier versions' things are taken over first, and checkpoints that have no record get one. */
async function allRecords(
  inputs: LibraryInputs,
  store: CheckpointStore | null,
  saved: readonly StoredRun[],
): Promise<KeptRecord[]> {
  const database = await inputs.database;
  const known = await database.records();
  if (!store) return known;
  const open = await inputs.openRuns();
  const ids = new Set(known.map(({ record }) => record.runId));
  // Of an open run the record is on its way.
  const unrecorded = saved.filter(({ id }) => !ids.has(id) && !open.has(id));
  const adopted = await adoptCheckpoints(database, store, unrecorded, known);
  if (await database.takenOver()) return [...known, ...adopted];
  await takeOverNames(database, saved, known);
  await database.setTakenOver();
  return database.records();
}

/** The runs of the last deletion, where that came after `since`. */
function lastDeleted(all: readonly KeptRecord[], since: number): LibraryList["deleted"] {
  const last = Math.max(...all.map(({ deletedAt }) => deletedAt ?? 0));
  if (!(last > since)) return [];
  return all
    .filter(({ deletedAt }) => deletedAt === last)
    .map(({ record: { runId, name } }) => ({ runId, name }));
}
