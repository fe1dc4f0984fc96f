// arena: configurations against each other on the same batches, from the terminal; the verdict is the page's.

import { LEAST_MEMBERS, type Member, MOST_MEMBERS } from "../arena/questions.ts";
import type { Problem } from "../base/problem.ts";
import { orThrow, ProblemError, problemError } from "../base/result.ts";
import { throttled } from "../base/throttled.ts";
import { planArena, planInWords } from "../metrics/plan.ts";
import { type Config, inputShape, parseConfig } from "../model/config.ts";
import { PRESET_NAMES } from "../model/presets.ts";
import type { ArenaEvent, TestFigures } from "../runs/arenaEvents.ts";
import { configDifference } from "../runs/configDifference.ts";
import type { Dataset } from "../shards/dataset.ts";
import { openDataset } from "../shards/openDataset.ts";
import { runArena } from "../train/arena.ts";
import { checkMembers } from "../train/arenaMembers.ts";
import { createControl } from "../train/control.ts";
import { integer, parseArguments, text, UsageError, type Values } from "./arguments.ts";
import { DEVICE_OPTION, openDevice, THREADS_OPTION } from "./device.ts";
import { earlierVerdicts } from "./earlierArenas.ts";
import { diskFolder } from "./files.ts";
import { heldOutResult, pairResult } from "./heldOutResult.ts";
import { printResult, say } from "./log.ts";
import { INTEGERS_HELP, modesOption } from "./modesOption.ts";
import { readConfig } from "./readConfig.ts";

const spec = {
  command: "arena",
  examples: [
    "--dataset_path=data/criteo --config=A.json --config=B.json --seeds=5",
    "--dataset_path=data/criteo --config=demo --config=mlp-pair --batch_size=1024 --integers=bucket",
  ],
  options: [
    text("dataset_path", "folder that preprocess wrote", { required: true, group: "Data and members" }),
    text(
      "config",
      `a member: a configuration file (JSON), or one of ${PRESET_NAMES.join(", ")}; give two to six`,
      { multiple: true },
    ),
    integer("seeds", "how many seeds serve every member", { default: 5 }),
    text(
      "earlier",
      "an earlier arena on this data set: a file with this command's result, or an arena report; the plan uses how much its differences varied",
      { multiple: true },
    ),
    integer("seed", "the first seed; else that of the first configuration"),
    integer("train_epochs", "epochs of every member instead of the configuration's", {
      group: "For all members",
    }),
    integer("batch_size", "rows of a step"),
    text("integers", INTEGERS_HELP),
    { ...DEVICE_OPTION, group: "Device" },
    THREADS_OPTION,
  ],
} as const;

type ArenaValues = Values<typeof spec.options>;

const MOST_SEEDS = 100;

/** `arena`: trains every member with every seed; the result holds both verdicts, at the end and while learning. */
export async function runArenaCommand(args: string[]): Promise<number> {
  const { values } = parseArguments(args, spec);
  if (values.config.length < LEAST_MEMBERS || values.config.length > MOST_MEMBERS)
    throw new UsageError(`Give ${LEAST_MEMBERS} to ${MOST_MEMBERS} times --config: each is a member.`);
  if (values.seeds < 1 || values.seeds > MOST_SEEDS)
    throw new UsageError(`--seeds is a number from 1 to ${MOST_SEEDS}.`);
  const members = await membersOf(values);
  const dataset = await openDataset(diskFolder(values.dataset_path));
  try {
    return await compete(members, dataset, values);
  } finally {
    await dataset.close();
  }
}

