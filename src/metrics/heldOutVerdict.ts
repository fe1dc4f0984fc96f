// Which of two configurations is better at the end, on rows held out: the test split at the last evaluation, which was
// declared before training.

import { LEAST_SEEDS } from "./crossed.ts";
import { rowsNeeded, seedsNeeded, spreadOf } from "./power.ts";
import type { Finding } from "./simultaneous.ts";
import { ALPHA, count, interval, roundUp, type Verdict, type Win, winsInWords } from "./verdict.ts";

/** Differences of two members, second − first. */
export interface HeldOutFinding {
  first: string;
  second: string;
  logLoss: Finding;
  /** null where the rows hold one class only. */
  auc: Finding | null;
}

/** How much was looked at. */
export interface HeldOutScope {
  /** Test rows. */
  rows: number;
  seeds: number;
  /** Pairs of members that were compared. */
  pairs: number;
}

/** As many as one would train for a difference that matters. */
const MANY_SEEDS = 20;

type Side = "first" | "second";

/** Which member's log loss is clearly lower, and whose AUC clearly higher. */
function clearSides({ logLoss, auc }: Pick<HeldOutFinding, "logLoss" | "auc">): {
  logLoss: Side | null;
  auc: Side | null;
} {
  return {
    logLoss: logLoss.isClear ? (logLoss.mean < 0 ? "second" : "first") : null,
    auc: auc?.isClear ? (auc.mean > 0 ? "second" : "first") : null,
  };
}

/** The verdict about a pair. It is better whose log loss is clearly lower, unless the other's AUC is clearly higher. */
export function heldOutVerdict(finding: HeldOutFinding, scope: HeldOutScope): Verdict {
  const { first, second, logLoss, auc } = finding;
  if (logLoss.p === null && logLoss.mean === 0) {
    const sentence = `${first} and ${second} are identical: every test loss is the same.`;
    return { sentence, notes: [], better: null };
  }
  const names = { first, second };
  const clear = clearSides(finding);
  const other = (side: Side) => (side === "first" ? "second" : "first");
  const lossAhead = logLoss.mean < 0 ? "second" : "first";
  const lossBy = `test log loss lower by ${interval(logLoss.mean, logLoss.radius)}`;
  const aucAhead = auc && (auc.mean > 0 ? "second" : "first");
  const aucBy = auc && `AUC higher by ${interval(auc.mean, auc.radius)}`;
  const notes = [
    logLoss.isClear ? null : moreNeeded("A log loss difference", logLoss, scope),
    !auc || auc.isClear ? null : moreNeeded("An AUC difference", auc, scope),
  ].filter((note) => note !== null);
  if (clear.logLoss && clear.auc && clear.logLoss !== clear.auc)
    return {
      sentence: `${names[clear.logLoss]} has the ${lossBy}, ${names[clear.auc]} the ${aucBy}.`,
      notes,
      better: null,
    };
  if (clear.logLoss) {
    const sameWay = aucAhead === clear.logLoss;
    const beside = aucBy === null ? "" : clear.auc ? `, ${aucBy}` : `; ${notClear(aucBy, sameWay)}`;
    const sentence = `${names[clear.logLoss]} is better than ${names[other(clear.logLoss)]}: ${lossBy}${beside}.`;
    return { sentence, notes, better: clear.logLoss };
  }
  if (clear.auc) {
    const sentence =
      `${names[clear.auc]} ranks better than ${names[other(clear.auc)]}: ${aucBy}; log losses do not differ ` +
      `clearly (${lossBy} with ${names[lossAhead]}).`;
    return { sentence, notes, better: null };
  }
  const sentence =
    `${first} and ${second} do not differ clearly: ${lossBy} with ${names[lossAhead]}` +
    `${aucBy === null ? "" : `, ${aucBy} with ${names[aucAhead!]}`}.`;
  return { sentence, notes, better: null };
}

function notClear(aucBy: string, sameWay: boolean): string {
  return `AUCs do not differ clearly (${aucBy}${sameWay ? "" : " with the other"})`;
}

/** All that is clear among the members, in a sentence. */
export function heldOutOverview(names: readonly string[], pairs: readonly HeldOutFinding[]): string {
  const wins = (measure: "logLoss" | "auc") =>
    pairs.flatMap(({ first, second, ...found }): Win[] => {
      const side = clearSides(found)[measure];
      if (side === null) return [];
      return [side === "first" ? { winner: first, loser: second } : { winner: second, loser: first }];
    });
  const [byLoss, byAuc] = [wins("logLoss"), wins("auc")].map((found) =>
    winsInWords(names, found, "is better than"),
  );
  if (!byLoss && !byAuc) return "No difference between members is clear on held-out rows.";
  if (byLoss === byAuc) return `By log loss and by AUC, ${byLoss}.`;
  const none = "no difference is clear";
  return `By log loss, ${byLoss ?? none}. By AUC, ${byAuc ?? none}.`;
}

/** What the verdicts are about, for example "For new seeds and new rows like these: 5 seeds × 9,908 test rows". */
export function scopeInWords({ rows, seeds, pairs }: HeldOutScope): string {
  const about =
    seeds >= LEAST_SEEDS
      ? "For new seeds and new rows like these"
      : seeds === 1
        ? "This trained model, on new rows like these"
        : "These trained models, on new rows like these";
  const corrected = pairs > 1 ? `, corrected for ${pairs} pairs (Holm)` : "";
  return (
    `${about}: ${seeds} ${seeds === 1 ? "seed" : "seeds"} × ${count(rows)} test rows at the last evaluation, which was ` +
    `declared before training; 95 % intervals${corrected}.`
  );
}

/** Where the end says something else than the first pass did; null where they agree. */
export function disagreement(
  { first, second }: { first: string; second: string },
  faster: Side | null,
  better: Side | null,
): string | null {
  const names = { first, second };
  if (faster === better) return null;
  if (faster === null) return `${names[better!]} ended better, though it did not learn clearly faster.`;
  if (better === null) return `${names[faster]} learned faster, and ended no better.`;
  return `${names[faster]} learned faster, but ${names[better]} ended better.`;
}

/** How many seeds or rows more would find a difference as large as the one that was found. */
function moreNeeded(what: string, found: Finding, { rows, seeds, pairs }: HeldOutScope): string | null {
  if (!(found.standardError > 0)) return null;
  const spread = spreadOf(found, rows);
  const study = { seeds, rows, alpha: ALPHA / pairs };
  const size = Math.abs(found.mean);
  const moreSeeds = found.overSeeds ? seedsNeeded(spread, study, size) : null;
  const moreRows = rowsNeeded(spread, study, size);
  // Where neither is enough alone, both together may be.
  const manyRows =
    moreSeeds === null && moreRows === null && found.overSeeds
      ? rowsNeeded(spread, { ...study, seeds: MANY_SEEDS }, size)
      : null;
  const onRows = (more: number) => `on about ${count(roundUp(more))} rows`;
  const ways = [
    moreSeeds === null ? null : `${moreSeeds} seeds on these rows`,
    moreRows === null ? null : `${seeds === 1 ? "this seed" : "these seeds"} ${onRows(moreRows)}`,
    manyRows === null ? null : `${MANY_SEEDS} seeds ${onRows(manyRows)}`,
  ].filter((way) => way !== null);
  return ways.length > 0
    ? `${what} as small as this is found in 80 % of studies with ${ways.join(", or with ")}.`
    : `${what} as small as this would be found neither with 50 seeds nor with 1,000 times the rows.`;
}
