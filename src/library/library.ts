// The library of runs, and the only one: a run's record, curves and checkpoints under one id. It answers the page in a
// worker of its own; each tab has one, and they notify each other of changes.

import { fileNameOf } from "../base/fileName.ts";
import { type Problem, problem } from "../base/problem.ts";
import { orThrow, ProblemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import type { CheckpointStore } from "../checkpoint/checkpointStore.ts";
import { type CheckpointCurves, openCurves } from "../checkpoint/curves.ts";
import type { StoredRun } from "../checkpoint/storedFiles.ts";
import { fromSent, fromStored, toSent, toStored } from "../runs/curves.ts";
import { MOST_EVALUATIONS, nextColor, type RunRecord, recordSchema, withWritten } from "../runs/record.ts";
import { type KeptRun, parseRunsFile, runsToCsv, runsToJson } from "../runs/runsFile.ts";
import { reportHtml } from "../runs/runsReport.ts";
import { blobSource } from "../shards/byteSource.ts";
import { runOfCheckpoint } from "./checkpointRun.ts";
import type { KeptRecord, LibraryDatabase } from "./database.ts";
import type {
  LibraryEvent,
  LibraryList,
  LibraryRequests,
  LibraryRun,
  RunEdit,
  RunsFormat,
} from "./requests.ts";
import { adoptCheckpoints, takeOverNames } from "./takeOver.ts";

export interface LibraryInputs {
  /** May still be opening. */
  database: Promise<LibraryDatabase>;
  /** Throws a ProblemError where the browser keeps no files. */
  checkpoints(): Promise<CheckpointStore>;
  /** Runs that some tab trains. */
  openRuns(): Promise<Set<string>>;
  /** Tells the libraries of other tabs that something was changed. */
  announce(): void;
  emit(event: LibraryEvent): void;
  now(): number;
}

/** A deletion can be undone for so long, whatever else is deleted; afterwards the next one clears it away. */
const UNDO_MS = 60 * 60 * 1000;

const TYPES: Record<RunsFormat, string> = { json: "application/json", csv: "text/csv", report: "text/html" };

export function createLibrary(inputs: LibraryInputs): Handlers<LibraryRequests> {
  const { database: opening, openRuns, now } = inputs;

  function changed(): null {
    inputs.announce();
    inputs.emit({ type: "changed" });
    return null;
  }

  async function checkpointStore(): Promise<{ store: CheckpointStore | null; missing: Problem | null }> {
    try {
      return { store: await inputs.checkpoints(), missing: null };
    } catch (cause) {
      if (cause instanceof ProblemError) return { store: null, missing: cause.problem };
      throw cause;
    }
  }

  /** All records: earlier versions' things are taken over first, and checkpoints that have no record get one. */
  async function records(store: CheckpointStore | null, saved: readonly StoredRun[]): Promise<KeptRecord[]> {
    const known = await (await opening).records();
    if (!store) return known;
    const open = await openRuns();
    const ids = new Set(known.map(({ record }) => record.runId));
    // Of an open run the record is on its way.
    const unrecorded = saved.filter(({ id }) => !ids.has(id) && !open.has(id));
    const adopted = await adoptCheckpoints(await opening, store, unrecorded, known);
    if (await (await opening).takenOver()) return [...known, ...adopted];
    await takeOverNames(await opening, saved, known);
    await (await opening).setTakenOver();
    return (await opening).records();
  }

  async function list(): Promise<LibraryRequests["listRuns"]["output"]> {
    const { store, missing } = await checkpointStore();
    const saved = (await store?.list()) ?? [];
    const open = await openRuns();
    const all = await records(store, saved);
    const kept = all.filter(({ deletedAt }) => deletedAt === null);
    const runs = kept.map(({ record }): LibraryRun => {
      const files = saved.find(({ id }) => id === record.runId)?.files ?? [];
      const byteLength = files.reduce((sum, file) => sum + file.byteLength, 0);
      const checkpoint = files[0] ? { summary: files[0].summary, files: files.length, byteLength } : null;
      return { ...record, checkpoint, isOpen: open.has(record.runId) };
    });
    return {
      runs: runs.sort((a, b) => b.startedAt - a.startedAt),
      deleted: lastDeleted(all, now() - UNDO_MS),
      usage: (await store?.usage()) ?? null,
      missing,
      problem: (await opening).problem,
    };
  }

  /** Runs with their curves, in the order of `runIds`. */
  async function take(runIds: readonly string[]): Promise<KeptRun[]> {
    const kept = await (await opening).records();
    const taken: KeptRun[] = [];
    for (const runId of runIds) {
      const record = kept.find(
        ({ record, deletedAt }) => record.runId === runId && deletedAt === null,
      )?.record;
      const curves = record && (await (await opening).curves(runId));
      if (curves) taken.push({ record, curves: fromStored(curves) });
    }
    return taken;
  }

  async function update(
    runId: string,
    change: (record: RunRecord) => RunEdit & Partial<Pick<RunRecord, "evaluations" | "insight">>,
  ): Promise<void> {
    await (await opening).update(
      runId,
      (kept) => kept && { ...kept, record: { ...kept.record, ...change(kept.record) } },
    );
  }

  async function changeRecord(...change: Parameters<typeof update>): Promise<null> {
    await update(...change);
    return changed();
  }

  async function edit(runIds: readonly string[], change: (runId: string) => RunEdit): Promise<null> {
    for (const runId of runIds) await update(runId, () => change(runId));
    return changed();
  }

  async function setDeleted(runIds: readonly string[], deletedAt: number | null): Promise<null> {
    const { store } = await checkpointStore();
    for (const runId of runIds) {
      await (await opening).update(runId, (kept) => kept && { ...kept, deletedAt });
      await (deletedAt === null ? store?.restore(runId) : store?.delete(runId));
    }
    return changed();
  }

  /** Clears away what was deleted too long ago to be undone. */
  async function clearDeleted(): Promise<void> {
    const { store } = await checkpointStore();
    for (const { record, deletedAt } of await (await opening).records()) {
      if (deletedAt === null || deletedAt > now() - UNDO_MS) continue;
      await store?.remove(record.runId);
      await (await opening).delete(record.runId);
    }
  }

  async function namedCheckpoint(
    store: CheckpointStore,
    { runId, name }: { runId: string; name: string },
  ): Promise<{ name: string; input: Blob } | null> {
    const blob = await store.exportNewest(runId, name);
    return blob && { name: fileNameOf(name), input: blob };
  }

  return {
    listRuns: list,
    async runCurves({ runId }) {
      const curves = await (await opening).curves(runId);
      return curves && toSent(curves);
    },
    async keepRun({ record: given, curves }) {
      // What is not of this form would not be listed again.
      const record = recordSchema.parse(given);
      let isDeleted = false;
      await (await opening).update(record.runId, (kept) => {
        isDeleted = kept !== null && kept.deletedAt !== null;
        if (isDeleted) return null;
        return { record: kept ? withWritten(record, kept.record) : record, deletedAt: null };
      });
      if (!isDeleted) await (await opening).putCurves(record.runId, fromSent(curves));
      return changed();
    },
    editRuns: ({ runIds, edit: change }) => edit(runIds, () => change),
    addEvaluation: ({ runId, evaluation }) =>
      changeRecord(runId, ({ evaluations }) => ({
        evaluations: [...evaluations, evaluation].slice(-MOST_EVALUATIONS),
      })),
    keepInsight: ({ runId, insight }) => changeRecord(runId, () => ({ insight })),
    deleteEvaluation: ({ runId, id }) =>
      changeRecord(runId, ({ evaluations }) => ({
        evaluations: evaluations.filter((evaluation) => evaluation.id !== id),
      })),
    async pinRun({ runId }) {
      const pinned = (await (await opening).records()).filter(({ record }) => record.isBaseline);
      const ids = pinned.map(({ record }) => record.runId);
      return edit(runId === null ? ids : [...ids, runId], (id) => ({ isBaseline: id === runId }));
    },
    async deleteRuns({ runIds }) {
      const open = await openRuns();
      const { runs } = await list();
      const refused = runs.find((run) => runIds.includes(run.runId) && open.has(run.runId));
      if (refused) throw new ProblemError(problem("run-elsewhere", { name: refused.name }));
      await clearDeleted();
      return setDeleted(runIds, now());
    },
    restoreRuns: ({ runIds }) => setDeleted(runIds, null),
    async exportRuns({ runIds, format, charts, links }) {
      const kept = await take(runIds);
      const parts = { json: runsToJson, csv: runsToCsv, report: reportHtml }[format](kept, charts, links);
      return { blob: new Blob(parts, { type: TYPES[format] }) };
    },
    async importRuns({ name, file }) {
      const parsed = /\.safetensors$/i.test(name)
        ? [runOfFile(await openCurves(blobSource(name, file), name))]
        : orThrow(parseRunsFile(name, await file.text()));
      const here = await (await opening).records();
      const ids = new Set(
        here.filter(({ deletedAt }) => deletedAt === null).map(({ record }) => record.runId),
      );
      const fresh = parsed.filter(({ record }) => !ids.has(record.runId));
      const looks = here.map(({ record }) => record);
      for (const { record, curves } of fresh) {
        const isTaken = looks.some(({ color }) => color === record.color);
        const color = isTaken ? nextColor(looks) : record.color;
        const added = { ...record, color, shown: true, isBaseline: false };
        await (await opening).put({ record: added, deletedAt: null }, toStored(curves));
        looks.push(added);
      }
      changed();
      return { added: fresh.length, doubles: parsed.length - fresh.length };
    },
    async exportCheckpoints({ runIds }) {
      const store = await inputs.checkpoints();
      const { runs } = await list();
      const wanted = runs.filter((run) => run.checkpoint && (runIds?.includes(run.runId) ?? true));
      const files = [];
      for (const run of wanted) {
        const file = await namedCheckpoint(store, run);
        // Several runs may have one name.
        if (file) files.push(runIds?.length === 1 ? file : { ...file, name: `${file.name}-${run.runId}` });
      }
      if (files.length === 0) throw new ProblemError(problem("run-not-saved", {}));
      const entries = files.map(({ name, input }) => ({ name: `${name}.safetensors`, input }));
      if (runIds?.length === 1) return { name: entries[0]!.name, blob: entries[0]!.input };
      const { downloadZip } = await import("client-zip");
      return { name: "final-studio-runs.zip", blob: await downloadZip(entries).blob() };
    },
    async setBudget({ bytes }) {
      await (await inputs.checkpoints()).setBudget(bytes);
      return changed();
    },
    listArenas: async () => (await opening).arenas(),
    async keepArena({ arena }) {
      await (await opening).putArena(arena);
      return null;
    },
  };
}

/** The runs of the last deletion, where that came after `since`. */
function lastDeleted(all: readonly KeptRecord[], since: number): LibraryList["deleted"] {
  const last = Math.max(...all.map(({ deletedAt }) => deletedAt ?? 0));
  if (!(last > since)) return [];
  return all
    .filter(({ deletedAt }) => deletedAt === last)
    .map(({ record: { runId, name } }) => ({ runId, name }));
}

/** A run as it stands in a checkpoint, or in a file of its curves: nobody here trains it. */
function runOfFile(checkpoint: CheckpointCurves): KeptRun {
  const { record, curves } = runOfCheckpoint(checkpoint);
  const status = record.status === "running" ? "stopped" : record.status;
  return { record: { ...record, status, color: 0 }, curves };
}
