// A checkpoint without a record becomes a run of the list: as earlier versions left it, which kept both by themselves, or
// as it is left where a browser clears one and keeps the other.

import type { CheckpointStore, StoredRun } from "../checkpoint/checkpointStore.ts";
import type { CheckpointSummary } from "../checkpoint/summary.ts";
import { parameterCount } from "../model/parameters.ts";
import {
  addEvaluation,
  addInterruption,
  addProgress,
  createRunCurves,
  type RunCurves,
  toStored,
} from "../runs/curves.ts";
import { dataSchema, nextColor, type RunRecord, recordSchema, resultsOf } from "../runs/record.ts";
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
    // What is damaged is listed all the same: it says so when somebody goes on with it.
    const summary = loaded.ok ? loaded.value.checkpoint : files[0]!.summary;
    const curves = createRunCurves(summary.config.branches.length);
    let shape = null;
    if (loaded.ok) {
      const { history, progress, dataset } = loaded.value.checkpoint;
      for (const point of history.progress) addProgress(curves, point);
      for (const point of history.evaluations) addEvaluation(curves, point);
      for (const cut of progress.interruptions) addInterruption(curves, cut);
      shape = dataset;
    }
    const color = nextColor([...records, ...adopted].map(({ record }) => record));
    const record = recordSchema.safeParse({
      ...recordOf(files[0]!.summary, curves),
      parameterCount: shape ? parameterCount(summary.config, shape) : 0,
      color,
    });
    if (!record.success) continue;
    const kept = { record: record.data, deletedAt: null };
    await database.put(kept, toStored(curves));
    adopted.push(kept);
  }
  return adopted;
}

function recordOf(
  { run, config, dataset, engine, progress }: CheckpointSummary,
  curves: RunCurves,
): Omit<RunRecord, "parameterCount" | "color"> {
  const { step, rowsSeen, activeSeconds, ended } = progress;
  const data = { name: dataset.name.slice(0, 500), identity: dataset.identity, location: run.origin };
  return {
    runId: run.id,
    name: run.name.trim() || run.id,
    note: "",
    tags: [],
    shown: true,
    isBaseline: false,
    startedAt: curves.progress.column("time")[0] ?? run.savedAt,
    arenaId: null,
    config,
    data: dataSchema.safeParse(data).success ? data : { ...data, location: null },
    status: ended ?? "running",
    backend: engine.backend,
    step,
    totalSteps: config.epochs * Math.ceil(dataset.trainRows / config.batchSize),
    rowsSeen,
    activeSeconds,
    rowsPerSecond: activeSeconds > 0 ? rowsSeen / activeSeconds : 0,
    results: resultsOf(curves),
    evaluations: [],
  };
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
