// Races on rows in memory: what is trained, what is kept, and that a race that was cut off ends as if it had not been.

import { beforeAll, describe, expect, it } from "vitest";
import type { RunSnapshot } from "../../src/checkpoint/snapshot.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { Config } from "../../src/model/config.ts";
import type { HALVINGS } from "../../src/race/halving.ts";
import { planRace } from "../../src/race/plan.ts";
import type { RaceEvent, RaceProgress } from "../../src/race/record.ts";
import { parseVary } from "../../src/race/settings.ts";
import { createControl } from "../../src/train/control.ts";
import { checkRaceData, createRace, type RaceStore } from "../../src/train/race.ts";
import type { RaceScores } from "../../src/train/raceJudge.ts";
import { smallConfig } from "./configs.ts";
import { createMemoryDataset } from "./memoryDataset.ts";

beforeAll(() => useNodeBackend("wasm"));

const dataset = createMemoryDataset({ train: 1000, valid: 300, test: 400 });
const NOTHING: RaceProgress = { results: [], judged: [], outcome: null };

function memoryStore(): RaceStore & { snapshots: Map<string, RunSnapshot> } {
  const snapshots = new Map<string, RunSnapshot>();
  const scores = new Map<string, RaceScores>();
  return {
    snapshots,
    load: async (trial, rung) => snapshots.get(`${trial}/${rung}`) ?? null,
    async keep(trial, rung, snapshot) {
      snapshots.set(`${trial}/${rung}`, snapshot);
    },
    async forget(trial, rung) {
      snapshots.delete(`${trial}/${rung}`);
    },
    loadScores: async (seed, trial) => scores.get(`${seed}/${trial}`) ?? null,
    async keepScores(seed, trial, found) {
      scores.set(`${seed}/${trial}`, found);
    },
  };
}

interface Wish {
  vary?: object;
  config?: object;
  kind?: (typeof HALVINGS)[number];
  limit?: number;
}

function planOf({ vary, config, kind = "synchronous" }: Wish) {
  const base = smallConfig(config);
  const settings = parseVary(
    vary ?? { "optimizer.learningRate": [1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05] },
    base,
  );
  if (!settings.ok) throw new Error(settings.problem.sentence);
  const halving = { kind, eta: 2, finalists: 2 };
  const choices = { base, settings: settings.value, method: "grid", count: 0, halving, seeds: 3 } as const;
  const plan = planRace({ ...choices, trainRows: 1000 });
  if (!plan.ok) throw new Error(plan.problem.sentence);
  return plan.value;
}

/** Races, until `stopAfter` says so of an event. */
async function raced(
  wish: Wish,
  before = NOTHING,
  store: RaceStore = memoryStore(),
  stopAfter: (event: RaceEvent) => boolean = () => false,
) {
  const plan = planOf(wish);
  const progress = structuredClone(before);
  const events: RaceEvent[] = [];
  const control = createControl();
  const engines: Config[] = [];
  await createRace({
    plan,
    before,
    bytes: plan.trials.map(() => 10),
    limit: wish.limit ?? 1000,
    dataset,
    control,
    store,
    createEngine(config) {
      engines.push(config);
      return createEngine("fast", config, dataset.shape(config.integers));
    },
    emit(event) {
      events.push(event);
      if (event.type === "cameToRung") progress.results.push(...event.results);
      if (event.type === "judged") progress.judged.push(event.judged);
      if (event.type === "concluded") progress.outcome = event.outcome;
      if (stopAfter(event)) control.stop();
    },
  }).train();
  return { progress, events, plan, engines };
}

