// Memory that runs out under a run: in the browser's own arrays, and on the GPU, which reports it apart from any call.

import { afterEach, beforeEach, expect, it } from "vitest";
import { type Problem, problem } from "../../src/base/problem.ts";
import { asProblem } from "../../src/base/result.ts";
import { createEngine } from "../../src/engine/create.ts";
import { watchEngine } from "../../src/train/watchEngine.ts";
import { createTabs, options, RESUMED, savedAt, type Tab, type Tabs, until } from "./sessionsTab.ts";

let tabs: Tabs;
beforeEach(async () => {
  tabs = await createTabs();
});
afterEach(() => tabs.remove());

function failureOf({ events }: Tab): Problem | null {
  for (const event of events)
    if (event.type === "run" && event.event.type === "failed") return event.event.problem;
  return null;
}

it("names an array that finds no room as what it is, not as a fault of the studio", () => {
  for (const length of [2 ** 53 - 1, -1])
    try {
      new Float32Array(length);
    } catch (cause) {
      expect(asProblem(cause).code).toBe("browser-memory-exhausted");
    }
  expect.assertions(2);
});

it("ends a run whose GPU has no memory left before its numbers are kept; the last save is whole", async () => {
  let fault: Problem | null = null;
  const announced: number[] = [];
  const tab = await tabs.open({
    createEngine: async (config, shape) =>
      watchEngine(await createEngine("fast", config, shape), {
        computing: (ms) => announced.push(ms),
        fault: () => fault,
      }),
  });
  await tab.trainer.startRun(options("run", { paused: true }));
  await tab.trainer.stepRun({ runId: "run", steps: 4 });
  await until(() => savedAt(tab.events, 4));
  expect(announced[0]).toBeGreaterThan(100_000);

  fault = problem("gpu-memory-exhausted", { reason: "Out of memory" });
  await tab.trainer.resume({ id: "run" });
  await until(() => failureOf(tab) !== null && tabs.locked.size === 0);
  expect(failureOf(tab)).toEqual(fault);
  expect((await tabs.saved())[0]!.files[0]!.summary.progress.step).toBe(4);

  fault = null;
  const { progress } = await tab.trainer.continueSaved({ ...RESUMED, runId: "run", paused: true });
  expect(progress.step).toBe(4);
});
