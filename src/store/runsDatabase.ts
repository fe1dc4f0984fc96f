// The kept runs in IndexedDB: records in one store, their curves in another, so that the table opens without them.

import { type DBSchema, openDB } from "idb";
import { type Column, columnsOf, curveOf } from "./curve.ts";
import { EVALUATED_SPLITS, type RunCurves } from "./runCurves.ts";
import { type RunRecord, recordSchema } from "./runsRecord.ts";

/** Curves as their columns, typed arrays as they are. */
interface StoredCurves {
  branches: number;
  progress: Record<string, Column>;
  valid: Record<string, Column>;
  test: Record<string, Column>;
}

interface Schema extends DBSchema {
  records: { key: string; value: RunRecord };
  curves: { key: string; value: StoredCurves };
}

export interface RunsDatabase {
  /** Every record that this version can read. */
  records(): Promise<RunRecord[]>;
  curves(runId: string): Promise<RunCurves | null>;
  put(record: RunRecord, curves: RunCurves | null): Promise<void>;
  delete(runId: string): Promise<void>;
}

/** Opens the database of this origin; rejects where the browser keeps nothing. */
export async function openRunsDatabase(): Promise<RunsDatabase> {
  const db = await openDB<Schema>("final-studio-runs", 1, {
    upgrade(created) {
      created.createObjectStore("records", { keyPath: "runId" });
      created.createObjectStore("curves");
    },
  });
  return {
    async records() {
      const stored = await db.getAll("records");
      return stored.flatMap((record) => {
        const parsed = recordSchema.safeParse(record);
        return parsed.success ? [parsed.data] : [];
      });
    },
    async curves(runId) {
      const stored = await db.get("curves", runId);
      if (!stored) return null;
      const { branches, progress, valid, test } = stored;
      return {
        branches,
        progress: curveOf(progress),
        evaluations: { valid: curveOf(valid), test: curveOf(test) },
      };
    },
    async put(record, curves) {
      const transaction = db.transaction(["records", "curves"], "readwrite");
      void transaction.objectStore("records").put(record);
      if (curves) void transaction.objectStore("curves").put(toStored(curves), record.runId);
      await transaction.done;
    },
    async delete(runId) {
      const transaction = db.transaction(["records", "curves"], "readwrite");
      void transaction.objectStore("records").delete(runId);
      void transaction.objectStore("curves").delete(runId);
      await transaction.done;
    },
  };
}

function toStored({ branches, progress, evaluations }: RunCurves): StoredCurves {
  const [valid, test] = EVALUATED_SPLITS.map((split) => columnsOf(evaluations[split]));
  return { branches, progress: columnsOf(progress), valid: valid!, test: test! };
}
