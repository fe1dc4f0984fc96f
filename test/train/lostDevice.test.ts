// A GPU that is lost under an arena and under a run, as the worker sees it. WASM computes; its device says that it is lost.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { TrainerPlatform } from "../../src/train/platform.ts";
import type { ArenaOptions, RunOptions, TrainerEvent } from "../../src/train/requests.ts";
import { smallConfig } from "./configs.ts";
import { createTabs, finished, options as runOptions, type Tabs, until } from "./sessionsTab.ts";

let tabs: Tabs;
beforeEach(async () => {
  await useNodeBackend("wasm");
  tabs = await createTabs();
});
afterEach(() => tabs.remove());

function options(changes: Partial<ArenaOptions> = {}): ArenaOptions {
  const members = [
    { name: "A", config: smallConfig({ batchSize: 200, epochs: 1 }) },
    { name: "B", config: smallConfig({ batchSize: 200, epochs: 1, distillationWeight: 0 }) },
  ];
  return { arenaId: "arena-1", members, seeds: [1], backend: "auto", evaluateEverySteps: 0, ...changes };
}

const arenaEvents = (events: TrainerEvent[]) =>
  events.flatMap((event) => (event.type === "arena" ? [event.event] : []));
const typesOf = (events: TrainerEvent[]) => arenaEvents(events).map(({ type }) => type);

/** When a GPU is lost. Calls are counted over all engines together, from 1. */
interface Losses {
  atSteps?: number[];
  /** While an engine starts, when its first values are read. */
  atReads?: number[];
  /** How long after its consequences the loss is reported. */
  reportedAfterMs?: number;
}

/** A device that is lost, and reports it a moment later. */
function losing({ atSteps = [], atReads = [], reportedAfterMs = 20 }: Losses): Partial<TrainerPlatform> {
  let report: (reason: string) => void;
  let steps = 0;
  let reads = 0;
  let isLost = false;
  function use(loses: boolean): void {
    if (loses) {
      isLost = true;
      setTimeout(() => report("the driver was reset"), reportedAfterMs);
    }
    if (isLost) throw new Error("mapAsync failed");
  }
  return {
    probe: async () => ({
      chosen: "webgpu",
      reason: "A GPU.",
      adapter: null,
      available: ["webgpu", "wasm"],
      sharedMemory: false,
    }),
    async useBackend() {
      isLost = false;
    },
    onDeviceLost(listener) {
      report = listener;
    },
    async createEngine(config, shape) {
      const engine = await createEngine("fast", config, shape);
      const step: Engine["step"] = async (batch, learningRate) => {
        use(atSteps.includes(++steps));
        await engine.step(batch, learningRate);
      };
      const read: Engine["read"] = async (into) => {
        use(atReads.includes(++reads));
        return engine.read(into);
      };
      return { ...engine, step, read };
    },
  };
}

describe("a GPU lost in an arena", () => {
  const verdicts = (events: TrainerEvent[]) =>
    arenaEvents(events).flatMap((event) => (event.type === "concluded" ? event.pairs : []));

  it("is reported, and the seed under way begins again to the same verdicts", async () => {
    const seeds = [1, 2, 3];
    const whole = await tabs.open();
    await whole.trainer.startArena(options({ seeds }));
    await until(() => typesOf(whole.events).includes("concluded"));

    // The demo data's 2,400 rows are 12 steps of each of two members: the loss comes in the second seed.
    const { trainer, events } = await tabs.open(losing({ atSteps: [35] }));
    await trainer.startArena(options({ seeds }));
    await until(() => typesOf(events).includes("concluded"));
    expect(arenaEvents(events)).toContainEqual({
      type: "deviceLost",
      seedIndex: 1,
      reason: "the driver was reset",
    });
    const begun = arenaEvents(events).flatMap((event) =>
      event.type === "seedStarted" ? [event.seedIndex] : [],
    );
    expect(begun).toEqual([0, 1, 1, 2]);
    expect(verdicts(events)).toEqual(verdicts(whole.events));
    // The page must not take the worker away.
    expect(events.some(({ type }) => type === "deviceLost")).toBe(false);
  });

  it("ends it with a true sentence when it happens three times", async () => {
    const { trainer, events } = await tabs.open(losing({ atSteps: [5, 10, 15] }));
    await trainer.startArena(options());
    await until(() => typesOf(events).includes("failed"));
    expect(arenaEvents(events).at(-1)).toMatchObject({
      type: "failed",
      problem: { code: "arena-device-unreliable", sentence: expect.stringContaining("3 times") },
    });
  });
});

describe("a GPU lost under a run", () => {
  const run = (changes?: Partial<RunOptions>) => runOptions("run", { backend: "webgpu", ...changes });
  const losses = (events: TrainerEvent[]) => events.filter(({ type }) => type === "deviceLost");
  const failures = (events: TrainerEvent[]) =>
    events.filter((event) => event.type === "run" && event.event.type === "failed");

  it("while it starts, is replaced by another one before the page has an answer", async () => {
    const { trainer, events } = await tabs.open(losing({ atReads: [1] }));
    await trainer.startRun(run());
    await until(() => finished(events, "run"));
    expect(losses(events)).toEqual([]);
  });

  it("while it starts, before anything was asked of it, leaves no engine behind", async () => {
    let report: (reason: string) => void;
    let made = 0;
    const disposed: number[] = [];
    const { trainer, events } = await tabs.open({
      ...losing({}),
      onDeviceLost(listener) {
        report = listener;
      },
      async createEngine(config, shape) {
        const engine = await createEngine("fast", config, shape);
        const number = ++made;
        if (number === 1) report("the driver was reset");
        const dispose = () => {
          disposed.push(number);
          engine.dispose();
        };
        return { ...engine, dispose };
      },
    });
    await trainer.startRun(run());
    expect({ made, disposed }).toEqual({ made: 2, disposed: [1] });
    await until(() => finished(events, "run"));
    expect(losses(events)).toEqual([]);
  });

  it("each time that it starts, is said in a sentence, and the run is free to be started again", async () => {
    const { trainer, events } = await tabs.open(losing({ atReads: [1, 2, 3] }));
    await expect(trainer.startRun(run())).rejects.toThrow("The GPU was lost 3 times");
    await trainer.startRun(run());
    await until(() => finished(events, "run"));
    expect(losses(events)).toEqual([]);
  });

  it("while it waits, is reported with the run that it trained", async () => {
    const { trainer, events } = await tabs.open(losing({ atSteps: [1] }));
    await trainer.startRun(run());
    await until(() => losses(events).length > 0);
    expect(losses(events)).toEqual([{ type: "deviceLost", reason: "the driver was reset", runId: "run" }]);
    expect(failures(events)).toEqual([]);
  });

  it("is reported with its run, too, when the news comes after the run has failed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    try {
      const { trainer, events } = await tabs.open(losing({ atSteps: [1], reportedAfterMs: 20_000 }));
      await trainer.startRun(run());
      while (losses(events).length === 0) {
        await vi.advanceTimersByTimeAsync(1000);
        await new Promise(setImmediate);
      }
      expect(failures(events)).toHaveLength(1);
      expect(losses(events)[0]).toMatchObject({ runId: "run" });
    } finally {
      vi.useRealTimers();
    }
  });
});
