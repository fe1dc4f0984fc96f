// What the library was asked to keep and has not confirmed. Its worker ends with the page, often before it has read its last
// messages, so a page that is left writes these things by itself.

import type { LastRun, LastWriter } from "../../library/database.ts";
import type { StoredArena } from "../../runs/arenaRecord.ts";
import type { RunRecord } from "../../runs/record.ts";

export interface Unconfirmed {
  /** Connects to the database, so that `write` need not wait. */
  open(): Promise<void>;
  /** Holds a run until the library's answer. */
  addRun(run: Required<LastRun>, answer: Promise<unknown>): void;
  /** Holds that these runs were edited. */
  addEdit(runIds: readonly string[], answer: Promise<unknown>): void;
  addArena(arena: StoredArena, answer: Promise<unknown>): void;
  /** Writes at once what is not confirmed: nothing is awaited. */
  write(): void;
}

/** `find` gives an edited run's record as it is by now, null where it is deleted. */
export function createUnconfirmed(
  openWriter: () => Promise<LastWriter | null>,
  find: (runId: string) => RunRecord | null,
): Unconfirmed {
  const runs = new Map<string, Required<LastRun>>();
  const edits = new Map<string, Promise<unknown>>();
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
    addEdit(runIds, answer) {
      for (const runId of runIds) hold(edits, runId, answer, answer);
    },
    addArena: (arena, answer) => hold(arenas, arena.record.arenaId, arena, answer),
    write() {
      if (runs.size + edits.size + arenas.size === 0) return;
      const edited = [...edits.keys()].flatMap((runId) => find(runId) ?? []);
      try {
        writer?.write([...runs.values(), ...edited.map((record) => ({ record }))], [...arenas.values()]);
      } catch {
        // The connection was closed for a newer studio in another tab: the library was asked all the same.
        writer = null;
      }
    },
  };
}
