// The library of runs, and the only one: a run's record, curves and checkpoints under one id. It answers the page in a
// worker of its own; each tab has one, and they notify each other of changes.

import { problemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import { fromSent, toSent } from "../runs/curves.ts";
import { MOST_EVALUATIONS, type RunRecord, recordSchema, withWritten } from "../runs/record.ts";
import type { LibraryDatabase } from "./database.ts";
import type { LibraryInputs } from "./inputs.ts";
import { checkpointStore, listRuns, UNDO_MS } from "./listing.ts";
import type { LibraryRequests, RunEdit } from "./requests.ts";
import { createRunFiles } from "./runFiles.ts";

type RecordRequests = Pick<
  LibraryRequests,
  "editRuns" | "addEvaluation" | "keepInsight" | "deleteEvaluation" | "pinRun"
>;

export function createLibrary(inputs: LibraryInputs): Handlers<LibraryRequests> {
  const { database: opening } = inputs;

  function changed(): null {
    inputs.announce();
    inputs.emit({ type: "changed" });
    return null;
  }

  return {
    listRuns: () => listRuns(inputs),
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
    ...createRecordEdits(opening, changed),
    async deleteRuns({ runIds }) {
      const { runs } = await listRuns(inputs);
      const refused = runs.find((run) => runIds.includes(run.runId) && run.isOpen);
      if (refused) throw problemError("run-elsewhere", { name: refused.name });
      await clearDeleted(inputs);
      await setDeleted(inputs, runIds, inputs.now());
      return changed();
    },
    async restoreRuns({ runIds }) {
      await setDeleted(inputs, runIds, null);
      return changed();
    },
    ...createRunFiles(inputs, changed),
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

/** What changes a record, and nothing else of a run. */
function createRecordEdits(opening: Promise<LibraryDatabase>, changed: () => null): Handlers<RecordRequests> {
  async function update(
    runId: string,
    change: (record: RunRecord) => RunEdit & Partial<Pick<RunRecord, "evaluations" | "insight">>,
  ): Promise<void> {
    await (await opening).update(
      runId,
      (kept) => kept && { ...kept, record: { ...kept.record, ...change(kept.record) } },
    );
  }

  async function updateOne(...change: Parameters<typeof update>): Promise<null> {
    await update(...change);
    return changed();
  }

  return {
    async editRuns({ runIds, edit }) {
      for (const runId of runIds) await update(runId, () => edit);
      return changed();
    },
    addEvaluation: ({ runId, evaluation }) =>
      updateOne(runId, ({ evaluations }) => ({
        // A page that is left may have written it already.
        evaluations: [...evaluations.filter(({ id }) => id !== evaluation.id), evaluation].slice(
          -MOST_EVALUATIONS,
        ),
      })),
    keepInsight: ({ runId, insight }) => updateOne(runId, () => ({ insight })),
    deleteEvaluation: ({ runId, id }) =>
      updateOne(runId, ({ evaluations }) => ({
        evaluations: evaluations.filter((evaluation) => evaluation.id !== id),
      })),
    async pinRun({ runId }) {
      const pinned = (await (await opening).records()).filter(({ record }) => record.isBaseline);
      const ids = pinned.map(({ record }) => record.runId);
      for (const id of runId === null ? ids : [...ids, runId])
        await update(id, () => ({ isBaseline: id === runId }));
      return changed();
    },
  };
}

/** Deletes runs so that they can be brought back; `deletedAt` null: brings them back. */
async function setDeleted(
  inputs: LibraryInputs,
  runIds: readonly string[],
  deletedAt: number | null,
): Promise<void> {
  const { store } = await checkpointStore(inputs);
  const database = await inputs.database;
  for (const runId of runIds) {
    await database.update(runId, (kept) => kept && { ...kept, deletedAt });
    await (deletedAt === null ? store?.restore(runId) : store?.delete(runId));
  }
}

/** Clears away what was deleted too long ago to be undone. */
async function clearDeleted(inputs: LibraryInputs): Promise<void> {
  const { store } = await checkpointStore(inputs);
  const database = await inputs.database;
  for (const { record, deletedAt } of await database.records()) {
    if (deletedAt === null || deletedAt > inputs.now() - UNDO_MS) continue;
    await store?.remove(record.runId);
    await database.delete(record.runId);
  }
}
