import { expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { type Estimate, pOf, radiusOf } from "../../src/metrics/crossed.ts";
import { holm } from "../../src/metrics/holm.ts";
import { findTogether } from "../../src/metrics/simultaneous.ts";

/** An estimate that lies `t` standard errors of 0.001 from 0. */
function estimate(t: number): Estimate {
  const common = { seedVariance: 2e-6, rowVariance: 1e-6, rowCovariance: 6e-7, standardError: 0.001 };
  return { mean: 0.001 * t, seeds: 5, overSeeds: true, ...common };
}

it("claims what Holm's procedure claims, and an interval excludes 0 exactly there", () => {
  let beyondBonferroni = 0;
  for (let arena = 0; arena < 300; arena++) {
    const random = createRandom(8, arena);
    const pairs = [3, 6, 15][arena % 3]!;
    const estimates = Array.from({ length: pairs }, () => estimate(4 + 2 * random.normal()));
    const ps = estimates.map((found) => pOf(found)!);
    const adjusted = holm(ps);
    for (const [index, found] of findTogether(estimates, 0.05).entries()) {
      const { isClear, mean, radius, p } = found!;
      expect(p).toBe(adjusted[index]!);
      expect(isClear).toBe(p! < 0.05);
      expect(Math.abs(mean) > radius).toBe(isClear);
      // All intervals are Bonferroni's, except where Holm claims more.
      if (isClear && ps[index]! >= 0.05 / pairs) beyondBonferroni++;
      else expect(radius).toBe(radiusOf(estimates[index]!, 0.05 / pairs));
    }
  }
  expect(beyondBonferroni).toBeGreaterThan(20);
});

it("does not count pairs without an estimate, and claims nothing where nothing varies", () => {
  const still = { ...estimate(0), standardError: 0, seedVariance: 0, rowCovariance: 0, rowVariance: 0 };
  const found = findTogether([null, estimate(3), still], 0.05);
  expect(found[0]).toBeNull();
  expect(found[1]!.radius).toBe(radiusOf(estimate(3), 0.05));
  expect(found[1]!.p).toBe(pOf(estimate(3)));
  expect(found[2]).toMatchObject({ radius: 0, p: null, isClear: false });
});
