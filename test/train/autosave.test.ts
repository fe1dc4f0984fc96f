// Saves of a run: from its first step on, in order, and never more of them than can be written.

import { expect, it } from "vitest";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import type { CheckpointStore } from "../../src/checkpoint/checkpointStore.ts";
import type { RunSnapshot } from "../../src/checkpoint/snapshot.ts";
import type { SavedFile } from "../../src/checkpoint/storedFiles.ts";
import { createAutosave } from "../../src/train/autosave.ts";

function createSaved() {
  let step = 0;
  const state = { step: 0, parameters: new Map(), running: new Map() };
  const empty = { ...state, firstMoments: new Map(), secondMoments: new Map() };
  /** Step, and whether it is the best model, of each save that has begun. */
  const written: [number, boolean][] = [];
  /** Each ends one of them. */
  const release: (() => void)[] = [];
  const checkpointStore = {
    async save(checkpoint: Checkpoint, isBest: boolean) {
      written.push([checkpoint.progress.step, isBest]);
      await new Promise<void>((resolve) => release.push(resolve));
      return { byteLength: 1 } as SavedFile;
    },
  } as Pick<CheckpointStore, "save"> as CheckpointStore;
  const saved: SavedFile[] = [];
  const autosave = createAutosave({
    checkpointStore,
    spare: empty,
    snapshot: async () =>
      ({ progress: { step: ++step }, state: empty, best: null }) as unknown as RunSnapshot,
    describe: (snapshot) => snapshot as unknown as Checkpoint,
    onSaved: (file) => saved.push(file),
    onProblem: (problem) => expect.fail(problem.sentence),
  });
  return { autosave, written, release, saved };
}

it("saves the first step at once, and what came since when the page may be closed", async () => {
  const { autosave, written, release } = createSaved();
  autosave.saveUnsaved();
  expect(written).toEqual([]);
  autosave.stepped();
  autosave.stepped();
  autosave.saveUnsaved();
  await expect.poll(() => release.length).toBe(1);
  release[0]!();
  await autosave.settled();
  expect(written).toEqual([[1, false]]);

  autosave.stepped();
  await autosave.settled();
  expect(written).toHaveLength(1);
  autosave.saveUnsaved();
  autosave.saveUnsaved();
  await expect.poll(() => release.length).toBe(2);
  release[1]!();
  await autosave.settled();
  autosave.saveUnsaved();
  await autosave.settled();
  expect(written).toEqual([
    [1, false],
    [2, false],
  ]);
});

it("saves the last of the best models that came while a save was under way, and then what was asked for after them", async () => {
  const { autosave, written, release, saved } = createSaved();
  const [first] = Array.from({ length: 50 }, () => autosave.save(true));
  await expect.poll(() => release.length).toBe(1);
  const bests = Array.from({ length: 50 }, () => autosave.save(true));
  const last = autosave.save(false);
  let isSettled = false;
  const settled = autosave.settled().then(() => {
    isSettled = true;
  });
  for (let save = 1; save <= 3; save++) {
    await expect.poll(() => release.length).toBe(save);
    expect(isSettled).toBe(false);
    release.at(-1)!();
  }
  await Promise.all([first, ...bests, last, settled]);
  expect(written).toEqual([
    [50, true],
    [100, true],
    [101, false],
  ]);
  expect(saved).toHaveLength(3);
});
