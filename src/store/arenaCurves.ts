// The curves of an arena's seed: losses and evaluations of each member, differences of each pair. They live outside the
// store, which holds a version that is counted up when they grow.

import type { DifferencePoint, Pair } from "../train/arenaEvents.ts";
import type { EvaluationPoint, ProgressPoint } from "../train/events.ts";
import { type Column, type Curve, createCurve } from "./curve.ts";
import { smooth } from "./smooth.ts";
import { type DrawnPoint, thin } from "./thin.ts";

export interface ArenaCurves {
  /** Progressive log loss and AUC of each member's fused output. */
  members: Curve[];
  /** The same on the test split. */
  tests: Curve[];
  /** Differences, in the order of the pairs. */
  pairs: Curve[];
}

const MEASURES = ["rowsSeen", "logLoss", "auc"] as const;
export type Measure = "logLoss" | "auc";

export function createArenaCurves(members: number, pairs: number): ArenaCurves {
  const curves = (count: number, names: readonly string[]) =>
    Array.from({ length: count }, () => createCurve(names));
  return {
    members: curves(members, MEASURES),
    tests: curves(members, MEASURES),
    pairs: curves(pairs, ["rowsSeen", "difference", "mean", "low", "high"]),
  };
}

/** Every pair of `members` members, in the order in which an arena tells them. */
export function pairsOf(members: number): Pair[] {
  return Array.from({ length: members }, (_, first) =>
    Array.from({ length: members - first - 1 }, (_, k) => ({ first, second: first + 1 + k })),
  ).flat();
}

export function addPoint(curve: Curve, { rowsSeen, logLoss, auc }: ProgressPoint | EvaluationPoint): void {
  curve.push({ rowsSeen, logLoss: logLoss.fused, ...(auc ? { auc: auc.fused } : {}) });
}

export function addDifference(
  curve: Curve,
  { rowsSeen, difference, mean, radius }: Omit<DifferencePoint, "rows">,
): void {
  if (mean === null || radius === null) curve.push({ rowsSeen, difference });
  else curve.push({ rowsSeen, difference, mean, low: mean - radius, high: mean + radius });
}

/** All members' curves of a measure over rows seen: columns `member0` …, and `test0` … for the test split. */
export function drawnMembers(
  { members, tests }: ArenaCurves,
  measure: Measure,
  { most, smoothing }: { most: number; smoothing: number },
): DrawnPoint[] {
  const prepare = (name: string, values: Column) => (name === "logLoss" ? smooth(values, smoothing) : values);
  const drawn = (curves: Curve[], prefix: string, smoothed: boolean) =>
    curves.flatMap((curve, m) =>
      thin(curve, { positions: ["rowsSeen"], most, ...(smoothed ? { prepare } : {}) })
        .filter((point) => point[measure] !== null)
        .map((point) => ({ rowsSeen: point.rowsSeen!, [`${prefix}${m}`]: point[measure]! })),
    );
  return merged([...drawn(members, "member", true), ...drawn(tests, "test", false)]);
}

/** Mean difference and its interval over rows seen; `interval` is [low, high]. */
export function drawnDifference(curve: Curve, most: number): (DrawnPoint & { interval?: unknown })[] {
  return thin(curve, { positions: ["rowsSeen", "mean", "low", "high"], most }).map((point) =>
    Number.isNaN(point.mean)
      ? { ...point, mean: null, interval: null }
      : { ...point, interval: [point.low, point.high] },
  ) as (DrawnPoint & { interval?: unknown })[];
}

/** Points of the same rows become one. */
function merged(points: DrawnPoint[]): DrawnPoint[] {
  const byRows = new Map<number, DrawnPoint>();
  for (const point of points) byRows.set(point.rowsSeen!, { ...byRows.get(point.rowsSeen!), ...point });
  return [...byRows.values()].sort((a, b) => a.rowsSeen! - b.rowsSeen!);
}
