// What an arena finds out: the judge takes in the members' losses and scores, seed by seed, and turns them into events
// with verdicts. It neither trains nor reads data, so it outlives engines that are lost.

import type { Member } from "../arena/questions.ts";
import type { StepContext } from "../checkpoint/progress.ts";
import type { StepReport } from "../engine/engine.ts";
import {
  disagreement,
  type HeldOutFinding,
  heldOutOverview,
  scopeInWords,
} from "../metrics/heldOutVerdict.ts";
import { type LearningFinding, learningVerdict, meanOverSeeds } from "../metrics/learningVerdict.ts";
import { ALPHA, type Verdict, voidVerdict, winsInWords } from "../metrics/verdict.ts";
import { pairsOf } from "../runs/arenaCurves.ts";
import type { ArenaEvent, HeldOut, HeldOutPair, PairVerdict } from "../runs/arenaEvents.ts";
import { createComparison, type PairState } from "./comparison.ts";
import type { Scores } from "./evaluate.ts";
import { contributionsOf, createHeldOutFindings } from "./heldOut.ts";

export interface JudgeInputs {
  members: Member[];
  /** All that were declared. */
  seeds: number[];
  trainRows: number;
  /** 0: there is no test split, and no verdict at the end. */
  testRows: number;
}

export interface Judge {
  /** The judge of a seed that begins. */
  seed(seedIndex: number): SeedJudge;
  /** After the last seed, or where the arena was stopped. It holds two float64 a test row and member until then. */
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

export function createJudge({ members, seeds, trainRows, testRows }: JudgeInputs): Judge {
  const pairs = pairsOf(members.length);
  const names = pairs.map(({ first, second }) => ({
    first: members[first]!.name,
    second: members[second]!.name,
  }));
  /** Members that met a problem in any seed. */
  const failed = new Set<number>();
  /** While learning, of each seed that is over. */
  const states: PairState[][] = [];
  const heldOutInputs = { pairs, names: members.map(({ name }) => name), testRows, voidOf };
  const findings = createHeldOutFindings(heldOutInputs);
  let complete = 0;

  function seedJudge(seedIndex: number): SeedJudge {
    const batches = Math.ceil(trainRows / members[0]!.config.batchSize);
    // Every seed's interval is looked at, so they share the level.
    const alpha = ALPHA / pairs.length / seeds.length;
    const comparison = createComparison({ pairs, members: members.length, batches, alpha });

    function learning(index: number, over: boolean): PairVerdict {
      const finding = { ...names[index]!, ...comparison.state(index), seeds: 1, over };
      return { ...pairs[index]!, verdict: voidOf(index) ?? learningVerdict(finding) };
    }

    return {
      add: comparison.add,
      leave(member) {
        failed.add(member);
        comparison.leave(member);
      },
      compared() {
        const points = comparison.takePoints();
        const judged = pairs.map((_, index) => {
          // Later epochs bring no rows that count.
          const over = comparison.state(index).rowsSeen === trainRows;
          return { ...learning(index, over), points: points[index]! };
        });
        return { type: "compared", seedIndex, pairs: judged };
      },
      finish(finals) {
        states.push(pairs.map((_, index) => comparison.state(index)));
        const judged = {
          type: "seedFinished",
          seedIndex,
          pairs: pairs.map((_, i) => learning(i, true)),
        } as const;
        if (!finals) return { ...judged, heldOut: null, tests: members.map(() => null) };
        complete++;
        const contributions = finals.map((scores) => scores && contributionsOf(scores));
        findings.add(contributions);
        const alone = createHeldOutFindings(heldOutInputs);
        alone.add(contributions);
        const tests = contributions.map((member) => member?.figures ?? null);
        return { ...judged, heldOut: testRows > 0 ? alone.pairs() : null, tests };
      },
    };
  }

  /** The verdict at the end, beside what was found while learning. */
  function heldOutOf(found: HeldOutPair[], learning: PairVerdict[]): HeldOut {
    const size = { rows: testRows, seeds: seeds.length };
    if (testRows === 0) {
      const overview = "This data set has no test split: nothing can be said about held-out rows.";
      return { ...size, overview, scope: "", pairs: [], disagreements: [] };
    }
    const judged = found.flatMap(({ logLoss, auc }, index): HeldOutFinding[] =>
      logLoss && !voidOf(index) ? [{ ...names[index]!, logLoss, auc }] : [],
    );
    return {
      ...size,
      overview:
        found.length === 1
          ? found[0]!.verdict.sentence
          : heldOutOverview(
              members.map(({ name }) => name),
              judged,
            ),
      scope: scopeInWords({ ...size, pairs: pairs.length }),
      pairs: found,
      disagreements: found.map(({ verdict, logLoss }, index) =>
        logLoss && !voidOf(index)
          ? disagreement(names[index]!, learning[index]!.verdict.better, verdict.better)
          : null,
      ),
    };
  }

  /** Of a pair that lost a member. */
  function voidOf(index: number): Verdict | null {
    const { first, second } = pairs[index]!;
    const leaver = [first, second].find((member) => failed.has(member));
    return leaver === undefined
      ? null
      : voidVerdict(names[index]!.first, names[index]!.second, members[leaver]!.name);
  }

  /** Who learned faster, over all seeds. */
  function learningOverSeeds(): PairVerdict[] {
    return pairs.map((pair, index) => {
      const finding = { ...names[index]!, ...overSeeds(states.map((seed) => seed[index]!)) };
      return { ...pair, verdict: voidOf(index) ?? learningVerdict(finding) };
    });
  }

  return {
    seed: seedJudge,
    conclude() {
      const learning = learningOverSeeds();
      return {
        type: "concluded",
        pairs: learning,
        overview: learningOverview(members, learning),
        heldOut: complete === seeds.length ? heldOutOf(findings.pairs(), learning) : null,
      };
    },
  };
}

/** What the first passes of a pair say together; `found` is one a seed. */
function overSeeds(found: PairState[]): Omit<LearningFinding, "first" | "second"> {
  const differences = found.map(({ logLoss }) => logLoss).filter((difference) => difference !== null);
  return {
    identical: found.length > 0 && found.every(({ identical }) => identical),
    logLoss: differences.length === found.length ? meanOverSeeds(differences) : null,
    rowsToTell: found[0]?.rowsToTell ?? null,
    rowsSeen: Math.min(...found.map(({ rowsSeen }) => rowsSeen)),
    seeds: found.length,
    over: true,
  };
}

function learningOverview(members: Member[], pairs: PairVerdict[]): string {
  const nameOf = (member: number) => members[member]!.name;
  const wins = pairs.flatMap(({ first, second, verdict: { better } }) => {
    if (better === null) return [];
    const [winner, loser] = better === "first" ? [first, second] : [second, first];
    return [{ winner: nameOf(winner), loser: nameOf(loser) }];
  });
  const names = members.map(({ name }) => name);
  const found = winsInWords(names, wins, "learned faster than");
  return found === null ? "No member learned clearly faster." : `${found}.`;
}
