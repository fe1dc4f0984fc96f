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
  /** To be called after each step: saves the first of them, and later ones when it is time. */
  stepped(): void;
  /** Saves at once what was trained since the last save, unless one is under way. */
  saveUnsaved(): void;
  /**
   * Saves as it stands now, after earlier saves; settles when that is done or has failed. `isBest`: the model is the best so far;
   * of several that wait, the last one alone is saved.
   */
  save(isBest: boolean): Promise<void>;
  /** Settles when all saves that were asked for so far are done or have failed. */
  settled(): Promise<void>;
}

/** A state of the run, and how long it took to copy. */
interface Taken {
  taken: RunSnapshot;
  copiedMs: number;
}

export function createAutosave(options: AutosaveOptions): Autosave {
  const { checkpointStore, snapshot, describe, onSaved, onProblem } = options;
  /** When the last save began, and whether steps were trained since; null before the first save. */
  let lastSave: number | null = null;
  let isUnsaved = false;
  let intervalMs = SHORTEST_INTERVAL_MS;
  let savesUnderWay = 0;
  let isFailing = false;
  let spare: ModelState | undefined = options.spare;
  let earlier: Promise<void> = Promise.resolve();
  /** The best model so far, where it waits for an earlier save. */
  let waitingBest: Promise<Taken> | null = null;

  function save(isBest: boolean): Promise<void> {
    const copy = take();
    // Short epochs improve faster than they can be saved: a better model takes the place of the one that waits.
    const isNext = isBest && waitingBest !== null;
    if (isBest) waitingBest = copy;
    if (isNext) return earlier;
    savesUnderWay++;
    earlier = earlier.then(async () => {
      const next = isBest ? waitingBest! : copy;
      if (isBest) waitingBest = null;
      await write(next, isBest);
      savesUnderWay--;
    });
    return earlier;
  }

  function take(): Promise<Taken> {
    const [started, into] = [performance.now(), spare];
    lastSave = started;
    isUnsaved = false;
    spare = undefined;
    const copy = snapshot(into).then((taken) => ({ taken, copiedMs: performance.now() - started }));
    // Whoever writes it gets the error; a better one may be written in its place.
    copy.catch(() => {});
    return copy;
  }

  async function write(copy: Promise<Taken>, isBest: boolean): Promise<void> {
    try {
      const { taken, copiedMs } = await copy;
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
    }
  }

  function saveUnsaved(): void {
    if (isUnsaved && savesUnderWay === 0) void save(false);
  }

  return {
    stepped() {
      isUnsaved = true;
      // A run whose page is closed soon after its start is found again, too.
      if (lastSave === null || performance.now() - lastSave >= intervalMs) saveUnsaved();
    },
    saveUnsaved,
    save,
    settled: () => earlier,
  };
}

async function isBroken(taken: RunSnapshot): Promise<boolean> {
  for (const tensor of notFinite(taken)) {
    if (tensor) return true;
    await yieldToMessages();
  }
  return false;
}
