// What is kept of runs besides their checkpoints, in IndexedDB: records in one store, their curves in another, so that
// the list opens without them; arenas in a third.

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type Problem, problem } from "../base/problem.ts";
import { arenaRecordSchema, type StoredArena } from "../runs/arenaRecord.ts";
import type { StoredCurves } from "../runs/curves.ts";
import { type RunRecord, recordSchema } from "../runs/record.ts";

/** A record, and since when it is deleted: milliseconds since 1970, null where it is not. */
export interface KeptRecord {
  record: RunRecord;
  deletedAt: number | null;
}

/** Versions before the third had no library: page and worker each kept runs by themselves. */
const VERSION = 3;

interface Schema extends DBSchema {
  records: { key: string; value: RunRecord & { deletedAt?: number } };
  curves: { key: string; value: StoredCurves };
  arenas: { key: string; value: StoredArena };
  /** Single values: whether what earlier versions kept was taken over. */
  facts: { key: "takenOver"; value: boolean };
}

/** Arenas that are kept; older ones give way. */
const MOST_ARENAS = 10;

export interface LibraryDatabase {
  /** Why what is put there is lost when the page closes; null where it is kept. */
  readonly problem: Problem | null;
  /** Every record that this version can read. */
  records(): Promise<KeptRecord[]>;
  curves(runId: string): Promise<StoredCurves | null>;
  /** Adds a run, or replaces it. */
  put(kept: KeptRecord, curves: StoredCurves | null): Promise<void>;
  /**
   * Changes a run in one transaction, whatever other tabs do meanwhile: `change` gets what is there, and gives what shall
   * be, or null to leave it.
   */
  update(runId: string, change: (kept: KeptRecord | null) => KeptRecord | null): Promise<void>;
  putCurves(runId: string, curves: StoredCurves): Promise<void>;
  delete(runId: string): Promise<void>;
  /** Every arena that this version can read, the newest first. */
  arenas(): Promise<StoredArena[]>;
  putArena(arena: StoredArena): Promise<void>;
  /** Whether what earlier versions kept was taken over. */
  takenOver(): Promise<boolean>;
  setTakenOver(): Promise<void>;
}

/** Opens the database of this origin; one in memory where the browser keeps nothing. */
export async function openDatabase(): Promise<LibraryDatabase> {
  try {
    return await openKept();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\.$/, "") : String(cause);
    return createMemoryDatabase(problem("runs-not-kept", { reason }));
  }
}

/** A run that a page writes when it is left. */
export interface LastRun {
  record: RunRecord;
  /** Left out, those that are kept stay. */
  curves?: StoredCurves;
}

/** A page's own connection, for the moment in which the page is left. */
export interface LastWriter {
  /** Puts runs and arenas: what is given here is kept even when the page ends with this call. */
  write(runs: readonly LastRun[], arenas: readonly StoredArena[]): void;
}

/** null where this browser keeps nothing. */
export async function openLastWriter(): Promise<LastWriter | null> {
  const db = await connect().catch(() => null);
  return (
    db && {
      write(runs, arenas) {
        const transaction = db.transaction(["records", "curves", "arenas"], "readwrite");
        const puts: Promise<unknown>[] = [transaction.done];
        for (const { record, curves } of runs) {
          puts.push(transaction.objectStore("records").put(record));
          if (curves) puts.push(transaction.objectStore("curves").put(curves, record.runId));
        }
        for (const arena of arenas)
          puts.push(transaction.objectStore("arenas").put(arena, arena.record.arenaId));
        transaction.commit();
        void Promise.allSettled(puts);
      },
    }
  );
}

/** Transactions that write are committed explicitly: one that commits by itself is aborted where its page ends first. */
async function connect(): Promise<IDBPDatabase<Schema>> {
  const db = await openDB<Schema>("final-studio-runs", VERSION, {
    upgrade(opened, version) {
      if (version < 1) {
        opened.createObjectStore("records", { keyPath: "runId" });
        opened.createObjectStore("curves");
      }
      if (version < 2) opened.createObjectStore("arenas");
      opened.createObjectStore("facts");
    },
    // A newer studio in another tab must not wait for this one.
    blocking: () => db.close(),
  });
  return db;
}

