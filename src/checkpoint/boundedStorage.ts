// Writes checkpoints within a budget of bytes: what is worth least makes way.

import { ProblemError, problemError } from "../base/result.ts";
import type { CheckpointStoreStorage } from "./storage.ts";
import type { StoredFiles } from "./storedFiles.ts";

export interface BoundedStorage {
  /** Bytes that all files may take together. */
  budget(): Promise<number>;
  /** Sets the budget for all tabs, and keeps within it at once. */
  setBudget(bytes: number): Promise<void>;
  /**
   * Writes a file and returns its size in bytes; `displaces`: others may make way for it. Throws a ProblemError where budget or
   * disk have no space for it.
   */
  write(name: string, pieces: Uint8Array<ArrayBuffer>[], displaces: boolean): Promise<number>;
}

const BUDGET_FILE = "budget.json";

/** `firstBudget` holds until a budget is set. */
export function createBoundedStorage(
  storage: CheckpointStoreStorage,
  stored: StoredFiles,
  firstBudget: number,
): BoundedStorage {
  async function budget(): Promise<number> {
    const bytes = await storage.read(BUDGET_FILE, 0, 100).catch(() => null);
    const chosen = bytes ? Number(new TextDecoder().decode(bytes)) : 0;
    return chosen > 0 ? chosen : firstBudget;
  }

  /** Keeps within the budget when `byteLength` bytes go to `target`; false when they cannot. */
  async function makeSpace(byteLength: number, target: string, displaces: boolean): Promise<boolean> {
    const most = await budget();
    const others = (await storage.list()).filter(({ name }) => name !== target);
    let used = others.reduce((sum, file) => sum + file.byteLength, byteLength);
    for (const file of displaces && used > most ? await stored.removable(target) : []) {
      if (used <= most) break;
      await storage.remove(file.name);
      used -= file.byteLength;
    }
    return used <= most;
  }

  return {
    budget,
    async setBudget(bytes) {
      await storage.write(BUDGET_FILE, [new TextEncoder().encode(String(bytes))]);
      await makeSpace(0, "", true);
    },
    async write(name, pieces, displaces) {
      const byteLength = pieces.reduce((sum, piece) => sum + piece.length, 0);
      if (!(await makeSpace(byteLength, name, displaces)))
        throw problemError("storage-budget", { needed: byteLength, budget: await budget() });
      stored.forget(name);
      for (;;) {
        try {
          await storage.write(name, pieces);
          return byteLength;
        } catch (cause) {
          // It may be written still.
          if (cause instanceof ProblemError) throw cause;
          // What was written of it is of no use; where nothing was, there is nothing to remove.
          await storage.remove(name).catch(() => {});
          // The disk can be full long before the budget is; a file that somebody else is writing is no lack of space.
          const isHeld = (cause as Error).name === "NoModificationAllowedError";
          const [least] = isHeld || !displaces ? [] : await stored.removable(name);
          if (!least) throw problemError("storage-full", { reason: (cause as Error).message });
          await storage.remove(least.name);
        }
      }
    },
  };
}
