// What a comparison found, in sentences. Differences are log loss of the second − log loss of the first, so a negative
// one speaks for the second.

import { isClear, LEAST_CLAIM_BATCHES, type MeanDifference } from "./confidenceSequence.ts";
import type { PairedT } from "./pairedT.ts";

/** The AUC difference on the test split, second − first; p already adjusted for the number of comparisons. */
export interface AucFinding {
  difference: number;
  p: number | null;
}

/** Two models of one seed. */
export interface RunFinding {
  /** The members' names. */
  first: string;
  second: string;
  /** Every loss was equal, bit for bit. */
  identical: boolean;
  /** null while the first batches set the scale. */
  logLoss: MeanDifference | null;
  rowsToTell: number | null;
  /** Rows compared so far, also those that set the scale. */
  rowsSeen: number;
  /** Known after the last evaluation only. */
  auc: AucFinding | null;
  /** No more rows will come. */
  over: boolean;
}

/** Two configurations over several seeds. */
export interface ConfigurationFinding {
  first: string;
  second: string;
  identical: boolean;
  /** Seeds that are done, and seeds that were declared. */
  seeds: number;
  declaredSeeds: number;
  /** null before the last declared seed is done: looking earlier and stopping would void the interval. */
  logLoss: PairedT | null;
  /** Rows counted in each seed. */
  rows: number;
  auc: AucFinding | null;
}

export interface Verdict {
  sentence: string;
  /** What the sentence rests on, and how far it reaches. */
  notes: string[];
  /** Which member is better, where that is clear. */
  better: "first" | "second" | null;
}

const LEAST_SEEDS = 3;
const ADVISED_SEEDS = 5;

/** The verdict about two runs, which may be asked for after every batch. */
export function runVerdict(finding: RunFinding): Verdict {
  const { first, second, logLoss, rowsSeen } = finding;
  if (finding.identical) return identical(first, second, `the same ${count(rowsSeen)} rows`);
  if (!logLoss) {
    const sentence = finding.over
      ? `${count(rowsSeen)} rows are too few to compare ${first} and ${second}.`
      : `The first ${count(rowsSeen)} rows set the scale; what ${first} and ${second} do after them counts.`;
    return { sentence, notes: [], better: null };
  }
  const { mean, radius, rows } = logLoss;
  const where = `on the same ${count(rows)} rows`;
  if (isClear(logLoss)) {
    const better = mean < 0 ? "second" : "first";
    const [winner, loser] = better === "second" ? [second, first] : [first, second];
    const sentence =
      `${winner} is better than ${loser} by ${interval(mean, radius)} log loss ${where}` +
      `${aucWords(finding.auc, better)}: with one seed, this run beat that run, and no more is said.`;
    return { sentence, notes: aucNotes(finding.auc), better };
  }
  const ahead = mean < 0 ? second : first;
  const sentence =
    `The difference between ${first} and ${second} is not clear${finding.over ? "" : " yet"}: ` +
    `${interval(mean, radius)} log loss for ${ahead} ${where}${aucWords(finding.auc, mean < 0 ? "second" : "first")}.`;
  return { sentence, notes: [rowsToTell(finding), ...aucNotes(finding.auc)], better: null };
}

/** The verdict about two configurations. */
export function configurationVerdict(finding: ConfigurationFinding): Verdict {
  const { first, second, seeds, declaredSeeds, logLoss, rows } = finding;
  if (finding.identical) return identical(first, second, `every row of ${count(seeds)} seeds`);
  if (!logLoss) {
    const sentence =
      seeds < declaredSeeds
        ? `${seeds} of ${declaredSeeds} seeds are done; ${first} and ${second} are compared when all are.`
        : `${seeds} seeds are too few to say anything about the configurations ${first} and ${second}.`;
    return { sentence, notes: [seedNote(declaredSeeds)], better: null };
  }
  const { mean, radius, p } = logLoss;
  const where = `over ${seeds} seeds of the same ${count(rows)} rows each`;
  const direction = mean < 0 ? "second" : "first";
  const notes = [seedNote(declaredSeeds), ...aucSeedNotes(finding.auc)];
  // With p null all seeds differ by the very same amount: then there is no interval to speak of.
  if (p === null || Math.abs(mean) <= radius) {
    const ahead = mean < 0 ? second : first;
    const sentence =
      `The configurations ${first} and ${second} do not differ clearly: ${interval(mean, radius)} log loss for ` +
      `${ahead} ${where}${aucWords(finding.auc, direction)}.`;
    return { sentence, notes, better: null };
  }
  const [winner, loser] = direction === "second" ? [second, first] : [first, second];
  const sentence =
    `Configuration ${winner} is better than ${loser} by ${interval(mean, radius)} log loss ${where}` +
    `${aucWords(finding.auc, direction)}.`;
  return { sentence, notes, better: direction };
}

