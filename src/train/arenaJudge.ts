// What an arena finds out: the judge takes in the members' losses and scores, seed by seed, and turns them into events
// with verdicts. It neither trains nor reads data, so it outlives engines that are lost.

import type { Member } from "../arena/questions.ts";
import type { StepContext } from "../checkpoint/progress.ts";
import type { StepReport } from "../engine/engine.ts";
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
import type { ArenaEvent, PairVerdict } from "../runs/arenaEvents.ts";
import { pairsOf } from "./arenaMembers.ts";
import { createComparison, type PairState } from "./comparison.ts";
import type { Scores } from "./evaluate.ts";

export interface JudgeInputs {
  members: Member[];
  /** All that were declared. */
  seeds: number[];
  trainRows: number;
}

export interface Judge {
  /** The judge of a seed that begins. */
  seed(seedIndex: number): SeedJudge;
  /** After the last seed, or where the arena was stopped. */
  conclude(): Extract<ArenaEvent, { type: "concluded" }>;
}

export interface SeedJudge {
  /** Takes in a member's step; steps of one member come in order. */
  add(member: number, report: StepReport, context: StepContext): void;
  /** A member met a problem: the others are compared without it. */
  leave(member: number): void;
  /** What the last batches added. */
  compared(): Extract<ArenaEvent, { type: "compared" }>;
  /**
   * The seed is over. `finals`: each member's scores on the test split in its final state, null where there are none;
   * as a whole null when the seed was stopped, since then it has not come to the evaluation that was declared.
   */
  finish(finals: (Scores | null)[] | null): Extract<ArenaEvent, { type: "seedFinished" }>;
}

/** What a pair leaves behind after one seed. */
interface PairOutcome {
  state: PairState;
  /** On the test split at the last evaluation; null where one of the two has none. */
  auc: AucFinding | null;
  failed: boolean;
  verdict: Verdict;
}

const ALPHA = 0.05;

export function createJudge({ members, seeds, trainRows }: JudgeInputs): Judge {
  const pairs = pairsOf(members.length);
  /** Of the seeds that came to their end. */
  const outcomes: PairOutcome[][] = [];
  let last: PairOutcome[] = [];

  function seedJudge(seedIndex: number): SeedJudge {
    const batches = Math.ceil(trainRows / members[0]!.config.batchSize);
    const alpha = ALPHA / pairs.length;
    const comparison = createComparison({ pairs, members: members.length, batches, alpha });
    const failed = new Set<number>();

    function outcomeOf(index: number, auc: AucFinding | null, over: boolean): PairOutcome {
      const pair = pairs[index]!;
      const names = { first: members[pair.first]!.name, second: members[pair.second]!.name };
      const state = comparison.state(index);
      const leaver = [pair.first, pair.second].find((member) => failed.has(member));
      const verdict =
        leaver === undefined
          ? runVerdict({ ...names, ...state, auc, over })
          : voidVerdict(names.first, names.second, members[leaver]!.name);
      return { state, auc, failed: leaver !== undefined, verdict };
    }

    return {
      add: comparison.add,
      leave(member) {
        failed.add(member);
        comparison.leave(member);
      },
      compared() {
        const points = comparison.takePoints();
        const told = pairs.map((pair, index) => {
          // Later epochs bring no rows that count.
          const over = comparison.state(index).rowsSeen === trainRows;
          return { ...pair, points: points[index]!, verdict: outcomeOf(index, null, over).verdict };
        });
        return { type: "compared", seedIndex, pairs: told };
      },
      finish(finals) {
        const aucs = finals ? aucFindings(finals) : pairs.map(() => null);
        last = pairs.map((_, index) => outcomeOf(index, aucs[index]!, true));
        if (finals) outcomes.push(last);
        return { type: "seedFinished", seedIndex, pairs: withVerdicts(last.map(({ verdict }) => verdict)) };
      },
    };
  }

  function withVerdicts(verdicts: Verdict[]): PairVerdict[] {
    return pairs.map((pair, index) => ({ ...pair, verdict: verdicts[index]! }));
  }

  /** DeLong's test of each pair, adjusted by Holm for their number. */
  function aucFindings(scores: (Scores | null)[]): (AucFinding | null)[] {
    const components = scores.map((score) => score && aucComponents(score.logits.at(-1)!, score.labels));
    const differences = pairs.map(({ first, second }) => {
      const [a, b] = [components[first], components[second]];
      return a && b ? aucDifference(a, b) : null;
    });
    const adjusted = holm(differences.map((difference) => difference?.p ?? null));
    return differences.map((found, index) => found && { difference: found.difference, p: adjusted[index]! });
  }

  /** The configurations compared over the seeds that are done. */
  function overSeeds(): Verdict[] {
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

  return {
    seed: seedJudge,
    conclude() {
      const verdicts = seeds.length === 1 ? last.map(({ verdict }) => verdict) : overSeeds();
      const told = withVerdicts(verdicts);
      return { type: "concluded", pairs: told, overview: overviewOf(members, told) };
    },
  };
}

function aucOverSeeds(found: PairOutcome[]): AucFinding | null {
  const differences = found.map(({ auc }) => auc?.difference ?? null).filter((value) => value !== null);
  if (differences.length < found.length) return null;
  const { mean, p } = pairedT(differences, ALPHA);
  return { difference: mean, p };
}

function overviewOf(members: Member[], pairs: PairVerdict[]): string {
  const nameOf = (member: number) => members[member]!.name;
  return overview(
    members.map(({ name }) => name),
    pairs.map(({ first, second, verdict }) => ({ first: nameOf(first), second: nameOf(second), verdict })),
  );
}
