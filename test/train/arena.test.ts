// The arena over the real engine on WASM, on rows in memory.

import { beforeAll, describe, expect, it } from "vitest";
import type { Member } from "../../src/arena/questions.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Config } from "../../src/model/config.ts";
import type { ArenaEvent } from "../../src/runs/arenaEvents.ts";
import type { ProgressPoint, TrainEvent } from "../../src/runs/events.ts";
import { type ArenaInputs, runArena } from "../../src/train/arena.ts";
import { checkMembers } from "../../src/train/arenaMembers.ts";
import { createControl } from "../../src/train/control.ts";
import { createRun } from "../../src/train/run.ts";
import { smallConfig } from "./configs.ts";
import { createMemoryDataset } from "./memoryDataset.ts";

const ROWS = { train: 3000, test: 500 };
const two = (changes: object = {}): Member[] => [
  { name: "A", config: smallConfig() },
  { name: "B", config: smallConfig({ branches: [{ units: [{ size: 8, order: 3 }] }], ...changes }) },
];

function engineOf(config: Config): Promise<Engine> {
  return createEngine("fast", config, createMemoryDataset(ROWS).shape(config.integers));
}

function arena(changes: Partial<ArenaInputs> = {}): ArenaInputs {
  return {
    members: two(),
    seeds: [7],
    dataset: createMemoryDataset(ROWS),
    control: createControl(),
    createEngine: engineOf,
    evaluateEverySteps: 0,
    emit() {},
    ...changes,
  };
}

async function eventsOf(inputs: ArenaInputs): Promise<ArenaEvent[]> {
  const events: ArenaEvent[] = [];
  await runArena({ ...inputs, emit: (event) => void events.push(event) });
  return events;
}

/** What training computed, without what the clock says. */
const lossesOf = (events: TrainEvent[]) => ({
  points: events
    .flatMap((event): ProgressPoint[] => (event.type === "progressed" ? event.points : []))
    .map(({ time, activeSeconds, ...point }) => point),
  evaluations: events.flatMap((event) =>
    event.type === "evaluated" ? [[event.point.logLoss, event.point.auc]] : [],
  ),
});
const memberEvents = (events: ArenaEvent[], member: number, seedIndex = 0) =>
  events.flatMap((event) =>
    event.type === "member" && event.member === member && event.seedIndex === seedIndex ? [event.event] : [],
  );
const last = (events: ArenaEvent[]) => {
  const event = events.at(-1)!;
  if (event.type !== "concluded") throw new Error(`the arena ended with ${event.type}`);
  return event;
};

beforeAll(() => useNodeBackend("wasm"));

