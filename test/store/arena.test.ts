import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { QUESTIONS } from "../../src/arena/questions.ts";
import { createRandom } from "../../src/base/random.ts";
import { orThrow } from "../../src/base/result.ts";
import type { Verdict } from "../../src/metrics/verdict.ts";
import type { Config } from "../../src/model/config.ts";
import { preset } from "../../src/model/presets.ts";
import { arenaExtent } from "../../src/runs/arenaCurves.ts";
import type { ArenaEvent, RecordedArena } from "../../src/runs/arenaEvents.ts";
import { arenaToJson, type KeptArena, parseArenaFile } from "../../src/runs/arenaRecord.ts";
import { arenaReport } from "../../src/runs/arenaReport.ts";
import type { Position, ProgressPoint } from "../../src/runs/events.ts";
import { columnsOf } from "../../src/runs/table.ts";
import { createArena } from "../../src/store/arena/arena.ts";
import { replay } from "../../src/store/arena/recordedArena.ts";
import { DEFAULT_VIEW } from "../../src/store/charts/chartView.ts";
import { parseHash, toHash } from "../../src/store/configuration/share.ts";
import { recordOf, shownArena } from "../../src/store/library/keptArena.ts";
import { differenceSeries, memberSeries } from "../../src/ui/arena/arenaSeries.ts";
import type { Series } from "../../src/ui/charts/series.ts";

const demo = preset("demo");
const RAW = { ...DEFAULT_VIEW, smoothing: 0 };
const drawnPoints = (series: Series[]) => series.map(({ points: { x, y } }) => [[...x], [...y]]);
const membersOf = (id: string, config: Config = demo) =>
  QUESTIONS.find((question) => question.id === id)!.members(config);

const position: Position = { step: 4, epoch: 1, rowsSeen: 4096, activeSeconds: 1, time: 0 };

function point(changes: Partial<ProgressPoint>): ProgressPoint {
  return {
    ...position,
    rows: 1024,
    logLoss: { branches: [0.6, 0.7], fused: 0.5 },
    auc: null,
    distillation: [0.6, 0.7],
    teacherEntropy: 0.5,
    fusionGain: 0.1,
    l2: 0,
    total: 1,
    learningRate: 0.01,
    firstPass: true,
    ...changes,
  };
}

