// Saves of a run: in order, and never more of them than can be written.

import { expect, it } from "vitest";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import type { CheckpointStore } from "../../src/checkpoint/checkpointStore.ts";
import type { RunSnapshot } from "../../src/checkpoint/snapshot.ts";
import type { SavedFile } from "../../src/checkpoint/storedFiles.ts";
import { createAutosave } from "../../src/train/autosave.ts";

it("saves the last of the best models that came while a save was under way, and then what was asked for after them", async () => {
  let step = 0;
  const state = { step: 0, parameters: new Map(), running: new Map() };
  const empty = { ...state, firstMoments: new Map(), secondMoments: new Map() };
  const written: [number, boolean][] = [];
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
