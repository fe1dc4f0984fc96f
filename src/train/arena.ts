// The arena: two to six configurations in lock-step on the same batches in the same order from the same seed, compared
// batch by batch, and after the last evaluation by AUC. With several seeds it does so for each, then compares the
// configurations over the seeds.

import { problem } from "../base/problem.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { Engine } from "../engine/engine.ts";
import { aucComponents, aucDifference } from "../metrics/delong.ts";
import { holm } from "../metrics/holm.ts";
import { pairedT } from "../metrics/pairedT.ts";
import {
  type AucFinding,
  configurationVerdict,
  enoughSeeds,
  overview,
  runVerdict,
  type Verdict,
  voidVerdict,
} from "../metrics/verdict.ts";
import type { Config } from "../model/config.ts";
import { type Member, memberConfig } from "../model/questions.ts";
import type { ArenaEvent, Pair, PairVerdict } from "../runs/arenaEvents.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createComparison, type PairState } from "./comparison.ts";
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

/** What a pair leaves behind after one seed. */
interface PairOutcome {
  state: PairState;
  /** On the test split at the last evaluation; null where one of the two has none. */
  auc: AucFinding | null;
  failed: boolean;
  verdict: Verdict;
}

const LEAST_MEMBERS = 2;
const MOST_MEMBERS = 6;
const ALPHA = 0.05;
const EVENT_MS = 200;

/** Whether the members can train on the same batches. */
export function checkMembers(members: Member[]): Result<Member[]> {
  if (members.length < LEAST_MEMBERS || members.length > MOST_MEMBERS)
    return err(problem("arena-size", { members: members.length, least: LEAST_MEMBERS, most: MOST_MEMBERS }));
  const [first] = members as [Member];
  for (const [index, { name, config }] of members.entries()) {
    for (const field of ["batchSize", "epochs", "integers"] as const) {
      if (config[field] === first.config[field]) continue;
      const value = String(config[field]);
      const expected = String(first.config[field]);
      const details = { member: index, name, field, value, other: first.name, expected };
      return err(problem("arena-members-differ", details));
    }
  }
  return ok(members);
}

/** Trains and compares; ends early when the control is told to stop. */
export async function* runArena(inputs: ArenaInputs): AsyncGenerator<ArenaEvent, void> {
  const { members, seeds, control } = inputs;
  const pairs = pairsOf(members.length);
  /** Of the seeds that came to their end. */
  const outcomes: PairOutcome[][] = [];
  let last: PairOutcome[] = [];
  for (const [seedIndex, seed] of seeds.entries()) {
    yield { type: "seedStarted", seedIndex, seed };
    const { found, complete } = yield* runSeed(inputs, pairs, seedIndex);
    last = found;
    if (complete) outcomes.push(found);
    if (control.stopping) break;
  }
  const verdicts =
    seeds.length === 1 ? last.map(({ verdict }) => verdict) : overSeeds(inputs, pairs, outcomes);
  const told = pairs.map((pair, index) => ({ ...pair, verdict: verdicts[index]! }));
  yield { type: "concluded", pairs: told, overview: overviewOf(members, told) };
}

/** One seed: all members trained side by side, then compared. */
async function* runSeed(
  inputs: ArenaInputs,
  pairs: Pair[],
  seedIndex: number,
): AsyncGenerator<ArenaEvent, { found: PairOutcome[]; complete: boolean }> {
  const { dataset, control, evaluateEverySteps } = inputs;
  const seed = inputs.seeds[seedIndex]!;
  const configs = inputs.members.map((member) => memberConfig(member, seed));
  const batches = Math.ceil(dataset.manifest.splits.train.rows / configs[0]!.batchSize);
  const comparison = createComparison({
    pairs,
    members: configs.length,
    batches,
    alpha: ALPHA / pairs.length,
  });
  const failed = new Set<number>();
  const lastScores = new Map<number, Scores>();
  const engines: Engine[] = [];

  function outcomeOf(index: number, auc: AucFinding | null, over: boolean): PairOutcome {
    const pair = pairs[index]!;
    const names = { first: inputs.members[pair.first]!.name, second: inputs.members[pair.second]!.name };
    const state = comparison.state(index);
    const leaver = [pair.first, pair.second].find((member) => failed.has(member));
    const verdict =
      leaver === undefined
        ? runVerdict({ ...names, ...state, auc, over })
        : voidVerdict(names.first, names.second, inputs.members[leaver]!.name);
    return { state, auc, failed: leaver !== undefined, verdict };
  }

  function compared(): ArenaEvent {
    const points = comparison.takePoints();
    const told = pairs.map((pair, index) => {
      // Later epochs bring no rows that count.
      const over = comparison.state(index).rowsSeen === dataset.manifest.splits.train.rows;
      const { verdict } = outcomeOf(index, null, over);
      return { ...pair, points: points[index]!, verdict };
    });
    return { type: "compared", seedIndex, pairs: told };
  }

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
        onReport: (report, context) => comparison.add(member, report, context),
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
        comparison.leave(member);
      }
      yield { type: "member", seedIndex, member, event };
      if (event.type !== "paused" && performance.now() - told < EVENT_MS) continue;
      told = performance.now();
      yield compared();
    }
    yield compared();
    // A stopped seed has not come to the evaluation that was declared.
    const complete = !control.stopping;
    const aucs = complete ? aucFindings(pairs, await finalScores()) : pairs.map(() => null);
    const found = pairs.map((_, index) => outcomeOf(index, aucs[index]!, true));
    const verdicts = pairs.map((pair, index) => ({ ...pair, verdict: found[index]!.verdict }));
    yield { type: "seedFinished", seedIndex, pairs: verdicts };
    return { found, complete };
  } finally {
    for (const engine of engines) engine.dispose();
  }
}