describe("an arena", () => {
  it("gives every member the losses, bit for bit, that it has when trained alone", async () => {
    const members = [
      ...two({ fusion: "gate" }),
      { name: "C", config: smallConfig({ optimizer: { learningRate: 0.003 }, distillationWeight: 0 }) },
    ];
    const events = await eventsOf(arena({ members, evaluateEverySteps: 20 }));
    for (const [index, { config }] of members.entries()) {
      const engine = await engineOf(config);
      const alone: TrainEvent[] = [];
      const dataset = createMemoryDataset(ROWS);
      const control = createControl();
      const emit = (event: TrainEvent) => void alone.push(event);
      await createRun({ config, dataset, engine, control, evaluateEverySteps: 20, emit }).train();
      engine.dispose();
      expect(lossesOf(alone).points.length).toBeGreaterThan(90);
      expect(lossesOf(memberEvents(events, index))).toEqual(lossesOf(alone));
    }
  });

  it("reads every batch once, however many members there are", async () => {
    const [few, many] = [createMemoryDataset(ROWS), createMemoryDataset(ROWS)];
    await eventsOf(arena({ dataset: few }));
    const four = [...two(), ...two()].map((member, i) => ({ ...member, name: `M${i}` }));
    await eventsOf(arena({ dataset: many, members: four }));
    expect(few.batchesRead).toBe(2 * (47 + 8));
    expect(many.batchesRead).toBe(few.batchesRead);
  });

  it("says the paired difference of each first-pass batch, and counts no later epoch", async () => {
    const events = await eventsOf(arena());
    const points = events.flatMap((event) => (event.type === "compared" ? event.pairs[0]!.points : []));
    expect(points).toHaveLength(47);
    expect(points.at(-1)!.rowsSeen).toBe(3000);
    const progress = [0, 1].map((member) => lossesOf(memberEvents(events, member)).points);
    for (const [step, point] of points.entries())
      expect(point.difference).toBe(progress[1]![step]!.logLoss.fused - progress[0]![step]!.logLoss.fused);
    // The mean leaves out the batches that set the scale, 10 here.
    const counted = points.slice(10);
    const rows = counted.reduce((sum, point) => sum + point.rows, 0);
    const mean = counted.reduce((sum, point) => sum + point.rows * point.difference, 0) / rows;
    expect(points.at(-1)!.mean).toBeCloseTo(mean, 12);
  });

  it("calls members of one configuration identical, with no p", async () => {
    const members = ["A", "A again"].map((name) => ({ name, config: smallConfig() }));
    const { pairs, heldOut } = last(await eventsOf(arena({ members })));
    expect(pairs[0]!.verdict).toEqual({
      sentence: "A and A again are identical: every loss is the same, bit for bit, on the same 3,000 rows.",
      notes: [],
      better: null,
    });
    expect(heldOut!.overview).toBe("A and A again are identical: every test loss is the same.");
    expect(heldOut!.pairs[0]).toMatchObject({ logLoss: { mean: 0, p: null, isClear: false } });
  });

  it("finds the member that learns nothing, at the end and while learning, and says what one seed says", async () => {
    const members = two({ optimizer: { learningRate: 1e-7 } });
    const events = await eventsOf(
      arena({ members, dataset: createMemoryDataset({ train: 9000, test: 900 }) }),
    );
    const { pairs, overview, heldOut } = last(events);
    expect(pairs[0]!.verdict.better).toBe("first");
    expect(pairs[0]!.verdict.sentence).toMatch(
      /^A learned faster than B: first-pass log loss lower by 0\.\d+ ± 0\.\d+ on the same 8,360 rows\.$/,
    );
    expect(overview).toBe("A learned faster than B.");
    expect(heldOut).toMatchObject({ rows: 900, seeds: 1, disagreements: [null] });
    expect(heldOut!.overview).toMatch(
      /^A is better than B: test log loss lower by 0\.\d+ ± 0\.\d+, AUC higher by /,
    );
    expect(heldOut!.scope).toMatch(/^This trained model, on new rows like these: 1 seed × 900 test rows/);
    expect(heldOut!.pairs[0]!.logLoss!.p).toBeLessThan(0.001);
  });

  it("judges the scores of the last evaluation, row by row", async () => {
    const events = await eventsOf(arena());
    const ends = [0, 1].map((member) =>
      memberEvents(events, member)
        .flatMap((event) => (event.type === "evaluated" ? [event.point] : []))
        .at(-1),
    );
    const { logLoss, auc } = last(events).heldOut!.pairs[0]!;
    const difference = (of: "logLoss" | "auc") => ends[1]![of]!.fused - ends[0]![of]!.fused;
    expect(logLoss!.mean).toBeCloseTo(difference("logLoss"), 6);
    expect(auc!.mean).toBeCloseTo(difference("auc"), 12);
    const tests = events.flatMap((event) => (event.type === "seedFinished" ? event.tests : []));
    for (const [member, figures] of tests.entries())
      expect(figures!.logLoss).toBeCloseTo(ends[member]!.logLoss.fused, 6);
  });

  it("compares configurations over seeds, each seed serving every member", async () => {
    const members = two({ optimizer: { learningRate: 1e-7 } });
    const dataset = createMemoryDataset({ train: 9000, test: 900 });
    const events = await eventsOf(arena({ members, dataset, seeds: [1, 2, 3] }));
    const first = [0, 1, 2].map((seed) => lossesOf(memberEvents(events, 0, seed)).points[0]!.logLoss.fused);
    expect(new Set(first).size).toBe(3);
    const { pairs, heldOut } = last(events);
    expect(pairs[0]!.verdict.sentence).toContain("in the mean of 3 seeds, on 8,360 rows each");
    expect(heldOut!.scope).toMatch(/^For new seeds and new rows like these: 3 seeds × 900 test rows/);
    expect(heldOut!.pairs[0]!.verdict.better).toBe("first");
    expect(heldOut!.pairs[0]!.logLoss).toMatchObject({ seeds: 3, overSeeds: true, isClear: true });
    const seeds = events.flatMap((event) => (event.type === "seedFinished" ? [event] : []));
    const tests = seeds.map(({ tests }) => tests[1]!.logLoss - tests[0]!.logLoss);
    const mean = tests.reduce((sum, value) => sum + value, 0) / 3;
    expect(heldOut!.pairs[0]!.logLoss!.mean).toBeCloseTo(mean, 12);
    expect(seeds[1]!.heldOut![0]!.logLoss).toMatchObject({ seeds: 1, overSeeds: false });
  });

  it("has no verdict at the end when stopped before the last declared evaluation", async () => {
    const control = createControl();
    const events: ArenaEvent[] = [];
    const emit = (event: ArenaEvent) => {
      events.push(event);
      if (event.type === "seedFinished" && event.seedIndex === 1) control.stop();
    };
    await runArena(arena({ seeds: [1, 2, 3], control, emit }));
    expect(last(events)).toMatchObject({ heldOut: null });
  });

  it("says that there is no verdict at the end without a test split", async () => {
    const dataset = createMemoryDataset({ train: 3000, test: 0 });
    const { heldOut, pairs } = last(await eventsOf(arena({ dataset })));
    expect(heldOut).toMatchObject({
      rows: 0,
      pairs: [],
      overview: "This data set has no test split: nothing can be said about held-out rows.",
    });
    expect(pairs).toHaveLength(1);
  });

  it("continues without a member whose loss is no longer finite", async () => {
    const members = [...two(), { name: "C", config: smallConfig({ optimizer: { learningRate: 0.02 } }) }];
    const createEngine = async (config: Config) => {
      const engine = await engineOf(config);
      if (config.optimizer.learningRate !== 0.02) return engine;
      const state = await engine.read();
      state.parameters.get("embedding")!.values.fill(Number.NaN);
      await engine.write(state);
      return engine;
    };
    const events = await eventsOf(arena({ members, createEngine }));
    expect(memberEvents(events, 2).at(-1)).toMatchObject({
      type: "failed",
      problem: { code: "loss-not-finite" },
    });
    expect(memberEvents(events, 0).at(-1)).toMatchObject({ type: "finished", reason: "completed" });
    const { pairs, heldOut } = last(events);
    for (const verdicts of [pairs, heldOut!.pairs]) {
      const sentences = verdicts.map(({ verdict }) => verdict.sentence);
      expect(sentences[0]).not.toContain("cannot be compared");
      expect(sentences[1]).toBe("A and C cannot be compared: C met a problem and left.");
    }
    const points = events.flatMap((event) => (event.type === "compared" ? event.pairs[0]!.points : []));
    expect(points.at(-1)!.rowsSeen).toBe(3000);
  });

  it("pauses and steps all members together", async () => {
    const control = createControl(true);
    const at: number[][] = [];
    const emit = (event: ArenaEvent) => {
      if (event.type !== "member" || event.event.type !== "paused") return;
      at.push([event.member, event.event.position.step]);
      if (event.member === 1) at.length < 6 ? control.allow(3) : control.stop();
    };
    await runArena(arena({ control, emit }));
    expect(at).toEqual([
      [0, 0],
      [1, 0],
      [0, 3],
      [1, 3],
      [0, 6],
      [1, 6],
    ]);
  });

  it("says why two members cannot share their batches, at the control", () => {
    const members = two({ batchSize: 128 });
    expect(checkMembers(members)).toMatchObject({
      ok: false,
      problem: {
        code: "arena-members-differ",
        sentence:
          "B cannot train on the same batches as A: its batchSize is 128, not 64, and members of an arena share every batch.",
        control: "members.1.config.batchSize",
      },
    });
    expect(checkMembers(two({ integers: "log" })).ok).toBe(false);
    expect(checkMembers(two({ epochs: 3 })).ok).toBe(false);
    expect(checkMembers(two().slice(1))).toMatchObject({ ok: false, problem: { code: "arena-size" } });
    expect(checkMembers(two())).toEqual({ ok: true, value: two() });
  });
});
