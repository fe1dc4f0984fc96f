// The arena: two to six configurations in lock-step on the same batches in the same order from the same seed, one seed
// after the other. What follows from their losses is found out by the judge (arenaJudge.ts).

import { type Member, memberConfig } from "../arena/questions.ts";
import type { Engine } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";
import type { ArenaEvent } from "../runs/arenaEvents.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createJudge, type SeedJudge } from "./arenaJudge.ts";
import type { RunControl } from "./control.ts";
import { evaluateSplit, type Scores } from "./evaluate.ts";
import { createLearner } from "./learner.ts";
import { trainLoop } from "./loop.ts";

export interface ArenaInputs {
  /** Checked by `checkMembers`. Their configurations' seeds are not used. */
  members: Member[];
  /** Each serves every member; declared before the first of them begins. */
  seeds: number[];
  dataset: Dataset;
  control: RunControl;
  createEngine(config: Config): Promise<Engine>;
  /** Steps between evaluations besides those at the ends of epochs; 0: none. */
  evaluateEverySteps: number;
}

const EVENT_MS = 200;

/** Trains and compares; ends early when the control is told to stop. */
export async function* runArena(inputs: ArenaInputs): AsyncGenerator<ArenaEvent, void> {
  const { members, seeds, dataset, control } = inputs;
  const judge = createJudge({ members, seeds, trainRows: dataset.manifest.splits.train.rows });
  for (const [seedIndex, seed] of seeds.entries()) {
    yield { type: "seedStarted", seedIndex, seed };
    yield* runSeed(inputs, judge.seed(seedIndex), seedIndex);
    if (control.stopping) break;
  }
  yield judge.conclude();
}

/** One seed: all members trained side by side, then compared. */
async function* runSeed(
  inputs: ArenaInputs,
  judge: SeedJudge,
  seedIndex: number,
): AsyncGenerator<ArenaEvent, void> {
  const { dataset, control, evaluateEverySteps } = inputs;
  const seed = inputs.seeds[seedIndex]!;
  const configs = inputs.members.map((member) => memberConfig(member, seed));
  const failed = new Set<number>();
  const lastScores = new Map<number, Scores>();
  const engines: Engine[] = [];

  /** Each member's scores on the test split in its final state, which is an earlier one for a schedule that keeps the best. */
  async function finalScores(): Promise<(Scores | null)[]> {
    const scores: (Scores | null)[] = [];
    for (const [member, config] of configs.entries()) {
      if (failed.has(member)) scores.push(null);
      else if (config.schedule.type === "plateau")
        scores.push(await testScores(engines[member]!, dataset, config));
      else scores.push(lastScores.get(member) ?? null);
    }
    return scores;
  }

  try {
    for (const config of configs) engines.push(await inputs.createEngine(config));
    const learners = configs.map((config, member) =>
      createLearner({
        config,
        dataset,
        engine: engines[member]!,
        onReport: (report, context) => judge.add(member, report, context),
        onScores: (split, scores) => {
          if (split === "test") lastScores.set(member, scores);
        },
      }),
    );
    let told = performance.now();
    const loop = { config: { ...configs[0]!, seed }, dataset, control, evaluateEverySteps };
    for await (const { learner: member, event } of trainLoop(learners, loop)) {
      if (event.type === "failed") {
        failed.add(member);
        judge.leave(member);
      }
      yield { type: "member", seedIndex, member, event };
      if (event.type !== "paused" && performance.now() - told < EVENT_MS) continue;
      told = performance.now();
      yield judge.compared();
    }
    yield judge.compared();
    // A stopped seed has not come to the evaluation that was declared.
    yield judge.finish(control.stopping ? null : await finalScores());
  } finally {
    for (const engine of engines) engine.dispose();
  }
}

async function testScores(engine: Engine, dataset: Dataset, config: Config): Promise<Scores | null> {
  if (dataset.manifest.splits.test.rows === 0) return null;
  const pass = evaluateSplit(engine, dataset, config, "test");
  let next = await pass.next();
  while (!next.done) next = await pass.next();
  return next.value.scores;
}
