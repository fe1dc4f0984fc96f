// record: trains the arena that a first visitor sees, on the demo data, and writes what the page draws of it.

import { writeFile } from "node:fs/promises";
import { QUESTIONS } from "../arena/questions.ts";
import { orThrow } from "../base/result.ts";
import { createEngine } from "../engine/create.ts";
import { preset } from "../model/presets.ts";
import { makeDemoDataset } from "../preprocess/synthetic.ts";
import type { ArenaEvent, HeldOut, RecordedArena } from "../runs/arenaEvents.ts";
import { openDataset } from "../shards/openDataset.ts";
import { runArena } from "../train/arena.ts";
import { createControl } from "../train/control.ts";
import { integer, parseArguments, text } from "./arguments.ts";
import { useNodeBackend } from "./backend.ts";
import { printResult, say } from "./log.ts";

const SEEDS = 5;

/** `record [--out=] [--rows=]`: the demo preset's orders over five seeds, on WASM. */
export async function runRecord(args: string[]): Promise<number> {
  const { values } = parseArguments(args, {
    command: "record",
    examples: ["--out=public/recorded-arena.json"],
    options: [
      text("out", "the file to write", { default: "public/recorded-arena.json" }),
      integer("rows", "rows of the demo data, as the page makes them", { default: 100_000 }),
    ],
  });
  await useNodeBackend("wasm");
  const dataset = await openDataset(await makeDemoDataset({ rows: values.rows, seed: 1 }));
  const config = preset("demo");
  const question = QUESTIONS.find(({ id }) => id === "orders")!;
  const members = orThrow(question.members(config));
  const seeds = Array.from({ length: SEEDS }, (_, i) => config.seed + i);
  const recorded: Recording = {
    version: 2,
    recordedOn: new Date().toISOString().slice(0, 10),
    datasetName: dataset.manifest.name,
    members,
    seeds,
    progress: [],
    tests: [],
    differences: [],
    verdicts: [],
    overview: "",
    heldOut: null,
    results: [],
  };
  const inputs = {
    members,
    seeds,
    dataset,
    control: createControl(),
    evaluateEverySteps: 50,
    createEngine: (member: typeof config) => createEngine("fast", member, dataset.shape(member.integers)),
  };
  await runArena({ ...inputs, emit: (event) => keep(recorded, event) });
  await writeFile(values.out, `${JSON.stringify(recorded, rounded)}\n`);
  const { heldOut, overview } = recorded;
  printResult({ file: values.out, heldOut: heldOut?.overview, learning: overview });
  return 0;
}

type Recording = Omit<RecordedArena, "heldOut"> & { heldOut: HeldOut | null };

function keep(recorded: Recording, event: ArenaEvent): void {
  switch (event.type) {
    case "seedStarted":
      say(`seed ${event.seed}`);
      recorded.progress = recorded.members.map(() => []);
      recorded.tests = recorded.members.map(() => []);
      recorded.differences = [];
      return;
    case "member": {
      const inner = event.event;
      if (inner.type === "progressed")
        for (const { rowsSeen, logLoss, auc } of inner.points)
          recorded.progress[event.member]!.push([rowsSeen, logLoss.fused, auc?.fused ?? null]);
      if (inner.type === "evaluated" && inner.point.split === "test")
        recorded.tests[event.member]!.push([
          inner.point.rowsSeen,
          inner.point.logLoss.fused,
          inner.point.auc?.fused ?? null,
        ]);
      return;
    }
    case "compared":
      for (const [pair, { points }] of event.pairs.entries()) {
        recorded.differences[pair] ??= [];
        for (const { rowsSeen, difference, mean, radius } of points)
          recorded.differences[pair].push([rowsSeen, difference, mean, radius]);
      }
      return;
    case "seedFinished":
      recorded.results.push({ verdicts: event.pairs, heldOut: event.heldOut, tests: event.tests });
      return;
    case "concluded":
      recorded.verdicts = event.pairs;
      recorded.overview = event.overview;
      recorded.heldOut = event.heldOut;
  }
}

/** Five digits are more than a chart shows. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
