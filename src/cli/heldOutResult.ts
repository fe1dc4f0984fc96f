// Verdicts as a command's result has them: members by their names, each difference with its interval.

import { hillis } from "../metrics/crossed.ts";
import type { Finding } from "../metrics/simultaneous.ts";
import { ALPHA } from "../metrics/verdict.ts";
import type { HeldOut, PairVerdict } from "../runs/arenaEvents.ts";

/** The verdict on held-out rows as a command prints it, members by their names. */
export function heldOutResult(
  { pairs, disagreements, ...heldOut }: HeldOut,
  nameOf: (member: number) => string,
) {
  return {
    ...heldOut,
    pairs: pairs.map((pair, index) => ({
      ...pairResult(pair, nameOf),
      disagreement: disagreements[index] ?? null,
      logLoss: pair.logLoss && figure(pair.logLoss),
      auc: pair.auc && figure(pair.auc),
    })),
  };
}

/** The verdict of one pair, likewise. */
export function pairResult({ first, second, verdict }: PairVerdict, nameOf: (member: number) => string) {
  const { better, sentence, notes } = verdict;
  const winner = better === null ? null : nameOf(better === "first" ? first : second);
  return { first: nameOf(first), second: nameOf(second), better: winner, sentence, notes };
}

/**
 * A difference, second − first; the textbook's analysis of the pair alone beside it, and how much it varied, which the plan of a
 * later arena takes.
 */
function figure(finding: Finding) {
  const { mean, radius, p, isClear, standardError } = finding;
  const { degrees, ...textbook } = hillis(finding, ALPHA);
  return {
    difference: mean,
    low: mean - radius,
    high: mean + radius,
    p,
    isClear,
    standardError,
    variance: {
      overSeeds: finding.overSeeds,
      seeds: finding.seeds,
      betweenSeeds: finding.seedVariance,
      overRows: finding.rowVariance,
      sharedOverRows: finding.rowCovariance,
    },
    hillis: {
      degrees: Number.isFinite(degrees) ? degrees : null,
      low: mean - textbook.radius,
      high: mean + textbook.radius,
      p: textbook.p,
    },
  };
}
