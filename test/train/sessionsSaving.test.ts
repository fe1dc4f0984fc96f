// A save copies the whole state while training waits: into arrays of an earlier save, which are never those of one that
// is still being written.

import { beforeAll, expect, it } from "vitest";
import type { Batch } from "../../src/base/batch.ts";
import { orThrow } from "../../src/base/result.ts";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import type { CheckpointStore } from "../../src/checkpoint/checkpointStore.ts";
import type { RunSnapshot } from "../../src/checkpoint/snapshot.ts";
import type { SavedFile } from "../../src/checkpoint/storedFiles.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { Engine, ModelState } from "../../src/engine/engine.ts";
import { parseConfig } from "../../src/model/config.ts";
import { createAutosave } from "../../src/train/autosave.ts";
import { sampleCheckpoint } from "../checkpoint/sample.ts";

beforeAll(() => useNodeBackend("wasm"));

const batch: Batch = {
  rowCount: 2,
  fields: 2,
  ids: Int32Array.of(0, 3, 1, 4),
  weights: new Float32Array(4).fill(1),
  labels: Float32Array.of(0, 1),
};

function makeEngine(): Promise<Engine> {
  const config = orThrow(
    parseConfig({
      embeddingDim: 3,
      branches: [{ units: [{ size: 20, order: 2, batchNorm: true }] }, { units: [{ size: 5, order: 1 }] }],
      optimizer: { learningRate: 0.1 },
      batchSize: 2,
    }),
  );
  return createEngine("fast", config, { fields: 2, tableRows: 5 });
}

const arraysOf = ({ parameters, running, firstMoments, secondMoments }: ModelState) =>
  [parameters, running, firstMoments, secondMoments].flatMap((group) =>
    [...group.values()].map(({ values }) => values),
  );

it("reads a state into the arrays of an earlier one, number for number", async () => {
  const engine = await makeEngine();
  const earlier = await engine.read();
  await engine.step(batch, 0.1);
  const fresh = await engine.read();
  const reused = await engine.read(earlier);
  expect(reused).toEqual(fresh);
  expect(reused.step).toBe(1);
  for (const [i, values] of arraysOf(reused).entries()) expect(values).toBe(arraysOf(earlier)[i]);
  engine.dispose();
});

it("fills the arrays of a save that is done, never of one under way", async () => {
  const engine = await makeEngine();
  const spare = await engine.read();
  const given: (ModelState | undefined)[] = [];
  const written: ModelState[] = [];
  const waiting: (() => void)[] = [];
  const checkpointStore: Pick<CheckpointStore, "save"> = {
    async save({ state }) {
      written.push(state);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { byteLength: 1 } as SavedFile;
    },
  };
  const autosave = createAutosave({
    checkpointStore: checkpointStore as CheckpointStore,
    spare,
    async snapshot(into) {
      given.push(into);
      return { ...sampleCheckpoint(), best: null, state: await engine.read(into) };
    },
    describe: (snapshot: RunSnapshot): Checkpoint => ({ ...sampleCheckpoint(), ...snapshot }),
    onSaved() {},
    onProblem: (found) => expect.unreachable(found.sentence),
  });
  const first = autosave.save(false);
  const second = autosave.save(true);
  await expect.poll(() => waiting.length).toBe(1);
  expect(given).toEqual([spare, undefined]);
  waiting.shift()!();
  await expect.poll(() => waiting.length).toBe(1);
  expect(arraysOf(written[0]!)[0]).not.toBe(arraysOf(written[1]!)[0]);
  waiting.shift()!();
  await Promise.all([first, second]);
  const third = autosave.save(false);
  await expect.poll(() => waiting.length).toBe(1);
  expect(given[2]).toBeDefined();
  waiting[0]!();
  await third;
  engine.dispose();
});
