// Seeds of one configuration as one row: who belongs together, of which runs figures are made, and what ± is.

import { expect, it } from "vitest";
import type { RunRecord } from "../../src/runs/record.ts";
import { meanOverSeeds, membersOf, seedGroups } from "../../src/runs/seedGroups.ts";
import { madeRun } from "./madeRun.ts";

const { record } = madeRun(10);

function run(runId: string, seed: number, change: Partial<RunRecord> = {}): RunRecord {
  return { ...record, runId, name: `A · seed ${seed}`, config: { ...record.config, seed }, ...change };
}

it("folds runs that differ in seed alone, whatever arena they are of", () => {
  const other = run("other", 3, { config: { ...record.config, seed: 3, batchSize: 7 } });
  const elsewhere = run("elsewhere", 4, { data: { ...record.data, identity: "def" } });
  const groups = seedGroups([
    run("late", 2, { arenaId: "arena", startedAt: 9, color: 5 }),
    other,
    run("early", 1, { startedAt: 1, color: 4 }),
    elsewhere,
  ]);
  expect(groups.map(({ runs }) => runs.map(({ runId }) => runId))).toEqual([
    ["early", "late"],
    ["other"],
    ["elsewhere"],
  ]);
  expect(groups[0]).toMatchObject({ id: "early", name: "A", color: 4 });
});

it("leaves runs of one seed by themselves, and names of its groups by what all begin with", () => {
  expect(seedGroups([run("a", 1), run("b", 1)])).toHaveLength(2);
  const named = (...names: string[]) => seedGroups(names.map((name, i) => run(name, i, { name })))[0]!.name;
  expect(named("own configuration 2", "own configuration 3")).toBe("own configuration");
  expect(named("Order 2 · seed 1", "sly fox")).toBe("Order 2");
  expect(named("sly fox", "Order 2 · seed 1")).toBe("sly fox");
  expect(named("Order 2", "Order 2")).toBe("Order 2");
});

it("counts of each seed the newest run, and only those that came to their end where one did", () => {
  const groups = seedGroups([
    run("first", 1, { startedAt: 1 }),
    run("again", 1, { startedAt: 2 }),
    run("cut", 2, { status: "running", startedAt: 3 }),
  ]);
  expect(groups[0]!.runs).toHaveLength(3);
  expect(groups[0]!.counted.map(({ runId }) => runId)).toEqual(["again"]);
  const cutOff = seedGroups([run("a", 1, { status: "running" }), run("b", 2, { status: "stopped" })]);
  expect(cutOff[0]!.counted).toHaveLength(2);
});

it("makes each configuration a member of an arena once, the oldest first", () => {
  const other = { ...record.config, batchSize: 7 };
  const members = membersOf(
    seedGroups([
      run("b", 2, { startedAt: 9 }),
      run("new", 3, { name: "B", config: other, startedAt: 5 }),
      run("a", 1, { startedAt: 1 }),
      run("elsewhere", 4, { data: { ...record.data, identity: "def" }, startedAt: 10 }),
    ]),
  );
  expect(members.map(({ name, config }) => [name, config.batchSize])).toEqual([
    ["A", record.config.batchSize],
    ["B", 7],
  ]);
});

it("says mean and half of Student's 95 % interval, or that there is none", () => {
  // 4.302653 is the quantile of two degrees of freedom, of a standard table; the standard deviation is 1.
  const found = meanOverSeeds([1, 2, 3])!;
  expect(found.mean).toBe(2);
  expect(found.radius).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
  expect(meanOverSeeds([1])).toEqual({ mean: 1, radius: null, seeds: 1 });
  expect(meanOverSeeds([1, null])).toBeNull();
  expect(meanOverSeeds([])).toBeNull();
});
