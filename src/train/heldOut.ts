// An arena's verdict on held-out rows: the members' scores at the last evaluation, gathered over seeds.

import { type Contributions, createCrossing } from "../metrics/crossed.ts";
import { aucComponents } from "../metrics/delong.ts";
import { heldOutVerdict } from "../metrics/heldOutVerdict.ts";
import { rowLogLosses } from "../metrics/logLoss.ts";
import { type Finding, findTogether } from "../metrics/simultaneous.ts";
import { ALPHA, type Verdict } from "../metrics/verdict.ts";
import type { HeldOutPair, Pair, TestFigures } from "../runs/arenaEvents.ts";
import type { Scores } from "./evaluate.ts";

/** What each row of the test split contributes to a member's log loss and AUC. */
export interface MemberContributions {
  logLoss: Contributions;
  /** null where the rows hold one class only. */
  auc: Contributions | null;
  figures: TestFigures;
}

/** What each held-out row adds to a member's log loss and AUC, by the fused logits. */
export function contributionsOf({ logits, labels }: Pick<Scores, "logits" | "labels">): MemberContributions {
  const fused = logits.at(-1)!;
  const losses = rowLogLosses(fused, labels);
  const components = aucComponents(fused, labels);
  return {
    logLoss: [losses],
    auc: components && [components.positives, components.negatives],
    figures: {
      logLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
      auc: components?.auc ?? null,
    },
  };
}

export interface HeldOutInputs {
  pairs: Pair[];
  /** The members' names. */
  names: string[];
  testRows: number;
  /** What stands in for the verdict about a pair that lost a member; null for the others. */
  voidOf(pair: number): Verdict | null;
}

export interface HeldOutFindings {
  /** Takes in a seed: what every member has, null where one has no evaluation. */
  add(members: (MemberContributions | null)[]): void;
  /** The verdicts over all seeds so far. */
  pairs(): HeldOutPair[];
}

/** Both figures of all members over seeds. It holds two float64 a test row and member. */
export function createHeldOutFindings({ pairs, names, testRows, voidOf }: HeldOutInputs): HeldOutFindings {
  const losses = createCrossing(names.length, pairs);
  const areas = createCrossing(names.length, pairs);
  let seeds = 0;

  function verdictOf(index: number, logLoss: Finding | null, auc: Finding | null): Verdict {
    const without = voidOf(index);
    if (without) return without;
    const [first, second] = [names[pairs[index]!.first]!, names[pairs[index]!.second]!];
    if (logLoss)
      return heldOutVerdict({ first, second, logLoss, auc }, { rows: testRows, seeds, pairs: pairs.length });
    return { sentence: `${first} and ${second} have no evaluation to compare.`, notes: [], better: null };
  }

  return {
    add(members) {
      seeds++;
      losses.add(members.map((member) => member?.logLoss ?? null));
      areas.add(members.map((member) => member?.auc ?? null));
    },
    pairs() {
      const [logLosses, aucs] = [losses, areas].map((figure) =>
        findTogether(
          pairs.map((_, index) => figure.estimate(index)),
          ALPHA,
        ),
      );
      return pairs.map((pair, index) => {
        const [logLoss, auc] = [logLosses![index]!, aucs![index]!];
        return { ...pair, logLoss, auc, verdict: verdictOf(index, logLoss, auc) };
      });
    },
  };
}
