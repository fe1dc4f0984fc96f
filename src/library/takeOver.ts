// A checkpoint without a record becomes a run of the list: as earlier versions left it, which kept both by themselves, or
// as it is left where a browser clears one and keeps the other.

import type { CheckpointStore } from "../checkpoint/checkpointStore.ts";
import type { StoredRun } from "../checkpoint/storedFiles.ts";
import { toStored } from "../runs/curves.ts";
import { nextColor, recordSchema } from "../runs/record.ts";
import { emptyRun, runOfCheckpoint } from "./checkpointRun.ts";
import type { KeptRecord, LibraryDatabase } from "./database.ts";

/** Makes records of checkpoints that have none, and gives them. */
export async function adoptCheckpoints(
  database: LibraryDatabase,
  checkpoints: CheckpointStore,
  unrecorded: readonly StoredRun[],
  records: readonly KeptRecord[],
): Promise<KeptRecord[]> {
  const adopted: KeptRecord[] = [];
  for (const { id, files } of unrecorded) {
    const loaded = await checkpoints.load(id);
    // What is damaged is listed all the same: it says so when somebody resumes it.
    const { record: made, curves } = loaded.ok
      ? runOfCheckpoint(loaded.value.checkpoint)
      : emptyRun(files[0]!.summary);
    const color = nextColor([...records, ...adopted].map(({ record }) => record));
    const record = recordSchema.safeParse({ ...made, color });
    if (!record.success) continue;
    const kept = { record: record.data, deletedAt: null };
    await database.put(kept, toStored(curves));
    adopted.push(kept);
  }
  return adopted;
}

/**
 * Earlier versions had two names for a run, the table's and that of its checkpoints. The table's stays; the other is kept
 * in the note, so that the person finds the run by it.
 */
export async function takeOverNames(
  database: LibraryDatabase,
  saved: readonly StoredRun[],
  records: readonly KeptRecord[],
): Promise<void> {
  for (const { record } of records) {
    const other = saved.find(({ id }) => id === record.runId)?.files[0]?.summary.run.name.trim();
    if (!other || other === record.name || record.note.includes(other)) continue;
    const line = `Its checkpoints were called “${other}”.`;
    const note = record.note === "" ? line : `${record.note}\n${line}`;
    if (note.length > 10_000) continue;
    await database.update(record.runId, (kept) => kept && { ...kept, record: { ...kept.record, note } });
  }
}