describe("the arena on the page", () => {
  /** An arena of two members that has started, and what it asked of the worker. */
  async function started() {
    const asked: unknown[] = [];
    const arena = createArena(async (name, input) => {
      asked.push([name, input]);
      return { step: 0 } as never;
    });
    arena.ask("distillation", demo);
    arena.chooseSeeds(3);
    await arena.start({ backend: "auto", evaluateEverySteps: 50, dataset: null });
    const now = () => arena.store.getState().arena!;
    const take = (...events: ArenaEvent[]) => {
      for (const event of events) arena.take(now().arenaId, event);
    };
    return { arena, asked, take, now };
  }

  it("trains on where the worker refuses to pause it", async () => {
    const arena = createArena(async (name) => (name === "pause" ? null : ({ step: 0 } as never)));
    arena.ask("distillation", demo);
    await arena.start({ backend: "auto", evaluateEverySteps: 50, dataset: null });
    const now = () => arena.store.getState().arena!;
    arena.take(now().arenaId, { type: "seedStarted", seedIndex: 0, seed: now().seeds[0]! });
    const { status } = now();
    const paused = arena.pause();
    expect(now().status).toEqual({ type: "pausing" });
    await paused;
    expect(now().status).toEqual(status);
  });

  it("asks for seeds that count up from the configuration's", async () => {
    const { asked, now } = await started();
    expect(asked).toMatchObject([
      [
        "startArena",
        { arenaId: now().arenaId, seeds: [2020, 2021, 2022], backend: "auto", evaluateEverySteps: 50 },
      ],
    ]);
    expect(now().status).toEqual({ type: "starting" });
  });

  it("keeps the curves of each member and each pair, and the verdicts", async () => {
    const { arena, take, now } = await started();
    const verdict: Verdict = { sentence: "B is better.", notes: [], better: "second" };
    take({ type: "seedStarted", seedIndex: 0, seed: 2020 });
    for (const member of [0, 1])
      take({
        type: "member",
        seedIndex: 0,
        member,
        event: {
          type: "progressed",
          points: [
            point({ rowsSeen: 1024, logLoss: { branches: [], fused: 0.5 + member } }),
            point({ rowsSeen: 2048, auc: { branches: [], fused: 0.75 } }),
          ],
          position,
          totalSteps: 100,
          cost: null,
          rowsPerSecond: 1,
          secondsLeft: 1,
        },
      });
    const points = [
      { rowsSeen: 1024, rows: 1024, difference: 0.2, mean: null, radius: null },
      { rowsSeen: 2048, rows: 1024, difference: 0.1, mean: 0.1, radius: 0.04 },
    ];
    take({ type: "compared", seedIndex: 0, pairs: [{ first: 0, second: 1, points, verdict }] });
    const [losses, aucs] = (["logLoss", "auc"] as const).map((measure) =>
      memberSeries(arena.curves!, measure, ["A", "B"], RAW),
    );
    expect(drawnPoints(losses!)).toEqual([
      [
        [1024, 2048],
        [0.5, 0.5],
      ],
      [
        [1024, 2048],
        [1.5, 0.5],
      ],
    ]);
    expect(drawnPoints(aucs!)).toEqual([
      [[2048], [0.75]],
      [[2048], [0.75]],
    ]);
    const [mean, low, high] = differenceSeries(arena.curves!.pairs[0]!, "B − A", RAW);
    for (const [series, value] of [
      [mean, 0.1],
      [low, 0.06],
      [high, 0.14],
    ] as const)
      expect(drawnPoints([series!])).toEqual([[[2048], [expect.closeTo(value, 6)]]]);
    expect(arenaExtent(arena.curves)).toEqual([0, 2048]);
    expect(now()).toMatchObject({ step: 4, verdicts: [{ verdict }] });
    const pairs = [{ first: 0, second: 1, verdict }];
    const tests = [
      { logLoss: 0.5, auc: 0.7 },
      { logLoss: 0.4, auc: null },
    ];
    const ends = pairs.map((pair) => ({ ...pair, logLoss: null, auc: null }));
    take({ type: "seedFinished", seedIndex: 0, pairs, heldOut: ends, tests });
    const heldOut = {
      rows: 100,
      seeds: 1,
      overview: "B is better.",
      scope: "",
      pairs: ends,
      disagreements: [null],
    };
    take({ type: "concluded", pairs, overview: "B learned faster.", heldOut });
    expect(now()).toMatchObject({ status: { type: "finished" }, overview: "B learned faster.", heldOut });
    expect(now()).toMatchObject({ seedVerdicts: [pairs], seedHeldOut: [ends], seedTests: [tests] });
    take({ type: "concluded", pairs, overview: "", heldOut: null });
    expect(now().status.type).toBe("stopped");
  });

  it("does not listen to an arena of before, and fails with the worker", async () => {
    const { arena, now } = await started();
    arena.take("arena-0", { type: "concluded", pairs: [], overview: "", heldOut: null });
    expect(now().status.type).toBe("starting");
    arena.workerDied({ code: "worker-died", sentence: "It died.", remedy: "Restart it." });
    expect(now().status).toMatchObject({ type: "failed", problem: { sentence: "It died." } });
  });

  it("draws the recorded arena that a first visitor sees, and gives its members to the next", async () => {
    const recorded: RecordedArena = JSON.parse(await readFile("public/recorded-arena.json", "utf8"));
    const arena = createArena(async () => null);
    arena.show(replay(recorded));
    const { arena: shown } = arena.store.getState();
    expect(shown).toMatchObject({ status: { type: "finished" }, overview: recorded.overview });
    expect(shown!.members).toEqual(orThrow(membersOf("orders")));
    expect(shown!.heldOut!.pairs).toHaveLength(3);
    expect(shown!.seedTests).toHaveLength(5);
    expect(shown!.verdicts).toHaveLength(3);
    expect(differenceSeries(arena.curves!.pairs[0]!, "", RAW)[0]!.band!.low.x.length).toBeGreaterThan(20);
    const series = memberSeries(arena.curves!, "logLoss", ["1", "2", "3"], RAW);
    expect(series.map(({ column }) => column)).toEqual(["train", "test", "train", "test", "train", "test"]);
    arena.takeMembers();
    expect(arena.store.getState().setup.members).toEqual(shown!.members);
  });

  it("holds at most six members, each with a name of its own", () => {
    const arena = createArena(async () => null);
    for (let i = 0; i < 8; i++) arena.add(demo);
    const names = () => arena.store.getState().setup.members.map(({ name }) => name);
    expect(names()).toEqual(["A", "B", "C", "D", "E", "F"]);
    arena.remove(1);
    arena.add(demo);
    arena.rename(0, "Baseline");
    expect(names()).toEqual(["Baseline", "C", "D", "E", "F", "B"]);
  });
});

