// Rows of another vocabulary: their ids lie in the same table and mean something else, so a model must not read them.

import { afterAll, expect, it } from "vitest";
import { datasetCard } from "../../src/checkpoint/metadata.ts";
import { otherVocabulary } from "../../src/checkpoint/vocabulary.ts";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { checkpointOf, createTabs, finished, options, until } from "../train/sessionsTab.ts";

const opened = (seed: number) =>
  makeDemoDataset({ rows: 3000, seed, onProgress: () => {} }).then((folder) => openDataset(folder));
const tabs = await createTabs();
afterAll(() => tabs.remove());

it("knows its own data again, under any name and any other splits", async () => {
  const { manifest, ...dataset } = await opened(1);
  const card = datasetCard({ ...dataset, manifest }, "bucket");
  const { splits } = await opened(2).then((other) => other.manifest);
  expect(otherVocabulary("a", card, { ...manifest, name: "tomorrow", splits, shards: [] })).toBeNull();
});

it("compares what a checkpoint says of its data, with the hash of the vocabulary and without it", async () => {
  const { manifest, ...dataset } = await opened(1);
  const card = datasetCard({ ...dataset, manifest }, "bucket");
  const { vocabulary: _, ...old } = card;
  const other = await opened(2);
  const renamed = { ...manifest.vocabulary, sha256: "0".repeat(64) };
  const found = [
    otherVocabulary("a", card, other.manifest),
    otherVocabulary("a", old, other.manifest),
    otherVocabulary("a", card, { ...manifest, vocabulary: renamed }),
    otherVocabulary("a", old, manifest),
    otherVocabulary("a", old, { ...manifest, columns: manifest.columns.slice(1) }),
  ];
  expect(found.map((problem) => problem?.code)).toEqual([
    "checkpoint-other-vocabulary",
    "checkpoint-other-vocabulary",
    "checkpoint-other-vocabulary",
    undefined,
    "checkpoint-other-vocabulary",
  ]);
  expect(found[2]!.sentence).toMatch(/its \d+ values are others/);
  expect(found[4]!.sentence).toContain("38 columns instead of 39");
});

it("neither evaluates nor starts from a checkpoint on such rows, and the run under way continues", async () => {
  const trained = await tabs.open();
  await trained.trainer.startRun(options("here"));
  await until(() => finished(trained.events, "here"));
  const { blob } = await trained.trainer.downloadCheckpoint({ runId: "here" });
  const { config } = await checkpointOf(trained.trainer, "here");

  const { trainer, events } = await tabs.open({ openDataset: async () => opened(2) });
  const report = await trainer.inspectCheckpoint({ file: blob, name: "here.safetensors", config });
  expect(report.otherVocabulary?.sentence).toContain("here.safetensors was trained with the ids of");
  await trainer.startRun(options("other", { paused: true }));
  const refused = { problem: { code: "checkpoint-other-vocabulary" } };
  await expect(trainer.evaluateCheckpoint({})).rejects.toMatchObject(refused);
  await expect(trainer.startFromCheckpoint(options("never"))).rejects.toMatchObject(refused);
  await trainer.resume({ id: "other" });
  await until(() => finished(events, "other"));
});
