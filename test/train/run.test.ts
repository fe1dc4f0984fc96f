// A run over the real engine, on rows in memory.

import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createWasmFastEngine } from "../../src/engine/wasm/fast.ts";
import type { Config } from "../../src/model/config.ts";
import type { TrainEvent } from "../../src/runs/events.ts";
import { createControl } from "../../src/train/control.ts";
import { createRun, type RunInputs } from "../../src/train/run.ts";
import { smallConfig } from "./configs.ts";
import { createMemoryDataset } from "./memoryDataset.ts";

/** Inputs of a run over 1,000 training rows; the engine is the caller's to dispose. */
function inputs(changes: Partial<RunInputs> & { config?: Config } = {}): RunInputs {
  const dataset = createMemoryDataset({ train: 1000, test: 300 });
  const chosen = changes.config ?? smallConfig();
  const engine = createWasmFastEngine(chosen, dataset.shape(chosen.integers));
  return {
    config: chosen,
    dataset,
    engine,
    control: createControl(),
    evaluateEverySteps: 0,
    emit() {},
    ...changes,
  };
}

async function eventsOf(given: RunInputs): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  await createRun({ ...given, emit: (event) => void events.push(event) }).train();
  given.engine.dispose();
  return events;
}

const pointsOf = (events: TrainEvent[]) =>
  events.flatMap((event) => (event.type === "progressed" ? event.points : []));
const typesOf = (events: TrainEvent[]) =>
  events.map((event) => event.type).filter((type) => type !== "evaluating");

beforeAll(() => useNodeBackend("wasm"));

afterEach(() => {
  vi.restoreAllMocks();
});

/** A model whose loss is not finite from the first step on. */
async function broken(config: Config): Promise<Pick<RunInputs, "config" | "engine">> {
  const engine = createWasmFastEngine(config, createMemoryDataset({ train: 0, test: 0 }).shape("bucket"));
  const state = await engine.read();
  state.parameters.get("embedding")!.values[3] = Number.NaN;
  await engine.write(state);
  return { config, engine };
}

describe("a run", () => {
  it("trains every epoch on every row, evaluates at its end, and finishes", async () => {
    const events = await eventsOf(inputs());
    const points = pointsOf(events);
    expect(points.reduce((sum, point) => sum + point.rows, 0)).toBe(2000);
    expect(points.map((point) => point.firstPass)).toEqual(points.map((point) => point.epoch === 1));
    expect(typesOf(events).filter((type) => type !== "progressed")).toEqual([
      "started",
      "evaluated",
      "evaluated",
      "finished",
    ]);
    expect(events.at(-1)).toMatchObject({ reason: "completed", position: { step: 32, rowsSeen: 2000 } });
    const [first, last] = events.filter((event) => event.type === "evaluated");
    expect(last!.point.logLoss.fused).toBeLessThan(first!.point.logLoss.fused);
    expect(last!.point).toMatchObject({ split: "test", rows: 300 });
  });

  it("pauses between two steps, takes single steps, and stops when asked", async () => {
    const control = createControl(true);
    const types: string[] = [];
    const pausedAt: number[] = [];
    const given = inputs({
      control,
      emit(event) {
        types.push(event.type);
        if (event.type !== "paused") return;
        pausedAt.push(event.position.step);
        if (pausedAt.length <= 2) control.allow(3);
        else control.stop();
      },
    });
    const run = createRun(given);
    await run.train();
    const { progress } = await run.snapshot();
    given.engine.dispose();
    expect(pausedAt).toEqual([0, 3, 6]);
    // A busy machine may report twice between two pauses.
    const once = types.filter((type, i) => type !== "progressed" || types[i - 1] !== "progressed");
    expect(once).toEqual([
      "started",
      "paused",
      "resumed",
      "progressed",
      "paused",
      "resumed",
      "progressed",
      "paused",
      "finished",
    ]);
    expect(progress).toMatchObject({ step: 6, rowsSeen: 384, epoch: 1, batchInEpoch: 6 });
  });

  it("continues from where another one stood, to the very same losses", async () => {
    const whole = pointsOf(await eventsOf(inputs()));
    const control = createControl();
    const first = inputs({ control, emit: (event) => void (event.type === "paused" && control.stop()) });
    control.allow(5);
    const half = createRun(first);
    await half.train();
    const second = inputs({ engine: first.engine, from: await half.snapshot() });
    const rest = pointsOf(await eventsOf(second));
    expect(rest.map((point) => point.logLoss)).toEqual(whole.slice(5).map((point) => point.logLoss));
  });

  it("says which tensor is no longer finite, and which control to turn", async () => {
    const wild = smallConfig({ optimizer: { learningRate: 10 }, embeddingDim: 8 });
    const events = await eventsOf(inputs(await broken(wild)));
    expect(events.at(-1)).toMatchObject({
      type: "failed",
      problem: { code: "loss-not-finite", control: "optimizer.learningRate" },
    });
  });

  it("says so at whichever moment it shows: between steps, before an evaluation, before a pause", async () => {
    // A clock that runs so fast that every step is reported by itself.
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 1000));
    const between = await eventsOf(inputs(await broken(smallConfig())));
    vi.restoreAllMocks();
    const evaluating = await eventsOf(inputs({ ...(await broken(smallConfig())), evaluateEverySteps: 1 }));
    const control = createControl(true);
    control.allow(1);
    const pausing = await eventsOf(inputs({ ...(await broken(smallConfig())), control }));
    const failure = { type: "failed", problem: { code: "loss-not-finite" } };
    for (const events of [between, evaluating, pausing]) {
      expect(events.at(-1)).toMatchObject(failure);
      expect(typesOf(events)).toEqual(["started", "failed"]);
    }
  });

  it("refuses a data set without training rows", async () => {
    const events = await eventsOf(inputs({ dataset: createMemoryDataset({ train: 0, test: 10 }) }));
    expect(events).toMatchObject([{ type: "failed", problem: { code: "split-empty" } }]);
  });
});