describe("the members of the next arena", () => {
  it("are forked, and the settings then change the copy alone", () => {
    const arena = createArena(async () => null);
    arena.add(demo);
    expect(arena.fork(0)).toEqual(demo);
    arena.settingsChanged({ ...demo, embeddingDim: 4 });
    const { members, edited } = arena.store.getState().setup;
    expect(members.map(({ name, config }) => [name, config.embeddingDim])).toEqual([
      ["A", demo.embeddingDim],
      ["A 2", 4],
    ]);
    expect(edited).toBe(1);
    arena.edit(null);
    arena.settingsChanged({ ...demo, embeddingDim: 2 });
    expect(arena.store.getState().setup.members[1]!.config.embeddingDim).toBe(4);
  });

  it("travel in a link of less than 2,000 characters, all six of them", async () => {
    const shared = {
      members: Array.from({ length: 6 }, (_, i) => ({
        name: `D ${i}`,
        config: { ...demo, embeddingDim: 4 + i },
      })),
      seeds: 3,
      data: { name: "demo", identity: "abc", location: { type: "demo" as const, rows: 10, seed: 1 } },
    };
    const hash = orThrow(await toHash(shared));
    expect(hash.length).toBeLessThan(2000);
    expect(orThrow(await parseHash(hash))).toEqual(shared);
    const found = { atTheEnd: "D 3 is better than every other member.", whileLearning: "No member." };
    expect(orThrow(await parseHash(orThrow(await toHash({ ...shared, found }))))).toEqual({
      ...shared,
      found,
    });
    // Text that does not pack: the members stay.
    const random = createRandom(1);
    const noise = Array.from({ length: 500 }, () =>
      String.fromCharCode(0x4e00 + (random.uint32() % 20_000)),
    ).join("");
    const long = { atTheEnd: noise, whileLearning: "" };
    expect(orThrow(await parseHash(orThrow(await toHash({ ...shared, found: long }))))).toEqual(shared);
  });
});

describe("an arena that is kept", () => {
  async function trained(): Promise<KeptArena> {
    const arena = createArena(async () => null as never);
    arena.ask("distillation", demo);
    const starting = arena.start({ backend: "auto", evaluateEverySteps: 50, dataset: null });
    const { arenaId } = arena.store.getState().arena!;
    const take = (event: ArenaEvent) => arena.take(arenaId, event);
    take({ type: "seedStarted", seedIndex: 0, seed: 2020 });
    for (const member of [0, 1]) {
      const points = [
        point({ rowsSeen: 1024 }),
        point({ rowsSeen: 2048, auc: { branches: [], fused: 0.75 } }),
      ];
      const rest = { position, totalSteps: 100, cost: null, rowsPerSecond: 1, secondsLeft: 1 };
      take({ type: "member", seedIndex: 0, member, event: { type: "progressed", points, ...rest } });
    }
    const verdict: Verdict = { sentence: "</script> is better.", notes: ["a note"], better: "second" };
    const points = [{ rowsSeen: 2048, rows: 1024, difference: 0.1, mean: 0.1, radius: 0.04 }];
    take({ type: "compared", seedIndex: 0, pairs: [{ first: 0, second: 1, points, verdict }] });
    const kept = { record: recordOf(arena.store.getState().arena!), curves: arena.curves! };
    await starting;
    return kept;
  }

  it("is read again from its report, as interrupted where it did not end", async () => {
    const kept = await trained();
    const read = orThrow(parseArenaFile("report", arenaReport(kept, ["<svg></svg>"]).join("")));
    expect(read.record).toEqual(kept.record);
    expect(read.record.status).toBe("interrupted");
    for (const kind of ["members", "tests", "pairs"] as const)
      expect(read.curves[kind].map(columnsOf)).toEqual(kept.curves[kind].map(columnsOf));
    const arena = createArena(async () => null);
    arena.show(shownArena(read));
    expect(arena.store.getState().arena).toMatchObject({ status: { type: "interrupted" }, step: 4 });
  });

  it("is refused with the place of the fault when it is damaged", async () => {
    const file = JSON.parse(arenaToJson(await trained()));
    const faults: [unknown, RegExp][] = [
      [{ ...file, version: 2 }, /version/],
      [{ ...file, record: { ...file.record, seedIndex: 3 } }, /seed 4 of 1/],
      [{ ...file, pairs: [] }, /pairs: it has 0 curves, 1 belong there/],
      [{ ...file, members: [file.members[0], { rowsSeen: [2, 1] }] }, /members.1: rowsSeen does not rise/],
      [{ ...file, record: { ...file.record, states: [] } }, /has results of 0 members and has 2/],
    ];
    for (const [damaged, reason] of faults) {
      const parsed = parseArenaFile("file", JSON.stringify(damaged));
      expect(parsed.ok ? "" : parsed.problem.sentence).toMatch(reason);
    }
  });
});
