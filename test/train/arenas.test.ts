// The worker's side of the arena, asked as the page asks it, on WASM.

import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCheckpointStore } from "../../src/checkpoint/checkpointStore.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { ArenaOptions, TrainerEvent } from "../../src/train/requests.ts";
import { smallConfig } from "./configs.ts";
import { createTabs, options as runOptions, type Tabs, until } from "./sessionsTab.ts";

let tabs: Tabs;
beforeEach(async () => {
  await useNodeBackend("wasm");
  tabs = await createTabs();
});
afterEach(() => tabs.remove());

function options(changes: Partial<ArenaOptions> = {}, epochs = 1): ArenaOptions {
  const members = [
    { name: "A", config: smallConfig({ batchSize: 200, epochs }) },
    { name: "B", config: smallConfig({ batchSize: 200, epochs, distillationWeight: 0 }) },
  ];
  return { arenaId: "arena-1", members, seeds: [1], backend: "auto", evaluateEverySteps: 0, ...changes };
}

/** One that does not come to its end by itself. */
const endless = (changes: Partial<ArenaOptions> = {}) => options(changes, 5000);

const arenaEvents = (events: TrainerEvent[], arenaId = "arena-1") =>
  events.flatMap((event) => (event.type === "arena" && event.arenaId === arenaId ? [event.event] : []));
const typesOf = (events: TrainerEvent[], arenaId?: string) =>
  arenaEvents(events, arenaId).map(({ type }) => type);

describe("the trainer's arena", () => {
  it("reports its events to the end, and frees every tensor", async () => {
    const { trainer, events } = await tabs.open();
    const before = tf.memory().numTensors;
    const { backend } = await trainer.startArena(options());
    expect(backend).toMatchObject({ chosen: "wasm", reason: "This is Node." });
    await until(() => typesOf(events).includes("concluded"));
    expect(typesOf(events)[0]).toBe("seedStarted");
    expect(tf.memory().numTensors).toBe(before);
  });

  it("keeps each member's model of each seed, which evaluates as the arena said", async () => {
    const { trainer, events } = await tabs.open();
    await trainer.startArena(options({ seeds: [1, 2] }));
    await until(() => typesOf(events).includes("concluded"));
    const runs = await tabs.saved();
    const names = runs.map(({ files }) => files.map(({ summary }) => summary.run.name)).sort();
    expect(names).toEqual([["A · seed 1"], ["A · seed 2"], ["B · seed 1"], ["B · seed 2"]]);
    const atTheEnd = arenaEvents(events).flatMap((event) =>
      event.type === "member" && event.event.type === "evaluated" && event.event.point.split === "test"
        ? [event.event.point.logLoss.fused]
        : [],
    );
    for (const [index, runId] of ["arena-1-1-1", "arena-1-1-2", "arena-1-2-1", "arena-1-2-2"].entries()) {
      const wanted = { runId, name: runId, weights: "latest", location: null, split: "test" } as const;
      const { heads } = await trainer.evaluateRun({ ...wanted, trainedOn: null });
      expect(heads.at(-1)!.logLoss.value).toBeCloseTo(atTheEnd[index]!, 7);
    }
  });

  it("says once that there is no space for its members, and comes to its verdict", async () => {
    const write: Tabs["storage"]["write"] = async () => {
      throw new DOMException("the disk is full", "QuotaExceededError");
    };
    tabs.storage = { ...tabs.storage, write };
    const { trainer, events } = await tabs.open();
    await trainer.startArena(options({ seeds: [1, 2] }));
    await until(() => typesOf(events).includes("concluded"));
    const said = events.flatMap((event) => (event.type === "notSaved" ? [event.problem.code] : []));
    expect(said).toEqual(["storage-full"]);
    expect(await tabs.saved()).toEqual([]);
  });

  it("does not copy the model of a member that the free space cannot hold", async () => {
    let reads = 0;
    const checkpointStore = createCheckpointStore({
      storage: tabs.storage,
      budget: 1000,
      breathe: async () => {},
    });
    const { trainer, events } = await tabs.open({
      checkpointStore: async () => checkpointStore,
      async createEngine(config, shape) {
        const engine = await createEngine("fast", config, shape);
        return { ...engine, read: (into) => engine.read(into).finally(() => reads++) };
      },
    });
    await trainer.startArena(options());
    await until(() => typesOf(events).includes("concluded"));
    const [said] = events.flatMap((event) => (event.type === "notSaved" ? [event.problem] : []));
    expect(said).toMatchObject({ code: "members-not-kept" });
    expect(said!.sentence).toMatch(/^There is no free space for the model of "A": it takes .+ MB, and/);
    expect(reads).toBe(0);
  });

  it("pauses all members after the same step, is resumed, and stops with what it found so far", async () => {
    const { trainer, events } = await tabs.open();
    await trainer.startArena(endless());
    const { step } = await trainer.pause({ id: "arena-1" });
    const pausedAt = arenaEvents(events).flatMap((event) =>
      event.type === "member" && event.event.type === "paused" ? [event.event.position.step] : [],
    );
    expect(pausedAt).toEqual([step, step]);
    // Once more is no other pause to wait for.
    expect(await trainer.pause({ id: "arena-1" })).toEqual({ step });
    await trainer.resume({ id: "arena-1" });
    const stopped = await trainer.stop({ id: "arena-1" });
    expect(stopped.step).toBeGreaterThanOrEqual(step);
    expect(typesOf(events).at(-1)).toBe("concluded");
    // Pressed before the page showed that it was over.
    expect(await trainer.pause({ id: "arena-1" })).toEqual({ step: stopped.step });
    expect(await trainer.stop({ id: "arena-1" })).toEqual(stopped);
  });

  it("ends what is trained when another is started, and trains the last of several asked for at once", async () => {
    const { trainer, events } = await tabs.open();
    await trainer.startArena(endless());
    const started = [
      trainer.startArena(endless({ arenaId: "arena-2" })),
      trainer.startRun(runOptions("run", { paused: true })),
      trainer.startArena(endless({ arenaId: "arena-3" })),
    ];
    await Promise.all(started);
    expect(typesOf(events, "arena-1").at(-1)).toBe("concluded");
    expect(typesOf(events, "arena-2").at(-1)).toBe("concluded");
    await expect(trainer.stop({ id: "arena-1" })).rejects.toThrow("no longer under way");
    await trainer.stop({ id: "arena-3" });
    expect(typesOf(events, "arena-3").at(-1)).toBe("concluded");
    expect(tabs.locked.size).toBe(0);
  });

  it("refuses members that cannot share their batches, before anything is stopped", async () => {
    const { trainer, events } = await tabs.open();
    await trainer.startRun(runOptions("run", { paused: true }));
    const members = [...options().members, { name: "C", config: smallConfig({ batchSize: 32 }) }];
    await expect(trainer.startArena(options({ members }))).rejects.toThrow(
      "cannot train on the same batches",
    );
    expect(typesOf(events)).toEqual([]);
    expect((await trainer.stepRun({ runId: "run", steps: 1 })).step).toBe(1);
    await trainer.stop({ id: "run" });
  });
});
