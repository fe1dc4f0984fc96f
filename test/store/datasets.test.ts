// Data sets in the page: what opens when, and what training has to do with it. Both workers are stand-ins.

import { beforeEach, expect, it } from "vitest";
import type { Client } from "../../src/base/rpc/client.ts";
import type { DataRequests, DatasetLocation, KeptDataset } from "../../src/datasets/requests.ts";
import { createRuns } from "../../src/store/library/runs.ts";
import { createStudio, DEMO, type Studio } from "../../src/store/studio.ts";
import type { DatasetSummary, TrainerRequests } from "../../src/train/requests.ts";
import { createLibraryTabs } from "../library/tabs.ts";

const KEPT: KeptDataset = {
  id: "k",
  name: "clicks",
  identity: "identity of k",
  rows: 10,
  byteLength: 100,
  keptAt: 0,
  damage: null,
};
let opened: DatasetLocation[];
let asked: string[];
let studio: Studio;

type Answers<R> = { [K in keyof R]?: (input: never) => unknown };

/** A client whose worker answers at once, with nothing where it was not given what. */
function answering<R>(answers: Answers<R>): never {
  return {
    async call(name: keyof R, input: never) {
      asked.push(String(name));
      return answers[name]?.(input) ?? {};
    },
    close() {},
  } as unknown as never;
}

beforeEach(async () => {
  opened = [];
  asked = [];
  const trainer: Client<TrainerRequests> = answering<TrainerRequests>({
    probe: () => ({ chosen: "wasm" }),
    openDataset({ location }: { location: DatasetLocation }) {
      opened.push(location);
      return { name: location.type, identity: `identity of ${location.type}` } as DatasetSummary;
    },
    startRun: () => ({ backend: { chosen: "wasm" } }),
    startFromCheckpoint: () => ({ backend: { chosen: "wasm" } }),
  });
  const keeper: Client<DataRequests> = answering<DataRequests>({
    listKept: () => [KEPT],
    lookAtLog: () => ({ name: "clicks" }),
    importLog: () => ({ id: KEPT.id, warning: null, findings: [] }),
    renameKept: ({ name }: { name: string }) => [{ ...KEPT, name }],
  });
  studio = createStudio(
    () => trainer,
    () => keeper,
    () => answering({}),
    createRuns((await createLibraryTabs()).connect),
  );
  await studio.start();
  expect(opened).toEqual([DEMO]);
});

async function importClicks(): Promise<void> {
  await studio.datasets.look([{ file: new File(["1"], "clicks.tsv"), path: "clicks.tsv" }]);
  await studio.datasets.importLog({
    name: null,
    rows: null,
    said: {},
    numbers: null,
    rules: {},
    vocabularyOf: null,
  });
}

it("opens what was imported", async () => {
  await importClicks();
  expect(opened.at(-1)).toEqual({ type: "device", id: "k" });
  expect(studio.datasets.store.getState().ready).toBeNull();
});

it("renames what is open everywhere", async () => {
  await importClicks();
  await studio.datasets.rename("k", "my clicks");
  expect(studio.store.getState().dataset?.summary.name).toBe("my clicks");
});

it("lets a run continue when an import ends, and says what is ready", async () => {
  await studio.train();
  await importClicks();
  expect(opened).toEqual([DEMO]);
  expect(studio.datasets.store.getState()).toMatchObject({ kept: [KEPT], ready: KEPT });
});

it("asks before a data set that is opened by hand ends a run", async () => {
  const other: DatasetLocation = { ...DEMO, rows: 2000 };
  await studio.train();
  await studio.openDataset(other);
  expect(opened).toEqual([DEMO]);
  expect(studio.store.getState().wanted).toEqual({ type: "dataset", location: other });
  studio.dismissWanted();
  await studio.changeAsWanted();
  expect(opened).toEqual([DEMO]);
  await studio.datasets.open("k");
  await studio.changeAsWanted();
  expect(opened).toEqual([DEMO, { type: "device", id: "k" }]);
  expect(studio.store.getState().wanted).toBeNull();
});

it("replaces a worker that does not stop, and says why the run ended", async () => {
  await studio.train();
  opened = [];
  await studio.replaceWorker("stop");
  expect(studio.store.getState()).toMatchObject({
    worker: { type: "ready" },
    run: { status: { type: "failed", problem: { code: "worker-ended" } } },
  });
  expect(opened).toEqual([DEMO]);
});

it("asks before a saved run or a checkpoint ends a run", async () => {
  await studio.train();
  const run = studio.store.getState().run!.runId;
  for (const change of [
    { type: "saved", runId: "other", name: "other" },
    { type: "checkpoint" },
    { type: "weights", config: studio.store.getState().configuration.config! },
  ] as const) {
    await studio.change(change);
    expect(studio.store.getState()).toMatchObject({ wanted: change, run: { runId: run } });
  }
  expect(asked).not.toContain("startFromCheckpoint");
  await studio.changeAsWanted();
  expect(asked).toContain("startFromCheckpoint");
  expect(studio.store.getState().run!.runId).not.toBe(run);
});
