// The kept runs in IndexedDB: records in one store, their curves in another, so that the table opens without them.

import { type DBSchema, openDB } from "idb";
import { type ArenaRecord, arenaRecordSchema, type KeptArena } from "../runs/arenaRecord.ts";
import { createInterruptions, EVALUATED_SPLITS, type RunCurves } from "../runs/curves.ts";
import { type RunRecord, recordSchema } from "../runs/record.ts";
import { type Column, columnsOf, tableOf } from "../runs/table.ts";

/** Curves as their columns, typed arrays as they are. */
interface StoredCurves {
  branches: number;
  progress: Record<string, Column>;
  valid: Record<string, Column>;
  test: Record<string, Column>;
  /** Earlier versions did not note them. */
  interruptions?: Record<string, Column>;
}

interface StoredArena {
  record: ArenaRecord;
  members: Record<string, Column>[];
  tests: Record<string, Column>[];
  pairs: Record<string, Column>[];
}

interface Schema extends DBSchema {
  records: { key: string; value: RunRecord };
  curves: { key: string; value: StoredCurves };
  arenas: { key: string; value: StoredArena };
}

/** Arenas that are kept; older ones give way. */
const MOST_ARENAS = 10;

export interface RunsDatabase {
  /** Every record that this version can read. */
  records(): Promise<RunRecord[]>;
  curves(runId: string): Promise<RunCurves | null>;
  put(record: RunRecord, curves: RunCurves | null): Promise<void>;
  delete(runId: string): Promise<void>;
  /** Every arena that this version can read, the newest first. */
  arenas(): Promise<KeptArena[]>;
  putArena(arena: KeptArena): Promise<void>;
}

/** Opens the database of this origin; rejects where the browser keeps nothing. */
export async function openRunsDatabase(): Promise<RunsDatabase> {
  const db = await openDB<Schema>("final-studio-runs", 2, {
    upgrade(opened, version) {
      if (version < 1) {
        opened.createObjectStore("records", { keyPath: "runId" });
        opened.createObjectStore("curves");
      }
      opened.createObjectStore("arenas");
    },
    // A newer studio in another tab must not wait for this one.
    blocking: () => db.close(),
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
      const { branches, progress, valid, test, interruptions } = stored;
      return {
        branches,
        progress: tableOf(progress),
        evaluations: { valid: tableOf(valid), test: tableOf(test) },
        interruptions: interruptions ? tableOf(interruptions) : createInterruptions(),
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
    async arenas() {
      const stored = await db.getAll("arenas");
      return stored.flatMap(keptArenaOf).sort((a, b) => b.record.startedAt - a.record.startedAt);
    },
    async putArena({ record, curves: { members, tests, pairs } }) {
      await db.put(
        "arenas",
        { record, members: members.map(columnsOf), tests: tests.map(columnsOf), pairs: pairs.map(columnsOf) },
        record.arenaId,
      );
      const kept = (await db.getAll("arenas")).map((stored) => stored.record);
      const older = kept.sort((a, b) => b.startedAt - a.startedAt).slice(MOST_ARENAS);
      for (const { arenaId } of older) await db.delete("arenas", arenaId);
    },
  };
}

function keptArenaOf({ record, members, tests, pairs }: StoredArena): KeptArena[] {
  const parsed = arenaRecordSchema.safeParse(record);
  if (!parsed.success) return [];
  const curves = { members: members.map(tableOf), tests: tests.map(tableOf), pairs: pairs.map(tableOf) };
  return [{ record: parsed.data, curves }];
}

function toStored({ branches, progress, evaluations, interruptions }: RunCurves): StoredCurves {
  const [valid, test] = EVALUATED_SPLITS.map((split) => columnsOf(evaluations[split]));
  const cuts = columnsOf(interruptions);
  return { branches, progress: columnsOf(progress), valid: valid!, test: test!, interruptions: cuts };
}
