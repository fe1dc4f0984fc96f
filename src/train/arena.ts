// The arena: two to six configurations in lock-step on the same batches in the same order from the same seed, one seed
// after the other. What follows from their losses is found out by the judge (arenaJudge.ts).

import { type Member, memberConfig } from "../arena/questions.ts";
import type { RunSnapshot } from "../checkpoint/snapshot.ts";
import type { Engine } from "../engine/engine.ts";
import { type Config, keepsBest } from "../model/config.ts";
import type { ArenaEvent } from "../runs/arenaEvents.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createJudge, type SeedJudge } from "./arenaJudge.ts";
import type { RunControl } from "./control.ts";
import { evaluateSplit, type Scores } from "./evaluate.ts";
import { createSession, type SeedMember, type Session } from "./session.ts";

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
  emit(event: ArenaEvent): void | Promise<void>;
  /** Keeps a member's final model under a seed that has come to its end. */
  keep?(seedIndex: number, member: number, model: MemberModel): Promise<void>;
  /** See SessionInputs. */
  mend?(cause: unknown, seedIndex: number): Promise<boolean>;
}

/** A member under one seed, as that seed left it. */
export interface MemberModel {
  config: Config;
  engine: Engine;
  snapshot(): Promise<RunSnapshot>;
}

/** Comparisons are reported about five times a second. */
const EVENT_MS = 200;

/** A seed under way: its judge, and each member's newest scores on the test split. */
interface Seed {
  judge: SeedJudge;
  failed: Set<number>;
  scores: Map<number, Scores>;
}

/** Makes an arena; it begins with `train` and ends early when it is stopped. */
export function createArenaSession(inputs: ArenaInputs): Session {
  const { members, seeds, dataset, control, evaluateEverySteps, createEngine, emit } = inputs;
  const { train, test } = dataset.manifest.splits;
  const judge = createJudge({ members, seeds, trainRows: train.rows, testRows: test.rows });
  let seed: Seed;
  let compared = performance.now();

  function startSeed(seedIndex: number): Seed {
    return { judge: judge.seed(seedIndex), failed: new Set(), scores: new Map() };
  }

  /** A member under the seed that has just begun; what it reports goes to that seed's judge. */
  function seedMember(member: number, config: Config): SeedMember {
    const { judge: seedJudge, scores } = seed;
    return {
      config,
      onReport: (report, context) => seedJudge.add(member, report, context),
      onScores(split, found) {
        if (split === "test") scores.set(member, found);
      },
    };
  }

  /** Each member's scores on the test split in its final state, which is an earlier one for a schedule that keeps the best. */
  async function finalScores(configs: Config[], engines: Engine[]): Promise<(Scores | null)[]> {
    const found: (Scores | null)[] = [];
    for (const [member, config] of configs.entries()) {
      if (seed.failed.has(member)) found.push(null);
      else if (keepsBest(config)) found.push(await testScores(engines[member]!, dataset, config));
      else found.push(seed.scores.get(member) ?? null);
    }
    return found;
  }

  async function keepMembers(seedIndex: number, configs: Config[], engines: Engine[]): Promise<void> {
    for (const [member, config] of configs.entries()) {
      const snapshot = () => session.snapshot(member);
      if (!seed.failed.has(member))
        await inputs.keep?.(seedIndex, member, { config, engine: engines[member]!, snapshot });
    }
  }

  const configsOf = (seedIndex: number) => members.map((member) => memberConfig(member, seeds[seedIndex]!));

  const session = createSession({
    seeds,
    dataset,
    control,
    evaluateEverySteps,
    createEngine,
    membersOf: (seedIndex) => configsOf(seedIndex).map((config, member) => seedMember(member, config)),
    async onSeedStart(seedIndex) {
      seed = startSeed(seedIndex);
      await emit({ type: "seedStarted", seedIndex, seed: seeds[seedIndex]! });
    },
    async emit(seedIndex, member, event) {
      if (event.type === "failed") {
        seed.failed.add(member);
        seed.judge.leave(member);
      }
      await emit({ type: "member", seedIndex, member, event });
      if (event.type !== "paused" && performance.now() - compared < EVENT_MS) return;
      compared = performance.now();
      await emit(seed.judge.compared());
    },
    async onSeedEnd(seedIndex, engines) {
      await emit(seed.judge.compared());
      // A stopped seed has not come to the evaluation that was declared.
      const configs = control.stopping ? null : configsOf(seedIndex);
      await emit(seed.judge.finish(configs && (await finalScores(configs, engines))));
      if (configs) await keepMembers(seedIndex, configs, engines);
    },
    onEnd: () => emit(judge.conclude()),
    ...(inputs.mend && { mend: inputs.mend }),
  });
  return session;
}

/** Trains an arena to its end. */
export async function runArena(inputs: ArenaInputs): Promise<void> {
  const session = createArenaSession(inputs);
  try {
    await session.train();
  } finally {
    session.dispose();
  }
}

async function testScores(engine: Engine, dataset: Dataset, config: Config): Promise<Scores | null> {
  if (dataset.manifest.splits.test.rows === 0) return null;
  const pass = evaluateSplit(engine, dataset, config, "test");
  let next = await pass.next();
  while (!next.done) next = await pass.next();
  return next.value.scores;
}