/** What stands in for a verdict where one of the two met a problem. */
export function voidVerdict(first: string, second: string, failed: string): Verdict {
  const sentence = `${first} and ${second} cannot be compared: ${failed} met a problem and left.`;
  return { sentence, notes: [], better: null };
}

/** All that is clear among several members, in a sentence; `pairs` are theirs, in any order. */
export function overview(
  names: string[],
  pairs: { first: string; second: string; verdict: Verdict }[],
): string {
  const wins = pairs.flatMap(({ first, second, verdict: { better } }) =>
    better === null
      ? []
      : [better === "second" ? { winner: second, loser: first } : { winner: first, loser: second }],
  );
  if (wins.length === 0) return "No difference between members is clear.";
  const champion = names.find(
    (name) => wins.filter(({ winner }) => winner === name).length === names.length - 1,
  );
  if (champion !== undefined) return `${champion} is better than every other member.`;
  const facts = names.flatMap((name) => {
    const losers = wins.filter(({ winner }) => winner === name).map(({ loser }) => loser);
    return losers.length > 0 ? [`${name} is better than ${losers.join(" and ")}`] : [];
  });
  return `${facts.join("; ")}; no other difference is clear.`;
}

/** Whether so many seeds allow a verdict about configurations. */
export function enoughSeeds(seeds: number): boolean {
  return seeds >= LEAST_SEEDS;
}

function identical(first: string, second: string, where: string): Verdict {
  const sentence = `${first} and ${second} are identical: every loss is the same, bit for bit, on ${where}.`;
  return { sentence, notes: [], better: null };
}

function rowsToTell({ rowsToTell, logLoss, over }: RunFinding): string {
  const { batchesToClaim } = logLoss!;
  if (batchesToClaim > 0) {
    const rule = `Nothing is claimed before ${LEAST_CLAIM_BATCHES} batches are counted`;
    return over
      ? `${rule}, and there were ${LEAST_CLAIM_BATCHES - batchesToClaim}: train on more rows, or in smaller batches.`
      : `${rule}: ${batchesToClaim} to go.`;
  }
  if (rowsToTell === null)
    return "If it stays so small, no number of rows that could be trained on would tell.";
  const rows = count(roundUp(rowsToTell));
  return over
    ? `If it stayed so, about ${rows} rows more than these ${count(logLoss!.rows)} would tell.`
    : `If it stays so, about ${rows} rows more will tell.`;
}

function seedNote(seeds: number): string {
  if (seeds >= ADVISED_SEEDS) return `Paired t interval over ${seeds} seeds: it is about the configurations.`;
  if (seeds >= LEAST_SEEDS)
    return (
      `Paired t interval over ${seeds} seeds: it is about the configurations, but so few seeds prove only large ` +
      `differences; ${ADVISED_SEEDS} are recommended.`
    );
  return `At least ${LEAST_SEEDS} seeds are needed for that, and ${ADVISED_SEEDS} are recommended.`;
}

function aucNotes(auc: AucFinding | null): string[] {
  if (!auc) return [];
  const note = "ΔAUC is on the test split, at the last evaluation, which was fixed before training (DeLong";
  return [auc.p === null ? `${note}; its variance is 0, so there is no p).` : `${note}; p after Holm).`];
}

function aucSeedNotes(auc: AucFinding | null): string[] {
  if (!auc) return [];
  const note = "ΔAUC is the mean over seeds on the test split, each at its last evaluation";
  return [auc.p === null ? `${note}.` : `${note}; p by a paired t test, after Holm.`];
}

/** " (ΔAUC +0.0011, p = 0.004)", seen from the one that is ahead. */
function aucWords(auc: AucFinding | null, ahead: "first" | "second"): string {
  if (!auc) return "";
  const difference = ahead === "second" ? auc.difference : -auc.difference;
  const sign = difference < 0 ? "−" : "+";
  const p = auc.p === null ? "" : auc.p < 0.001 ? ", p < 0.001" : `, p = ${auc.p.toFixed(3)}`;
  return ` (ΔAUC ${sign}${Math.abs(difference).toFixed(4)}${p})`;
}

/** "0.00094 ± 0.00031": as many decimals as show two digits of the radius. */
function interval(mean: number, radius: number): string {
  const smallest = radius > 0 ? radius : Math.abs(mean);
  const decimals = smallest > 0 ? Math.min(12, Math.max(2, 1 - Math.floor(Math.log10(smallest)))) : 2;
  return `${Math.abs(mean).toFixed(decimals)} ± ${radius.toFixed(decimals)}`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}

/** A forecast has no more than two digits to it. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / unit) * unit;
}
