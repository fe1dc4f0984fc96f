// Sobol' points against those of scipy 1.17 (scipy.stats.qmc.Sobol, the same direction numbers), and what scrambling keeps.

import { expect, it } from "vitest";
import { MOST_DIMENSIONS, sobolPoints } from "../../src/race/sobol.ts";

it("gives the published sequence", () => {
  const points = sobolPoints(64, MOST_DIMENSIONS, null);
  const dimensions = [0, 1, 7, 15, 31];
  const picked = [5, 37, 63].map((i) => dimensions.map((d) => points[i]![d]! * 64));
  expect(picked).toEqual([
    [56, 56, 24, 24, 40],
    [59, 41, 51, 31, 9],
    [1, 51, 9, 49, 59],
  ]);
  expect(points[0]).toEqual(Array.from({ length: MOST_DIMENSIONS }, () => 0));
});

/** Points in each of `boxes` equal parts of two coordinates. */
function boxCounts(
  points: number[][],
  [a, b]: [number, number],
  [columns, rows]: [number, number],
): number[] {
  const counts = Array.from({ length: columns * rows }, () => 0);
  for (const point of points)
    counts[Math.floor(point[a]! * columns) * rows + Math.floor(point[b]! * rows)]!++;
  return counts;
}

it.each([null, 1, 2])("fills every box of the first two dimensions alike, scrambled by %s", (scramble) => {
  const points = sobolPoints(64, 4, scramble);
  for (const [columns, rows] of [
    [64, 1],
    [16, 4],
    [8, 8],
    [1, 64],
  ] as const)
    expect(new Set(boxCounts(points, [0, 1], [columns, rows]))).toEqual(new Set([1]));
  for (let d = 0; d < 4; d++) expect(new Set(points.map((p) => Math.floor(p[d]! * 64))).size).toBe(64);
});

it("scrambles each point into a uniform one, and the same seed in the same way", () => {
  const firsts = Array.from({ length: 400 }, (_, seed) => sobolPoints(2, 3, seed)[1]!);
  for (let d = 0; d < 3; d++) {
    const mean = firsts.reduce((sum, point) => sum + point[d]!, 0) / firsts.length;
    const square = firsts.reduce((sum, point) => sum + point[d]! ** 2, 0) / firsts.length;
    // Four standard errors of a uniform number's moments.
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / 400));
    expect(Math.abs(square - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / 400));
  }
  expect(sobolPoints(8, 3, 5)).toEqual(sobolPoints(8, 3, 5));
  expect(sobolPoints(8, 3, 5)).not.toEqual(sobolPoints(8, 3, 6));
});
