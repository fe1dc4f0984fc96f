// A run that is done trains on, and one that is stopped keeps its best weights whatever its schedule.

import { afterEach, beforeEach, expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { createEngine } from "../../src/engine/create.ts";
import { parseConfig } from "../../src/model/config.ts";
import {
  checkpointOf,
  createTabs,
  finished,
  input,
  options,
  RESUMED,
  type Tab,
  type Tabs,
  until,
} from "./sessionsTab.ts";

let tabs: Tabs;
beforeEach(async () => {
  tabs = await createTabs();
});
afterEach(() => tabs.remove());

const withEpochs = (epochs: number) => orThrow(parseConfig({ ...input, epochs }));

it("trains more epochs after the last, to the very model of a run that had them from its beginning", async () => {
  const whole = await tabs.open();
  await whole.trainer.startRun(options("whole", { config: withEpochs(3) }));
  await until(() => finished(whole.events, "whole"));
  const { state } = await checkpointOf(whole.trainer, "whole");

  const tab = await tabs.open();
  await tab.trainer.startRun(options("short", { config: withEpochs(1) }));
  await until(() => finished(tab.events, "short"));
  // At once: its last checkpoint is not written yet, and its lock is not free.
  const { config } = await tab.trainer.continueSaved({ ...RESUMED, runId: "short", moreEpochs: 2 });
  expect(config.epochs).toBe(3);
  tab.events.length = 0;
  await until(() => finished(tab.events, "short"));
  const longer = await checkpointOf(tab.trainer, "short");
  expect(longer.config.epochs).toBe(3);
  expect(longer.state).toEqual(state);
});

it("lets go of a run that has ended once it is kept, before its model is looked into for the last time", async () => {
  let resume = () => {};
  const resumed = new Promise<void>((resolve) => {
    resume = resolve;
  });
  let isLookedInto = false;
  const tab: Tab = await tabs.open({
    async createEngine(config, shape) {
      const engine = await createEngine("fast", config, shape);
      return {
        ...engine,
        async evaluate(batch) {
          if (finished(tab.events, "run") && tab.events.at(-1)!.type === "saved") {
            isLookedInto = true;
            await resumed;
          }
          return engine.evaluate(batch);
        },
      };
    },
  });
  await tab.trainer.startRun(options("run", { config: withEpochs(1), evaluateEverySteps: 0 }));
  await until(() => isLookedInto);
  expect(tabs.locked.has("run")).toBe(false);
  resume();
  await tab.trainer.stop({ id: "run" });
});

it("stops with the weights of the best evaluation beside the latest ones", async () => {
  const { trainer, events } = await tabs.open();
  await trainer.startRun(options("run", { config: withEpochs(200), paused: true }));
  await expect(trainer.stop({ id: "run", keepBest: true })).rejects.toMatchObject({
    problem: { code: "best-not-kept" },
  });
  await trainer.stepRun({ runId: "run", steps: 20 });
  await until(() => events.some((event) => event.type === "saved"));
  const { step, keptBest } = await trainer.stop({ id: "run", keepBest: true });
  expect(keptBest).toBe(true);
  const { best, state, progress } = await checkpointOf(trainer, "run");
  expect(progress).toMatchObject({ step, ended: "stopped", best: { split: "valid" } });
  expect(progress.best!.step).toBeLessThan(step);
  expect(best!.parameters.get("embedding")).not.toEqual(state.parameters.get("embedding"));
});

it("takes a stop or a pause of a run that has just ended by itself for done, and says that no best weights were kept", async () => {
  const { trainer, events } = await tabs.open();
  await trainer.startRun(options("short", { config: withEpochs(1) }));
  await until(() => finished(events, "short"));
  const { progress } = await checkpointOf(trainer, "short");
  expect(await trainer.pause({ id: "short" })).toEqual({ step: progress.step });
  expect(await trainer.stop({ id: "short", keepBest: true })).toEqual({
    step: progress.step,
    keptBest: false,
  });

  await trainer.startRun(options("next", { config: withEpochs(200), paused: true }));
  await trainer.stepRun({ runId: "next", steps: 1 });
  expect(await trainer.stop({ id: "next" })).toEqual({ step: 1, keptBest: false });
  await expect(trainer.stop({ id: "short" })).rejects.toMatchObject({ problem: { code: "run-not-active" } });
});

it("stops what is starting as soon as it has started, and what could not start is over", async () => {
  const { trainer, events } = await tabs.open();
  const started = trainer.startRun(options("run", { config: withEpochs(200) }));
  const stopped = await trainer.stop({ id: "run" });
  await started;
  expect(finished(events, "run")).toBe(true);
  expect(stopped.step).toBeLessThan(5);

  tabs.locked.add("elsewhere");
  const refused = trainer.startRun(options("elsewhere"));
  expect(await trainer.stop({ id: "elsewhere" }).catch(String)).toEqual({ step: 0, keptBest: false });
  await expect(refused).rejects.toMatchObject({ problem: { code: "run-elsewhere" } });
});