async function compete(members: Member[], dataset: Dataset, values: ArenaValues): Promise<number> {
  const shapeOf = (config: Config) => orThrow(inputShape(config, dataset.shape(config.integers)));
  for (const { config } of members) shapeOf(config);
  const first = values.seed ?? members[0]!.config.seed;
  const seeds = Array.from({ length: values.seeds }, (_, i) => (first + i) % 2 ** 32);
  const { train, test } = dataset.manifest.splits;
  if (train.rows === 0) throw problemError("split-empty", { split: "train" });
  const size = { testRows: test.rows, seeds: seeds.length, members: members.length };
  const earlier = await earlierVerdicts(values.earlier, dataset.identity);
  const plan = planArena({ ...size, earlier });
  say(plan ? planInWords(size, plan) : "the data set has no test split: there will be no verdict at the end");
  const device = await openDevice(values.device_target, { threads: values.threads });
  const control = createControl();
  const stop = () => control.stop();
  process.once("SIGINT", stop);
  const outcome = createOutcome(members, seeds);
  const createEngine = (config: Config) => device.createEngine(config, shapeOf(config));
  const inputs = { members, seeds, dataset, control, createEngine, evaluateEverySteps: 0 };
  await runArena({ ...inputs, emit: outcome.add });
  process.off("SIGINT", stop);
  const { manifest, identity } = dataset;
  printResult({ ...outcome.result(), plan, dataset: { name: manifest.name, identity } });
  return 0;
}

async function membersOf(values: ArenaValues): Promise<Member[]> {
  const members: Member[] = [];
  for (const source of values.config) {
    const { name, config: base } = await readConfig(source);
    const config = orThrow(
      parseConfig({
        ...base,
        epochs: values.train_epochs ?? base.epochs,
        batchSize: values.batch_size ?? base.batchSize,
        integers: values.integers === undefined ? base.integers : modesOption(values.integers),
      }),
    );
    members.push({ name: nameOf(name, members), config });
  }
  return orThrow(checkMembers(members));
}

/** The file's or the preset's name, with a number where it is taken. */
function nameOf(name: string, members: readonly Member[]): string {
  const taken = new Set(members.map((member) => member.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
  return free;
}

/** Says how it goes, and gathers the result. */
function createOutcome(members: readonly Member[], seeds: readonly number[]) {
  const tests: { seed: number; members: (TestFigures | null)[] }[] = [];
  const problems: (Problem | null)[] = members.map(() => null);
  let concluded: Extract<ArenaEvent, { type: "concluded" }> | null = null;
  const nameOf = (member: number) => members[member]!.name;
  const sayStep = throttled(2000, (seedIndex: number, member: number, step: number, totalSteps: number) =>
    say(`seed ${seedIndex + 1} of ${seeds.length}, ${nameOf(member)}: step ${step}/${totalSteps}`),
  );

  return {
    add(event: ArenaEvent): void {
      if (event.type === "failed") throw new ProblemError(event.problem);
      if (event.type === "member") {
        const inner = event.event;
        if (inner.type === "progressed")
          sayStep(event.seedIndex, event.member, inner.position.step, inner.totalSteps);
        if (inner.type === "failed") {
          problems[event.member] = inner.problem;
          say(`${nameOf(event.member)}: ${inner.problem.sentence} ${inner.problem.remedy}`);
        }
      }
      if (event.type === "seedFinished") {
        const seed = seeds[event.seedIndex]!;
        tests.push({ seed, members: event.tests });
        for (const { verdict } of event.heldOut ?? []) say(`seed ${seed}: ${verdict.sentence}`);
      }
      if (event.type === "concluded") {
        concluded = event;
        const { overview, pairs = [] } = event.heldOut ?? {};
        const sentences = pairs.flatMap(({ verdict }) => [verdict.sentence, ...verdict.notes]);
        // Of one pair the overview is its sentence; pairs may share a note.
        for (const sentence of new Set(overview === undefined ? [] : [overview, ...sentences])) say(sentence);
      }
    },
    result() {
      const { pairs, overview, heldOut } = concluded!;
      return {
        members: members.map(({ name, config }, index) => ({
          name,
          difference: index === 0 ? null : configDifference(members[0]!.config, config),
          problem: problems[index],
          config,
        })),
        seeds,
        stopped: heldOut === null,
        atTheEnd: heldOut && heldOutResult(heldOut, nameOf),
        whileLearning: { overview, pairs: pairs.map((pair) => pairResult(pair, nameOf)) },
        tests,
      };
    },
  };
}
