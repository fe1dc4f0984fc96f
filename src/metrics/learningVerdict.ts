// Which of two runs learned faster: their losses on rows of the first pass, each before it was trained on. The interval
// is a confidence sequence, so it may be looked at after every batch. It is about these runs only.

import { isClear, LEAST_CLAIM_BATCHES, type MeanDifference } from "./confidenceSequence.ts";
import { count, interval, roundUp, type Verdict } from "./verdict.ts";

/** Two runs of one seed, or of several. Differences are log loss of the second − log loss of the first. */
export interface LearningFinding {
  /** The members' names. */
  first: string;
  second: string;
  /** Every loss was equal, bit for bit. */
  identical: boolean;
  /** null while the first batches set the scale. */
  logLoss: MeanDifference | null;
  /** null where no forecast makes sense, or none is asked for. */
  rowsToTell: number | null;
  /** Rows compared so far, also those that set the scale. */
  rowsSeen: number;
  /** Seeds that it is a mean over. */
  seeds: number;
  /** No more rows will come. */
  over: boolean;
}

/**
 * The mean over seeds of their differences. Each seed's interval holds with 1 − α/S, so all of them hold together with
 * 1 − α, and so does the mean of them: no independence is assumed, for all seeds see the same rows.
 */
export function meanOverSeeds(found: readonly MeanDifference[]): MeanDifference | null {
  if (found.length === 0) return null;
  const mean = (of: (one: MeanDifference) => number) =>
    found.reduce((sum, one) => sum + of(one), 0) / found.length;
  return {
    mean: mean((one) => one.mean),
    radius: mean((one) => one.radius),
    rows: Math.min(...found.map(({ rows }) => rows)),
    batchesToClaim: Math.max(...found.map(({ batchesToClaim }) => batchesToClaim)),
  };
}

/** The verdict, which may be asked for after every batch. */
export function learningVerdict(finding: LearningFinding): Verdict {
  const { first, second, logLoss, rowsSeen, seeds, over } = finding;
  if (finding.identical) {
    const where = seeds > 1 ? `every row of ${seeds} seeds` : `the same ${count(rowsSeen)} rows`;
    const sentence = `${first} and ${second} are identical: every loss is the same, bit for bit, on ${where}.`;
    return { sentence, notes: [], better: null };
  }
  if (!logLoss) {
    const sentence = over
      ? `${count(rowsSeen)} rows are too few to compare how ${first} and ${second} learn.`
      : `The first ${rowsSeen > 0 ? `${count(rowsSeen)} rows` : "batches"} set the scale; what ${first} and ${second} do after them counts.`;
    return { sentence, notes: [], better: null };
  }
  const { mean, radius, rows } = logLoss;
  const where =
    seeds > 1
      ? `in the mean of ${seeds} seeds, on ${count(rows)} rows each`
      : `on the same ${count(rows)} rows`;
  const [ahead, behind] = mean < 0 ? [second, first] : [first, second];
  if (isClear(logLoss))
    return {
      sentence: `${ahead} learned faster than ${behind}: first-pass log loss lower by ${interval(mean, radius)} ${where}.`,
      notes: [],
      better: mean < 0 ? "second" : "first",
    };
  const sentence =
    `Neither ${first} nor ${second} ${over ? "learned" : "learns"} clearly faster${over ? "" : " yet"}: first-pass log ` +
    `loss lower by ${interval(mean, radius)} with ${ahead} ${where}.`;
  return { sentence, notes: seeds > 1 ? [] : [rowsToTell(finding)], better: null };
}

function rowsToTell({ rowsToTell, logLoss, over }: LearningFinding): string {
  const { batchesToClaim } = logLoss!;
  if (batchesToClaim > 0) {
    const rule = `Nothing is claimed before ${LEAST_CLAIM_BATCHES} batches are counted`;
    return over
      ? `${rule}, and there were ${LEAST_CLAIM_BATCHES - batchesToClaim}: train on more rows, or in smaller batches.`
      : `${rule}: ${batchesToClaim} to go.`;
  }
  if (rowsToTell === null)
    return "If it stays so small, no number of rows that could be trained on would decide it.";
  const rows = count(roundUp(rowsToTell));
  return over
    ? `If it stayed so, about ${rows} rows more than these ${count(logLoss!.rows)} would decide it.`
    : `If it stays so, about ${rows} rows more will decide it.`;
}