async function openKept(): Promise<LibraryDatabase> {
  const db = await connect();
  return {
    problem: null,
    records: async () => (await db.getAll("records")).flatMap((stored) => keptRecord(stored) ?? []),
    curves: async (runId) => (await db.get("curves", runId)) ?? null,
    async put({ record, deletedAt }, curves) {
      const transaction = db.transaction(["records", "curves"], "readwrite");
      void transaction.objectStore("records").put(stored(record, deletedAt));
      if (curves) void transaction.objectStore("curves").put(curves, record.runId);
      transaction.commit();
      await transaction.done;
    },
    async update(runId, change) {
      const transaction = db.transaction("records", "readwrite");
      const before = await transaction.store.get(runId);
      const after = change(before ? keptRecord(before) : null);
      if (after) void transaction.store.put(stored(after.record, after.deletedAt));
      transaction.commit();
      await transaction.done;
    },
    async putCurves(runId, curves) {
      const transaction = db.transaction("curves", "readwrite");
      void transaction.store.put(curves, runId);
      transaction.commit();
      await transaction.done;
    },
    async delete(runId) {
      const transaction = db.transaction(["records", "curves"], "readwrite");
      void transaction.objectStore("records").delete(runId);
      void transaction.objectStore("curves").delete(runId);
      await transaction.done;
    },
    async arenas() {
      const all = (await db.getAll("arenas")).filter(
        ({ record }) => arenaRecordSchema.safeParse(record).success,
      );
      return all.sort((a, b) => b.record.startedAt - a.record.startedAt);
    },
    async putArena(arena) {
      const transaction = db.transaction("arenas", "readwrite");
      void transaction.store.put(arena, arena.record.arenaId);
      transaction.commit();
      await transaction.done;
      const kept = (await db.getAll("arenas")).map(({ record }) => record);
      const older = kept.sort((a, b) => b.startedAt - a.startedAt).slice(MOST_ARENAS);
      for (const { arenaId } of older) await db.delete("arenas", arenaId);
    },
    takenOver: async () => (await db.get("facts", "takenOver")) ?? false,
    async setTakenOver() {
      await db.put("facts", true, "takenOver");
    },
  };
}

function stored(record: RunRecord, deletedAt: number | null): RunRecord & { deletedAt?: number } {
  return deletedAt === null ? record : { ...record, deletedAt };
}

function keptRecord({
  deletedAt = null,
  ...record
}: Omit<RunRecord, "deletedAt"> & { deletedAt?: number | null }): KeptRecord | null {
  const parsed = recordSchema.safeParse(record);
  return parsed.success ? { record: parsed.data, deletedAt } : null;
}

/** The same in memory: runs live until the page closes, for the reason `found`. */
export function createMemoryDatabase(found: Problem | null): LibraryDatabase {
  const records = new Map<string, KeptRecord>();
  const curves = new Map<string, StoredCurves>();
  const arenas = new Map<string, StoredArena>();
  let takenOver = false;
  return {
    problem: found,
    records: async () => [...records.values()],
    curves: async (runId) => curves.get(runId) ?? null,
    async put(kept, own) {
      records.set(kept.record.runId, kept);
      if (own) curves.set(kept.record.runId, own);
    },
    async update(runId, change) {
      const after = change(records.get(runId) ?? null);
      if (after) records.set(runId, after);
    },
    async putCurves(runId, own) {
      curves.set(runId, own);
    },
    async delete(runId) {
      records.delete(runId);
      curves.delete(runId);
    },
    arenas: async () => [...arenas.values()].sort((a, b) => b.record.startedAt - a.record.startedAt),
    async putArena(arena) {
      arenas.set(arena.record.arenaId, arena);
    },
    takenOver: async () => takenOver,
    async setTakenOver() {
      takenOver = true;
    },
  };
}
