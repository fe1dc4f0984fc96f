// The worker's side of the arena, asked as the page asks it, on WASM.

import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import { createArenas } from "../../src/train/arenas.ts";
import type { ArenaOptions, BackendReport, TrainerEvent } from "../../src/train/requests.ts";
import { smallConfig } from "./configs.ts";
import { createMemoryDataset } from "./memoryDataset.ts";

const report: BackendReport = {
  chosen: "wasm",
  reason: "There is no GPU.",
  adapter: null,
  sharedMemory: false,
  available: ["wasm"],
};

function setUp(rows = { train: 2000, test: 300 }) {
  const events: TrainerEvent[] = [];
  const dataset = createMemoryDataset(rows);
  const { handlers, end } = createArenas({
    platform: {
      probe: async () => report,
      useBackend: async () => {},
      createEngine: (config, shape) => createEngine("fast", config, shape),
    },
    dataset: () => dataset,
    endActive: () => end(),
    emit: (event) => events.push(event),
  });
  return { events, handlers, end };
}

function options(changes: Partial<ArenaOptions> = {}): ArenaOptions {
  const members = [
    { name: "A", config: smallConfig() },
    { name: "B", config: smallConfig({ distillationWeight: 0 }) },
  ];
  return { arenaId: "arena-1", members, seeds: [1], backend: "auto", evaluateEverySteps: 0, ...changes };
}

const typesOf = (events: TrainerEvent[]) =>
  events.flatMap((event) => (event.type === "arena" ? [event.event.type] : []));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

beforeAll(() => useNodeBackend("wasm"));

describe("the trainer's arena", () => {
  it("tells its events to the end, and frees every tensor", async () => {
    const { events, handlers } = setUp();
    const before = tf.memory().numTensors;
    const { backend } = await handlers.startArena(options());
    expect(backend).toMatchObject({ chosen: "wasm", reason: "There is no GPU." });
    await until(() => typesOf(events).includes("concluded"));
    expect(typesOf(events)[0]).toBe("seedStarted");
    expect(tf.memory().numTensors).toBe(before);
  });

  it("pauses all members after the same step, goes on, and stops with what it found so far", async () => {
    const { events, handlers } = setUp({ train: 200_000, test: 300 });
    await handlers.startArena(options());
    const { step } = await handlers.pauseArena({ arenaId: "arena-1" });
    const pausedAt = events.flatMap((event) =>
      event.type === "arena" && event.event.type === "member" && event.event.event.type === "paused"
        ? [event.event.event.position.step]
        : [],
    );
    expect(pausedAt).toEqual([step, step]);
    await handlers.resumeArena({ arenaId: "arena-1" });
    const stopped = await handlers.stopArena({ arenaId: "arena-1" });
    expect(stopped.step).toBeGreaterThanOrEqual(step);
    expect(typesOf(events).at(-1)).toBe("concluded");
    await expect(handlers.pauseArena({ arenaId: "arena-1" })).rejects.toThrow("no longer going on");
  });

  it("ends the one before when another starts", async () => {
    const { events, handlers } = setUp({ train: 200_000, test: 300 });
    await handlers.startArena(options());
    await handlers.startArena(options({ arenaId: "arena-2" }));
    await handlers.stopArena({ arenaId: "arena-2" });
    const concluded = events.flatMap((event) =>
      event.type === "arena" && event.event.type === "concluded" ? [event.arenaId] : [],
    );
    expect(concluded).toEqual(["arena-1", "arena-2"]);
  });

  it("refuses members that cannot share their batches, before anything is stopped", async () => {
    const { events, handlers } = setUp();
    const members = [...options().members, { name: "C", config: smallConfig({ batchSize: 32 }) }];
    await expect(handlers.startArena(options({ members }))).rejects.toThrow(
      "cannot train on the same batches",
    );
    expect(events).toEqual([]);
  });
});
