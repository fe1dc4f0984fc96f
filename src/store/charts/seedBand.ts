// The lines of several seeds as one: their mean, between the lowest and the highest of them.

import { type Points, valueAt } from "./curveLines.ts";

export interface SeedBand {
  mean: Points;
  low: Points;
  high: Points;
}

/** At the positions of the first line, as far as all lines reach; between their points lines are straight. */
export function bandOfLines(lines: readonly Points[]): SeedBand {
  return bandOf(
    Array.from(lines[0]?.x ?? [], (x) => ({ x, values: lines.map((line) => valueAt(line, x)) })).filter(
      (at): at is SeedsAt => at.values.every((value) => value !== null),
    ),
  );
}

/** Of points that belong together one by one, as the first evaluation of each seed does; those that all seeds have. */
export function bandOfMarks(lines: readonly Points[]): SeedBand {
  const common = Math.min(...lines.map(({ x }) => x.length));
  return bandOf(
    Array.from({ length: common }, (_, i) => ({
      x: meanOf(lines.map(({ x }) => x[i]!)),
      values: lines.map(({ y }) => y[i]!),
    })),
  );
}

/** The values of all seeds at one position. */
interface SeedsAt {
  x: number;
  values: number[];
}

function bandOf(positions: readonly SeedsAt[]): SeedBand {
  const x = Float64Array.from(positions, (at) => at.x);
  const points = (pick: (values: number[]) => number): Points => ({
    x,
    y: Float64Array.from(positions, ({ values }) => pick(values)),
  });
  return {
    mean: points(meanOf),
    low: points((values) => Math.min(...values)),
    high: points((values) => Math.max(...values)),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
