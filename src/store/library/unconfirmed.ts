// What the library was asked to keep and has not confirmed. Its worker ends with the page, often before it has read its last
// messages, so a page that is left writes these things by itself.

import type { LastWriter } from "../../library/database.ts";
import type { StoredArena } from "../../runs/arenaRecord.ts";
import type { StoredCurves } from "../../runs/curves.ts";
import type { RunRecord } from "../../runs/record.ts";

interface KeptRun {
  record: RunRecord;
  curves: StoredCurves;
}

export interface Unconfirmed {
  /** Connects to the database, so that `write` need not wait. */
  open(): Promise<void>;
  /** Holds a run until the library's answer. */
  addRun(run: KeptRun, answer: Promise<unknown>): void;
  addArena(arena: StoredArena, answer: Promise<unknown>): void;
  /** Writes at once what is not confirmed: nothing is awaited. */
  write(): void;
}

export function createUnconfirmed(openWriter: () => Promise<LastWriter | null>): Unconfirmed {
  const runs = new Map<string, KeptRun>();
  const arenas = new Map<string, StoredArena>();
  let writer: LastWriter | null = null;

  /** The newest of each id counts. */
  function hold<T>(held: Map<string, T>, id: string, value: T, answer: Promise<unknown>): void {
    held.set(id, value);
    void answer.then(() => held.get(id) === value && held.delete(id));
  }

  return {
    async open() {
      writer ??= await openWriter();
    },
    addRun: (run, answer) => hold(runs, run.record.runId, run, answer),
    addArena: (arena, answer) => hold(arenas, arena.record.arenaId, arena, answer),
    write() {
      if (runs.size + arenas.size === 0) return;
      try {
        writer?.write([...runs.values()], [...arenas.values()]);
      } catch {
        // The connection was closed for a newer studio in another tab: the library was asked all the same.
        writer = null;
      }
    },
  };
}
