// The trainer's answers about checkpoints and saved runs: real engine, real data set, real files.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import { createEngine } from "../../src/engine/create.ts";
import { parseConfig } from "../../src/model/config.ts";
import {
  checkpointOf,
  createTabs,
  finished,
  input,
  options,
  RESUMED,
  savedAt,
  type Tabs,
  until,
} from "./sessionsTab.ts";

let tabs: Tabs;
beforeEach(async () => {
  tabs = await createTabs();
});
afterEach(() => tabs.remove());

/** The uninterrupted run. */
async function wholeRun(): Promise<Checkpoint> {
  const { trainer, events } = await tabs.open();
  await trainer.startRun(options("whole"));
  await until(() => finished(events, "whole"));
  return checkpointOf(trainer, "whole");
}

const losses = ({ history }: Checkpoint) =>
  history.progress.map(({ step, logLoss, auc }) => ({ step, logLoss, auc }));

it("downloads without pausing, and continues elsewhere to the very same model", async () => {
  const whole = await wholeRun();
  const here = await tabs.open();
  await here.trainer.startRun(options("here", { paused: true }));
  await here.trainer.stepRun({ runId: "here", steps: 7 });
  await here.trainer.resume({ id: "here" });
  const { blob } = await here.trainer.downloadCheckpoint({ runId: "here" });
  await until(() => finished(here.events, "here"));
  expect((await checkpointOf(here.trainer, "here")).state).toEqual(whole.state);

  const there = await tabs.open();
  const report = await there.trainer.inspectCheckpoint({
    file: blob,
    name: "here.safetensors",
    config: whole.config,
  });
  expect(report).toMatchObject({ sameData: true, comparison: { config: [], unmatched: [] } });
  const continued = await there.trainer.continueCheckpoint({
    runId: "there",
    backend: "auto",
    cause: "resumed",
    paused: false,
  });
  expect(continued).toMatchObject({ name: "here", engine: [], evaluateEverySteps: 5 });
  expect(continued.history.progress.length).toBeGreaterThanOrEqual(7);
  await until(() => finished(there.events, "there"));
  const end = await checkpointOf(there.trainer, "there");
  expect(end.state).toEqual(whole.state);
  expect(losses(end)).toEqual(losses(whole));
});

it("saves at a pause; a later session continues from there, and a run open elsewhere is only looked at", async () => {
  const whole = await wholeRun();
  const first = await tabs.open();
  await first.trainer.startRun(options("saved", { paused: true }));
  await first.trainer.stepRun({ runId: "saved", steps: 11 });
  await until(() => savedAt(first.events, 11));

  const second = await tabs.open();
  const run = (await tabs.saved()).find(({ id }) => id === "saved")!;
  const at = (step: number) => ({ summary: { progress: { step, ended: null } } });
  expect(run).toMatchObject({ files: [at(11), at(1)] });
  const go = { ...RESUMED, runId: "saved", name: "by its new name" };
  const refusal = { problem: { code: "run-elsewhere" } };
  await expect(second.trainer.continueSaved(go)).rejects.toMatchObject(refusal);

  // The first tab dies without a word; its lock dies with it.
  tabs.locked.clear();
  const continued = await second.trainer.continueSaved(go);
  expect(continued.name).toBe("by its new name");
  expect(continued.progress).toMatchObject({
    step: 11,
    rowsSeen: 2200,
    interruptions: [{ step: 11, rowsSeen: 2200, cause: "resumed" }],
  });
  await until(() => finished(second.events, "saved"));
  const end = await checkpointOf(second.trainer, "saved");
  expect(end.state).toEqual(whole.state);
  expect(losses(end)).toEqual(losses(whole));
  await until(() => tabs.locked.size === 0);
  expect((await tabs.saved()).find(({ id }) => id === "saved")).toMatchObject({
    files: expect.arrayContaining([
      expect.objectContaining({ summary: expect.objectContaining({ progress: end.progress }) }),
    ]),
  });
});

it("starts from a checkpoint's weights as far as they fit, and evaluates it", async () => {
  const whole = await wholeRun();
  const tab = await tabs.open();
  const first = await tabs.open();
  await first.trainer.startRun(options("source"));
  await until(() => finished(first.events, "source"));
  const { blob } = await first.trainer.downloadCheckpoint({ runId: "source" });
  const wider = orThrow(
    parseConfig({ ...input, branches: [input.branches[0]!, { units: [{ size: 6, order: 1 }] }] }),
  );
  const report = await tab.trainer.inspectCheckpoint({ file: blob, name: "source", config: wider });
  expect(report.comparison!.config).toMatchObject([{ where: "branches.1.units.0.size" }]);
  const { taken } = await tab.trainer.startFromCheckpoint(options("wider", { config: wider, paused: true }));
  expect(taken).toEqual(report.comparison!.matching);
  const begun = await checkpointOf(tab.trainer, "wider");
  expect(begun.state.step).toBe(0);
  expect(begun.state.parameters.get("embedding")).toEqual(whole.state.parameters.get("embedding"));

  const { points } = await tab.trainer.evaluateCheckpoint({});
  const last = whole.history.evaluations.at(-1)!;
  expect(points.at(-1)).toMatchObject({ split: "test", auc: last.auc, logLoss: last.logLoss });
  await tab.trainer.stop({ id: "wider" });
});

