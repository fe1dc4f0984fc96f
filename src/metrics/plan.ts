// What an arena can show, said before it starts.

import { PLANNED_POWER, type Spread, smallestDifference, spreadOf } from "./power.ts";
import type { Finding } from "./simultaneous.ts";
import { ALPHA, count } from "./verdict.ts";

/** Where differences of two members vary, for both figures. */
export interface Spreads {
  logLoss: Spread;
  auc: Spread;
}

/** A verdict on held-out rows that was reached before. */
export interface EarlierVerdict {
  rows: number;
  pairs: readonly { logLoss: Finding | null; auc: Finding | null }[];
}

export interface PlanInputs {
  testRows: number;
  seeds: number;
  members: number;
  /** Of arenas over three seeds or more on the same data. */
  earlier: readonly EarlierVerdict[];
}

export interface Plan {
  /** The smallest differences that are found in 80 % of such arenas. */
  logLoss: number;
  auc: number;
  /** Whether earlier arenas on this data show how much differences vary; else it is a guess. */
  isMeasured: boolean;
}

/**
 * Where nothing is known of a data set: how orders 2 and 3 of the demo preset differed on the demo data over five seeds.
 */
const GUESS: Spreads = {
  logLoss: { seeds: 8.5e-7, sharedRows: 0.0042, ownRows: 0.0024 },
  auc: { seeds: 1.3e-6, sharedRows: 0.0064, ownRows: 0.0036 },
};

/** The plan; null without test rows, or where there are no pairs. */
export function planArena({ testRows, seeds, members, earlier }: PlanInputs): Plan | null {
  if (testRows === 0 || members < 2) return null;
  const pairs = (members * (members - 1)) / 2;
  const study = { seeds, rows: testRows, alpha: ALPHA / pairs };
  const measured = { logLoss: meanSpread(earlier, "logLoss"), auc: meanSpread(earlier, "auc") };
  return {
    logLoss: smallestDifference(measured.logLoss ?? GUESS.logLoss, study),
    auc: smallestDifference(measured.auc ?? GUESS.auc, study),
    isMeasured: measured.logLoss !== null,
  };
}

/** "5 seeds × 9,908 test rows: …". */
export function planInWords({ testRows, seeds, members }: Omit<PlanInputs, "earlier">, plan: Plan): string {
  const pairs = (members * (members - 1)) / 2;
  const size = `${seeds} ${seeds === 1 ? "seed" : "seeds"} × ${count(testRows)} test rows`;
  const basis = plan.isMeasured
    ? "from how much earlier arenas on this data varied"
    : "a guess, from how orders 2 and 3 differ on the demo data";
  return (
    `${size}${pairs > 1 ? `, ${pairs} pairs` : ""}: finds differences from about ${digits(plan.logLoss)} log loss and ` +
    `${digits(plan.auc)} AUC in ${100 * PLANNED_POWER} % of arenas (${basis}).`
  );
}

function meanSpread(earlier: readonly EarlierVerdict[], figure: "logLoss" | "auc"): Spread | null {
  const found = earlier.flatMap(({ rows, pairs }) =>
    pairs.flatMap((pair) => (pair[figure]?.overSeeds ? [spreadOf(pair[figure], rows)] : [])),
  );
  if (found.length === 0) return null;
  const mean = (part: keyof Spread) => found.reduce((sum, spread) => sum + spread[part], 0) / found.length;
  return { seeds: mean("seeds"), sharedRows: mean("sharedRows"), ownRows: mean("ownRows") };
}

/** Two digits that count: it is a plan. */
function digits(value: number): string {
  const rounded = Number(value.toPrecision(2));
  return rounded.toFixed(Math.max(2, 1 - Math.floor(Math.log10(rounded))));
}
