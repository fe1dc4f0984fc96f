// The curves of an arena's seed: losses and evaluations of each member, differences of each pair. They live outside the
// store, which holds a version that is counted up when they grow.

import type { DifferencePoint, Pair } from "./arenaEvents.ts";
import type { EvaluationPoint, ProgressPoint } from "./events.ts";
import { createTable, type Table } from "./table.ts";

export interface ArenaCurves {
  /** Progressive log loss and AUC of each member's fused output. */
  members: Table[];
  /** The same on the test split. */
  tests: Table[];
  /** Differences, in the order of the pairs. */
  pairs: Table[];
}

const MEASURES = ["rowsSeen", "logLoss", "auc"] as const;
export type Measure = "logLoss" | "auc";

/** Empty curves of so many members and pairs. */
export function createArenaCurves(members: number, pairs: number): ArenaCurves {
  const curves = (count: number, names: readonly string[]) =>
    Array.from({ length: count }, () => createTable(names));
  return {
    members: curves(members, MEASURES),
    tests: curves(members, MEASURES),
    pairs: curves(pairs, ["rowsSeen", "difference", "mean", "low", "high"]),
  };
}

/** Every pair of `members` members, in the order in which an arena reports them. */
export function pairsOf(members: number): Pair[] {
  return Array.from({ length: members }, (_, first) =>
    Array.from({ length: members - first - 1 }, (_, k) => ({ first, second: first + 1 + k })),
  ).flat();
}

/** Adds a member's point. */
export function addPoint(curve: Table, { rowsSeen, logLoss, auc }: ProgressPoint | EvaluationPoint): void {
  curve.push({ rowsSeen, logLoss: logLoss.fused, ...(auc ? { auc: auc.fused } : {}) });
}

/** Adds a pair's point; without mean and radius the difference alone. */
export function addDifference(
  curve: Table,
  { rowsSeen, difference, mean, radius }: Omit<DifferencePoint, "rows">,
): void {
  if (mean === null || radius === null) curve.push({ rowsSeen, difference });
  else curve.push({ rowsSeen, difference, mean, low: mean - radius, high: mean + radius });
}

/** From 0 to the last row that any member has seen. */
export function arenaExtent(curves: ArenaCurves | null): [number, number] {
  const ends = curves ? [...curves.members, ...curves.tests, ...curves.pairs] : [];
  return [0, Math.max(1, ...ends.map((curve) => curve.column("rowsSeen").at(-1) ?? 0))];
}
