// An arena's verdicts as CSV: a line for each pair of members and figure, for both questions.

import type { Finding } from "../metrics/simultaneous.ts";
import type { PairVerdict } from "./arenaEvents.ts";
import type { ArenaRecord } from "./arenaRecord.ts";
import { csvLines } from "./csv.ts";

const HEAD =
  "question,first,second,figure,difference,low,high,standard_error,p,clear,better,seeds,rows,sentence";

/** Differences are second − first; intervals are simultaneous over the pairs, p is Holm's. */
export function arenaToCsv({ members, heldOut, verdicts, seeds }: ArenaRecord): string {
  const nameOf = (member: number) => members[member]!.name;
  const start = (question: string, { first, second }: PairVerdict) => [
    question,
    nameOf(first),
    nameOf(second),
  ];
  const betterOf = ({ first, second, verdict: { better } }: PairVerdict) =>
    better === null ? "" : nameOf(better === "first" ? first : second);
  const ends = (heldOut?.pairs ?? []).flatMap((pair) =>
    (["logLoss", "auc"] as const).map((figure) => [
      ...start("at the end", pair),
      figure === "auc" ? "test AUC" : "test log loss",
      ...numbersOf(pair[figure]),
      betterOf(pair),
      heldOut!.seeds,
      heldOut!.rows,
      pair.verdict.sentence,
    ]),
  );
  const learning = verdicts.map((pair) => [
    ...start("while learning", pair),
    "first-pass log loss",
    ...numbersOf(null),
    betterOf(pair),
    seeds.length,
    "",
    pair.verdict.sentence,
  ]);
  return `${HEAD}\n${csvLines([...ends, ...learning])}`;
}

function numbersOf(finding: Finding | null): (number | string)[] {
  if (!finding) return ["", "", "", "", "", ""];
  const { mean, radius, standardError, p, isClear } = finding;
  return [mean, mean - radius, mean + radius, standardError, p ?? "", String(isClear)];
}
