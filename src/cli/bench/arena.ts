// bench --suite=arena: what an arena costs beside the sum of its members' single runs. Demo data, WASM in Node.

import type { Member } from "../../arena/questions.ts";
import { createEngine } from "../../engine/create.ts";
import type { Config } from "../../model/config.ts";
import { preset } from "../../model/presets.ts";
import { makeDemoDataset } from "../../preprocess/synthetic.ts";
import type { Dataset } from "../../shards/dataset.ts";
import { openDataset } from "../../shards/openDataset.ts";
import { runArena } from "../../train/arena.ts";
import { createControl } from "../../train/control.ts";
import { createRun } from "../../train/run.ts";
import { useNodeBackend } from "../backend.ts";
import { say } from "../log.ts";

const ROWS = 100_000;
const ROUNDS = 5;
const MEMBERS = [2, 3, 6];
const AIM = 1.05;

export interface ArenaFigures {
  rows: number;
  /** By number of members, medians over the rounds. */
  arenas: { members: number; arenaSeconds: number; singleRunsSeconds: number; ratio: number }[];
  aim: number;
  passed: boolean;
}

/** Trains members alone one after another, then in an arena, and again; one epoch with its evaluation each. */
export async function benchArena(): Promise<ArenaFigures> {
  await useNodeBackend("wasm");
  say("making the data");
  const dataset = await openDataset(await makeDemoDataset({ rows: ROWS, seed: 1 }));
  const arenas: ArenaFigures["arenas"] = [];
  for (const count of MEMBERS) {
    const members = membersOf(count);
    const rounds: { arena: number; single: number }[] = [];
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      const single = await secondsOf(() => trainAlone(members, dataset));
      const arena = await secondsOf(() => trainTogether(members, dataset));
      if (round > 0) rounds.push({ arena, single });
    }
    const figures = {
      members: count,
      arenaSeconds: median(rounds.map(({ arena }) => arena)),
      singleRunsSeconds: median(rounds.map(({ single }) => single)),
      ratio: median(rounds.map(({ arena, single }) => arena / single)),
    };
    say(`${count} members: ${figures.arenaSeconds} s together, ${figures.singleRunsSeconds} s alone`);
    arenas.push(figures);
  }
  return { rows: ROWS, arenas, aim: AIM, passed: arenas.every(({ ratio }) => ratio <= AIM) };
}

/** The demo with orders 1, 2, 3, and the same again without distillation. */
function membersOf(count: number): Member[] {
  const demo = { ...preset("demo"), epochs: 1 };
  return Array.from({ length: count }, (_, member) => {
    const order = (member % 3) + 1;
    const branches = demo.branches.map((branch) =>
      branch.kind === "final"
        ? { ...branch, units: branch.units.map((unit) => ({ ...unit, order })) }
        : branch,
    );
    return { name: `M${member}`, config: { ...demo, branches, distillationWeight: member < 3 ? 1 : 0 } };
  });
}

async function trainAlone(members: Member[], dataset: Dataset): Promise<void> {
  for (const { config } of members) {
    const engine = await engineFor(dataset)(config);
    const control = createControl();
    await createRun({ config, dataset, engine, control, evaluateEverySteps: 0, emit() {} }).train();
    engine.dispose();
  }
}

async function trainTogether(members: Member[], dataset: Dataset): Promise<void> {
  const seeds = [members[0]!.config.seed];
  const control = createControl();
  const inputs = {
    members,
    seeds,
    dataset,
    control,
    createEngine: engineFor(dataset),
    evaluateEverySteps: 0,
    emit() {},
  };
  await runArena(inputs);
}

function engineFor(dataset: Dataset) {
  return (config: Config) => createEngine("fast", config, dataset.shape(config.integers));
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return Math.round(performance.now() - started) / 1000;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(1000 * sorted[sorted.length >> 1]!) / 1000;
}
