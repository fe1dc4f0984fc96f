// Saves a run while it goes on: often enough that little is lost, seldom enough that it costs little.

import type { Problem } from "../base/problem.ts";
import { asProblem } from "../base/result.ts";
import { type Checkpoint, firstNotFinite, type RunSnapshot } from "../checkpoint/checkpoint.ts";
import type { SavedFile, Vault } from "../checkpoint/vault.ts";

// At most 30 seconds of training are lost: the longest interval, and the time that a save takes.
const SHORTEST_INTERVAL_MS = 12_000;
const LONGEST_INTERVAL_MS = 24_000;
// A save holds the training up for less than this share of the time between two.
const LARGEST_SHARE = 0.02;

export interface AutosaveOptions {
  vault: Vault;
  snapshot(): Promise<RunSnapshot>;
  /** Says what a snapshot is of. */
  describe(snapshot: RunSnapshot): Checkpoint;
  onSaved(file: SavedFile): void;
  /** Told once until a save succeeds again; training goes on. */
  onProblem(problem: Problem): void;
}

export interface Autosave {
  /** To be called after each step: saves when it is time. */
  stepped(): void;
  /** Saves as it stands now; settles when that is done or has failed. `isBest`: the model is the best so far. */
  save(isBest: boolean): Promise<void>;
}

export function createAutosave({ vault, snapshot, describe, onSaved, onProblem }: AutosaveOptions): Autosave {
  let lastSave = performance.now();
  let intervalMs = SHORTEST_INTERVAL_MS;
  let savesUnderWay = 0;
  let isFailing = false;

  async function save(isBest: boolean): Promise<void> {
    savesUnderWay++;
    const started = performance.now();
    lastSave = started;
    try {
      const taken = await snapshot();
      const heldUpMs = performance.now() - started;
      intervalMs = Math.min(Math.max(heldUpMs / LARGEST_SHARE, SHORTEST_INTERVAL_MS), LONGEST_INTERVAL_MS);
      // A run that has diverged is about to say so itself; what was saved before it did is what helps.
      if (firstNotFinite(taken)) return;
      onSaved(await vault.save(describe(taken), isBest));
      isFailing = false;
    } catch (cause) {
      if (!isFailing) onProblem(asProblem(cause));
      isFailing = true;
    } finally {
      savesUnderWay--;
    }
  }

  return {
    stepped() {
      if (savesUnderWay === 0 && performance.now() - lastSave >= intervalMs) void save(false);
    },
    save,
  };
}