describe("a race", () => {
  it("drops the worse half at each rung, and judges the last two on the test rows", async () => {
    const store = memoryStore();
    const { progress, plan } = await raced({}, NOTHING, store);
    expect(plan.rungs).toEqual([1 / 2, 1]);
    expect(progress.results.filter(({ rung }) => rung === 0)).toHaveLength(6);
    expect(progress.results.filter(({ rung }) => rung === 1)).toHaveLength(3);
    expect(progress.results.map(({ step }) => step)).toEqual([16, 16, 16, 16, 16, 16, 32, 32, 32]);
    const { finalists, heldOut, chance } = progress.outcome!;
    expect(finalists).toHaveLength(2);
    // Rates that hardly train lose.
    expect(Math.min(...finalists)).toBeGreaterThan(1);
    expect(heldOut).toMatchObject({ rows: 400, seeds: 3 });
    expect(heldOut!.scope).toMatch(/^For new seeds and new rows like these: 3 seeds/);
    expect(progress.judged.map(({ seed }) => seed)).toEqual([8, 9, 10]);
    expect(chance).toMatchObject({ tried: 6, degrees: 4 });
    expect(chance!.gain).toBeGreaterThan(0);
    // Nothing is kept that nobody needs.
    expect(store.snapshots.size).toBe(0);
  });

  it("ends the same however little memory there is, and trains the others later", async () => {
    const { progress: all } = await raced({});
    const { progress: one, events } = await raced({ limit: 25 });
    expect(one.outcome).toEqual(all.outcome);
    expect(one.results.toSorted((a, b) => a.rung - b.rung || a.trial - b.trial)).toEqual(
      all.results.toSorted((a, b) => a.rung - b.rung || a.trial - b.trial),
    );
    for (const event of events) if (event.type === "training") expect(event.trials.length).toBeLessThan(3);
  });

  it.each([
    ["within a rung", (event: RaceEvent) => event.type === "training" && event.rung === 1],
    ["after a rung", (event: RaceEvent) => event.type === "cameToRung"],
    ["between seeds", (event: RaceEvent) => event.type === "judged"],
  ])("that was cut off %s continues to the same end, bit for bit", async (_, stopAfter) => {
    const { progress: whole } = await raced({});
    const store = memoryStore();
    const cut = await raced({}, NOTHING, store, stopAfter);
    expect(cut.progress.outcome).toBeNull();
    expect(cut.events.at(-1)).toEqual({ type: "stopped" });
    const { progress } = await raced({}, cut.progress, store);
    expect(progress).toEqual(whole);
    // What was lost is trained again from its beginning.
    const { progress: without } = await raced({}, cut.progress);
    expect(without).toEqual(whole);
  });

  it("lets trials of other batches and epochs race too, each kind by itself", async () => {
    const { progress } = await raced({ vary: { batchSize: [32, 64], epochs: [1, 2] } });
    const last = progress.results.filter(({ rung }) => rung === progress.results.at(-1)!.rung);
    for (const { step } of last) expect([16, 32, 64]).toContain(step);
    expect(progress.outcome!.heldOut!.pairs).toHaveLength(1);
  });

  it("asynchronously trains one after the other", async () => {
    const { progress, events } = await raced({ kind: "asynchronous" });
    for (const event of events)
      if (event.type === "training" && event.rung !== null) expect(event.trials).toHaveLength(1);
    expect(progress.outcome!.finalists).toHaveLength(2);
  });

  it("keeps the figure of a trial that stopped early", async () => {
    const { progress } = await raced({
      config: { epochs: 12, earlyStopping: { patience: 1 }, optimizer: { learningRate: 0.05 } },
      vary: { embeddingDim: [2, 3, 4, 5] },
    });
    expect(progress.results.some(({ ended }) => ended)).toBe(true);
    expect(progress.outcome!.finalists).toHaveLength(2);
  });

  it("drops a trial whose loss is no longer finite, with its reason, and the others continue", async () => {
    const { progress } = await raced({
      vary: {
        "optimizer.learningRate": [1e-3, 0.01, 10],
        "branches.*.units.*.activation": ["linear"].concat("relu"),
      },
      config: {
        optimizer: { learningRate: 1e-3, epsilon: 1e-30 },
        branches: [{ units: [{ size: 8, order: 8 }] }],
      },
    });
    const failed = progress.results.filter(({ problem }) => problem !== null);
    for (const { problem, logLoss } of failed) {
      expect(problem).toContain("not finite");
      expect(logLoss).toBeNull();
    }
    expect(progress.outcome!.finalists.length).toBeGreaterThan(0);
  });

  it("needs validation rows", () => {
    const without = createMemoryDataset({ train: 100, test: 100 });
    expect(() => checkRaceData(without)).toThrow(/has no validation rows/);
  });
});

it("pauses after a step and continues", async () => {
  const plan = planOf({});
  const events: string[] = [];
  const race = createRace({
    plan,
    before: NOTHING,
    bytes: plan.trials.map(() => 10),
    limit: 1000,
    dataset,
    control: createControl(),
    store: memoryStore(),
    createEngine: (config) => createEngine("fast", config, dataset.shape(config.integers)),
    emit: ({ type }) => void events.push(type),
  });
  const over = race.train();
  await race.pause();
  expect(events.at(-1)).toBe("paused");
  race.resume();
  await over;
  expect(events).toContain("resumed");
  expect(events.at(-1)).toBe("concluded");
});
