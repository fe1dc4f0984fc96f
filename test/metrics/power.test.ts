import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import {
  powerOf,
  rowsNeeded,
  type Spread,
  seedsNeeded,
  smallestDifference,
  spreadOf,
} from "../../src/metrics/power.ts";
import { differenceStudy } from "./studies.ts";

const spread: Spread = { seeds: 4e-7, sharedRows: 0.004, ownRows: 0.006 };
const study = { seeds: 3, rows: 10_000, alpha: 0.05 };

describe("a plan", () => {
  it("finds the seeds or rows that a difference needs, and says where none would do", () => {
    const difference = 0.8 * smallestDifference(spread, study);
    const seeds = seedsNeeded(spread, study, difference)!;
    expect(powerOf(spread, { ...study, seeds }, difference)).toBeGreaterThanOrEqual(0.8);
    expect(powerOf(spread, { ...study, seeds: seeds - 1 }, difference)).toBeLessThan(0.8);
    const alike = { ...spread, seeds: 0 };
    const half = 0.5 * smallestDifference(alike, study);
    const rows = rowsNeeded(alike, study, half)!;
    expect(powerOf(alike, { ...study, rows }, half)).toBeCloseTo(0.8, 1);
    expect(rows / study.rows).toBeCloseTo(4, 1);
    // Seeds do not help where rows are too few for it, nor rows where seeds differ too much.
    expect(seedsNeeded(spread, study, 0.0001)).toBeNull();
    expect(rowsNeeded({ ...spread, seeds: 1 }, study, difference)).toBeNull();
    expect(seedsNeeded(spread, study, 0)).toBeNull();
  });

  it("needs a larger difference for more pairs, fewer rows and fewer seeds", () => {
    const least = smallestDifference(spread, study);
    expect(smallestDifference(spread, { ...study, alpha: 0.05 / 3 })).toBeGreaterThan(least);
    expect(smallestDifference(spread, { ...study, rows: 1000 })).toBeGreaterThan(least);
    expect(smallestDifference(spread, { ...study, seeds: 5 })).toBeLessThan(least);
    expect(smallestDifference({ seeds: 0, sharedRows: 0, ownRows: 0 }, study)).toBe(0);
  });

  it("with one seed is the z test's: 2.8 standard errors", () => {
    const error = Math.sqrt((spread.sharedRows + spread.ownRows) / 10_000);
    expect(smallestDifference(spread, { ...study, seeds: 1 }) / error).toBeCloseTo(1.959964 + 0.841621, 3);
  });

  it("learns from a study where differences vary", () => {
    const deviations = { seeds: 0.05, sharedRows: 0.6, ownRows: 0.9 };
    const found = Array.from({ length: 200 }, (_, i) =>
      spreadOf(differenceStudy(createRandom(3, i), { seeds: 5, rows: 1000 }, deviations, "normal"), 1000),
    );
    const mean = (part: keyof Spread) => found.reduce((sum, one) => sum + one[part], 0) / found.length;
    expect(mean("seeds") / 0.0025).toBeCloseTo(1, 0);
    expect(mean("sharedRows") / 0.36).toBeCloseTo(1, 1);
    expect(mean("ownRows") / 0.81).toBeCloseTo(1, 1);
  });
});

describe("the critical value", () => {
  // The probability of a claim where there is no difference, by integration, for rows from nothing to dominant.
  const worst = (seeds: number, alpha: number) =>
    Math.max(
      ...[0, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10, 30, 100].map(
        (share) =>
          powerOf(
            { seeds: 1, sharedRows: (share / seeds) * 1000, ownRows: 0 },
            { seeds, rows: 1000, alpha },
            0,
          ) / alpha,
      ),
    );

  it.each([3, 4, 5, 10])("keeps the level of 5 %% with %d seeds, however seeds and rows vary", (seeds) => {
    expect(worst(seeds, 0.05)).toBeLessThan(1.02);
    expect(worst(seeds, 0.05)).toBeGreaterThan(0.98);
  });

  it("comes near the levels that several pairs need", () => {
    for (const seeds of [3, 4, 5, 10]) expect(worst(seeds, 0.05 / 3)).toBeLessThan(1.12);
    for (const seeds of [4, 5, 10]) expect(worst(seeds, 0.05 / 15)).toBeLessThan(1.16);
    expect(worst(3, 0.05 / 15)).toBeLessThan(1.65);
  });
});