/** The configurations compared over the seeds that are done. */
function overSeeds({ members, seeds }: ArenaInputs, pairs: Pair[], outcomes: PairOutcome[][]): Verdict[] {
  const complete = outcomes.length === seeds.length && enoughSeeds(seeds.length);
  const aucs = pairs.map((_, index) =>
    complete ? aucOverSeeds(outcomes.map((pair) => pair[index]!)) : null,
  );
  const adjusted = holm(aucs.map((auc) => auc?.p ?? null));
  return pairs.map((pair, index) => {
    const [first, second] = [members[pair.first]!.name, members[pair.second]!.name];
    const found = outcomes.map((outcome) => outcome[index]!);
    if (found.some((outcome) => outcome.failed)) return found.find((outcome) => outcome.failed)!.verdict;
    const means = found.map(({ state }) => state.logLoss?.mean ?? null);
    const differences = means.filter((mean) => mean !== null);
    const auc = aucs[index]!;
    return configurationVerdict({
      first,
      second,
      identical: found.length > 0 && found.every(({ state }) => state.identical),
      seeds: outcomes.length,
      declaredSeeds: seeds.length,
      logLoss:
        complete && differences.length === means.length ? pairedT(differences, ALPHA / pairs.length) : null,
      rows: found[0]?.state.logLoss?.rows ?? 0,
      auc: auc && { difference: auc.difference, p: adjusted[index]! },
    });
  });
}

function aucOverSeeds(found: PairOutcome[]): AucFinding | null {
  const differences = found.map(({ auc }) => auc?.difference ?? null).filter((value) => value !== null);
  if (differences.length < found.length) return null;
  const { mean, p } = pairedT(differences, ALPHA);
  return { difference: mean, p };
}

/** DeLong's test of each pair, adjusted by Holm for their number. */
function aucFindings(pairs: Pair[], scores: (Scores | null)[]): (AucFinding | null)[] {
  const components = scores.map((score) => score && aucComponents(score.logits.at(-1)!, score.labels));
  const differences = pairs.map(({ first, second }) => {
    const [a, b] = [components[first], components[second]];
    return a && b ? aucDifference(a, b) : null;
  });
  const adjusted = holm(differences.map((difference) => difference?.p ?? null));
  return differences.map((found, index) => found && { difference: found.difference, p: adjusted[index]! });
}

async function testScores(engine: Engine, dataset: Dataset, config: Config): Promise<Scores | null> {
  if (dataset.manifest.splits.test.rows === 0) return null;
  const pass = evaluateSplit(engine, dataset, config, "test");
  let next = await pass.next();
  while (!next.done) next = await pass.next();
  return next.value.scores;
}

function overviewOf(members: Member[], pairs: PairVerdict[]): string {
  const nameOf = (member: number) => members[member]!.name;
  return overview(
    members.map(({ name }) => name),
    pairs.map(({ first, second, verdict }) => ({ first: nameOf(first), second: nameOf(second), verdict })),
  );
}

function pairsOf(members: number): Pair[] {
  return Array.from({ length: members }, (_, first) =>
    Array.from({ length: members - first - 1 }, (_, k) => ({ first, second: first + 1 + k })),
  ).flat();
}