it("refuses a bad file by its name while the run continues", async () => {
  const { trainer, events } = await tabs.open();
  await trainer.startRun(options("going", { paused: true }));
  await trainer.stepRun({ runId: "going", steps: 2 });
  const { blob } = await trainer.downloadCheckpoint({ runId: "going" });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  bytes[bytes.length >> 1]! ^= 4;
  const bad = { file: new Blob([bytes]), name: "bad.safetensors", config: null };
  await expect(trainer.inspectCheckpoint(bad)).rejects.toMatchObject({
    problem: { code: "checkpoint-damaged", sentence: expect.stringContaining("bad.safetensors") },
  });
  await expect(
    trainer.continueCheckpoint({ runId: "x", backend: "auto", paused: false, cause: "resumed" }),
  ).rejects.toMatchObject({ problem: { code: "checkpoint-not-read" } });
  await trainer.resume({ id: "going" });
  await until(() => finished(events, "going"));
});

it("says a full storage once, continues training, and loses nothing that was saved", async () => {
  let full = false;
  const real = tabs.storage.write;
  tabs.storage = {
    ...tabs.storage,
    write: async (name, pieces) => {
      if (full) throw new DOMException("The disk is full", "QuotaExceededError");
      await real(name, pieces);
    },
  };
  const { trainer, events } = await tabs.open();
  await trainer.startRun(options("run", { paused: true }));
  await trainer.stepRun({ runId: "run", steps: 2 });
  await until(() => savedAt(events, 2));
  full = true;
  for (const _ of [1, 2]) await trainer.stepRun({ runId: "run", steps: 2 });
  await trainer.resume({ id: "run" });
  await until(() => finished(events, "run"));
  const reported = () => events.filter((event) => event.type === "notSaved");
  await until(() => tabs.locked.size === 0);
  expect(reported()).toMatchObject([{ problem: { code: "storage-full", control: "savedRuns" } }]);
  expect((await tabs.saved()).find(({ id }) => id === "run")!.files[0]!.summary.progress.step).toBe(2);
});

it("continues with half the rate from the last good save after a loss that is not finite", async () => {
  const { trainer, events } = await tabs.open({
    async createEngine(config, shape) {
      const engine = await createEngine("fast", config, shape);
      let steps = 0;
      return {
        ...engine,
        async step(batch, learningRate) {
          // A real divergence, made on purpose: one weight becomes infinite.
          if (++steps === 6 && learningRate === 0.01) {
            const state = await engine.read();
            state.parameters.get("embedding")!.values[0] = Number.POSITIVE_INFINITY;
            await engine.write(state);
          }
          await engine.step(batch, learningRate);
        },
      };
    },
  });
  await trainer.startRun(options("wild", { paused: true }));
  await trainer.stepRun({ runId: "wild", steps: 4 });
  await until(() => savedAt(events, 4));
  await trainer.resume({ id: "wild" });
  const failure = () => events.find((event) => event.type === "run" && event.event.type === "failed");
  await until(() => failure() !== undefined);
  expect(failure()).toMatchObject({
    event: { problem: { code: "loss-not-finite", sentence: expect.stringContaining("embedding") } },
  });
  await until(() => tabs.locked.size === 0);
  const continued = await trainer.continueSaved({ ...RESUMED, runId: "wild", learningRateFactor: 0.5 });
  expect(continued).toMatchObject({
    progress: { step: 4, schedule: { learningRate: 0.005 } },
    config: { optimizer: { learningRate: 0.005 } },
  });
  await until(() => finished(events, "wild"));
});

it("falls back to an older save when the newest was damaged, and says so", async () => {
  const { trainer, events } = await tabs.open();
  await trainer.startRun(options("run", { paused: true }));
  for (const step of [2, 5]) {
    await trainer.stepRun({ runId: "run", steps: step === 2 ? 2 : 3 });
    await until(() => savedAt(events, step));
  }
  const newest = (await tabs.saved())[0]!.files[0]!;
  const bytes = readFileSync(join(tabs.folder, newest.name));
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(join(tabs.folder, newest.name), bytes);
  tabs.locked.clear();
  const again = await tabs.open();
  const continued = await again.trainer.continueSaved({ ...RESUMED, runId: "run", paused: true });
  expect(continued.progress.step).toBe(2);
  expect(continued.skipped).toMatchObject([{ code: "checkpoint-damaged" }]);
  expect(readdirSync(tabs.folder)).not.toContain(newest.name);
});
