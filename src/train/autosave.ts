// Saves a run while it is trained: often enough that little is lost, seldom enough that it costs little.

import type { Problem } from "../base/problem.ts";
import { asProblem } from "../base/result.ts";
import { yieldToMessages } from "../base/yield.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { CheckpointStore } from "../checkpoint/checkpointStore.ts";
import { notFinite, type RunSnapshot } from "../checkpoint/snapshot.ts";
import type { SavedFile } from "../checkpoint/storedFiles.ts";
import type { ModelState } from "../engine/engine.ts";

// At most 30 seconds of training are lost: the longest interval, and the time that a save takes.
const SHORTEST_INTERVAL_MS = 12_000;
const LONGEST_INTERVAL_MS = 24_000;
// A save takes at most about this share of the time between two: copying the state, then checking, sealing and writing
// it a few megabytes at a time, which a slow device does at this rate.
const LARGEST_SHARE = 0.025;
const SAVED_BYTES_PER_MS = 150_000;

export interface AutosaveOptions {
  checkpointStore: CheckpointStore;
  /** A state of the run's engine that nobody needs: the first save fills it. */
  spare: ModelState;
  /** `into`: a state that was saved, and is not needed any more. */
  snapshot(into?: ModelState): Promise<RunSnapshot>;
  /** Says what a snapshot is of. */
  describe(snapshot: RunSnapshot): Checkpoint;
  onSaved(file: SavedFile): void;
  /** Called once until a save succeeds again; training continues. */
  onProblem(problem: Problem): void;
}

export interface Autosave {
  /** To be called after each step: saves when it is time. */
  stepped(): void;
  /** Saves as it stands now; settles when that is done or has failed. `isBest`: the model is the best so far. */
  save(isBest: boolean): Promise<void>;
}

export function createAutosave(options: AutosaveOptions): Autosave {
  const { checkpointStore, snapshot, describe, onSaved, onProblem } = options;
  let lastSave = performance.now();
  let intervalMs = SHORTEST_INTERVAL_MS;
  let savesUnderWay = 0;
  let isFailing = false;
  let spare: ModelState | undefined = options.spare;

  async function save(isBest: boolean): Promise<void> {
    savesUnderWay++;
    const started = performance.now();
    lastSave = started;
    try {
      const into = spare;
      spare = undefined;
      const taken = await snapshot(into);
      const copiedMs = performance.now() - started;
      // A run that has diverged is about to say so itself; what was saved before it did is what helps.
      if (await isBroken(taken)) return;
      const file = await checkpointStore.save(describe(taken), isBest);
      spare = taken.state;
      const workMs = copiedMs + file.byteLength / SAVED_BYTES_PER_MS;
      intervalMs = Math.min(Math.max(workMs / LARGEST_SHARE, SHORTEST_INTERVAL_MS), LONGEST_INTERVAL_MS);
      onSaved(file);
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

async function isBroken(taken: RunSnapshot): Promise<boolean> {
  for (const tensor of notFinite(taken)) {
    if (tensor) return true;
    await yieldToMessages();
  }
  return false;
}
