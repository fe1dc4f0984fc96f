// The crossed analysis of seeds and rows, against NumPy and SciPy, and against its definition.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import {
  type Contributions,
  createCrossing,
  type Estimate,
  hillis,
  pOf,
  radiusOf,
} from "../../src/metrics/crossed.ts";
import { type AucComponents, aucComponents, aucDifference } from "../../src/metrics/delong.ts";
import { normalTail } from "../../src/metrics/distributions.ts";
import { rowLogLosses } from "../../src/metrics/logLoss.ts";
import { noisy, trueRows } from "./rows.ts";
import { differenceStudy } from "./studies.ts";

interface Golden {
  mean: number;
  standardError: number;
  df: number;
  radius: number;
  p: number;
}
interface GoldenCase {
  labels: number[];
  first: number[][];
  second: number[][];
  alpha: number;
  logLoss: Golden;
  auc: Golden;
}

const { cases } = JSON.parse(readFileSync("test/golden/crossed.json", "utf8")) as { cases: GoldenCase[] };
const PAIR = [{ first: 0, second: 1 }];
const groups = ({ positives, negatives }: AucComponents): Contributions => [positives, negatives];

/** The estimate from every seed's contributions of two models. */
function estimateOf(seeds: [Contributions, Contributions][]): Estimate {
  const crossing = createCrossing(2, PAIR);
  for (const models of seeds) crossing.add(models);
  return crossing.estimate(0)!;
}

function expectGolden(found: Estimate, golden: Golden, alpha: number): void {
  const pairs = [
    [found.mean, golden.mean],
    [found.standardError, golden.standardError],
    [hillis(found, alpha).degrees, golden.df],
    [hillis(found, alpha).radius, golden.radius],
    [hillis(found, alpha).p!, golden.p],
  ] as const;
  for (const [value, expected] of pairs) expect(Math.abs(value / expected - 1)).toBeLessThan(1e-9);
}

describe("the crossed analysis", () => {
  it.each(cases.map((golden, index) => [index, golden] as const))(
    "is NumPy's and SciPy's, log loss and AUC, case %d",
    (_, { labels, first, second, alpha, logLoss, auc }) => {
      const y = Float32Array.from(labels);
      const losses = (z: number[]) => [rowLogLosses(Float64Array.from(z), y)];
      const areas = (z: number[]) => groups(aucComponents(Float32Array.from(z), y)!);
      const of = (make: (z: number[]) => Contributions) =>
        estimateOf(first.map((z, seed) => [make(z), make(second[seed]!)]));
      expectGolden(of(losses), logLoss, alpha);
      expectGolden(of(areas), auc, alpha);
    },
  );

  it("is DeLong's test and the paired z test where one seed was trained", () => {
    const { labels, logits } = trueRows(800, 1);
    const [fine, coarse] = [noisy(logits, 0.5, 2), noisy(logits, 0.7, 3)];
    const [a, b] = [aucComponents(fine, labels)!, aucComponents(coarse, labels)!];
    const area = estimateOf([[groups(a), groups(b)]]);
    const delong = aucDifference(a, b);
    expect(area.mean).toBeCloseTo(delong.difference, 14);
    expect(area.standardError).toBeCloseTo(delong.standardError, 14);
    expect(pOf(area)).toBeCloseTo(delong.p!, 13);
    expect(area).toMatchObject({ seeds: 1, overSeeds: false, seedVariance: 0 });

    const [first, second] = [rowLogLosses(fine, labels), rowLogLosses(coarse, labels)];
    const d = second.map((loss, r) => loss - first[r]!);
    const mean = d.reduce((sum, value) => sum + value, 0) / 800;
    const variance = d.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 799;
    const loss = estimateOf([[[first], [second]]]);
    expect(loss.mean).toBeCloseTo(mean, 14);
    expect(loss.standardError).toBeCloseTo(Math.sqrt(variance / 800), 14);
    expect(radiusOf(loss, 0.05)).toBeCloseTo(1.9599639845400545 * loss.standardError, 14);
  });

  it("speaks of rows alone with two seeds: the mean of both models on the same rows", () => {
    const { labels, logits } = trueRows(500, 4);
    const losses = [5, 6, 7, 8].map((seed) => rowLogLosses(noisy(logits, 0.6, seed), labels));
    const [a, b, c, d] = losses as [Float64Array, Float64Array, Float64Array, Float64Array];
    const two = estimateOf([
      [[a], [b]],
      [[c], [d]],
    ]);
    const half = (x: Float64Array, y: Float64Array) => [x.map((value, r) => (value + y[r]!) / 2)];
    const one = estimateOf([[half(a, c), half(b, d)]]);
    expect(two).toMatchObject({ seeds: 2, overSeeds: false });
    expect(hillis(two, 0.05).degrees).toBe(Number.POSITIVE_INFINITY);
    expect(radiusOf(two, 0.05)).toBeCloseTo(1.9599639845400545 * two.standardError, 14);
    expect(two.mean).toBeCloseTo(one.mean, 14);
    expect(two.standardError).toBeCloseTo(one.standardError, 14);
  });

  it("is Student's t over seeds where rows do not vary, and a z test where seeds do not", () => {
    const row = (value: number) => Float64Array.from([value, value]);
    const seeds = estimateOf([0.001, 0.0014, 0.0007, 0.0021, 0.0003].map((d) => [[row(0)], [row(d)]]));
    // SciPy's ttest_1samp and t.interval.
    expect(pOf(seeds)).toBeCloseTo(0.023399368027593577, 13);
    expect(radiusOf(seeds, 0.05)).toBeCloseTo(0.0019557578542477973 - 0.0011, 14);
    expect(hillis(seeds, 0.05).degrees).toBe(4);
    const d = Float64Array.from([0.004, 0.001, -0.002, 0.003]);
    const rows = estimateOf([1, 2, 3].map(() => [[d.map(() => 0)], [d]]));
    const z = rows.mean / rows.standardError;
    expect(rows.standardError).toBeCloseTo(Math.sqrt(7e-6 / 4), 14);
    expect(pOf(rows)).toBeCloseTo(2 * normalTail(z), 13);
    expect(hillis(rows, 0.05).p).toBeCloseTo(2 * normalTail(z), 13);
  });

  it("claims nothing that Hillis's degrees of freedom would not claim, and its p and its interval agree", () => {
    for (let study = 0; study < 60; study++) {
      const random = createRandom(6, study);
      const deviations = { seeds: 0.1 * random.uniform(), sharedRows: 1, ownRows: 1 };
      const found = differenceStudy(random, { seeds: 3 + (study % 3), rows: 200 }, deviations, "normal", 0.1);
      const p = pOf(found)!;
      expect(p).toBeGreaterThanOrEqual(hillis(found, 0.05).p! * (1 - 1e-9));
      expect(radiusOf(found, p)).toBeCloseTo(Math.abs(found.mean), 12);
    }
  });

  it("has no p where nothing varies, and no estimate where a model lacks a seed", () => {
    const same = [Float64Array.from([0.1, 0.4, 0.2])];
    const found = estimateOf([1, 2, 3].map(() => [same, same]));
    expect(found).toMatchObject({ mean: 0, standardError: 0 });
    expect(pOf(found)).toBeNull();
    const crossing = createCrossing(3, [...PAIR, { first: 0, second: 2 }]);
    crossing.add([same, same, same]);
    crossing.add([same, same, null]);
    crossing.add([same, same, same]);
    expect(crossing.estimate(0)).toMatchObject({ seeds: 3 });
    expect(crossing.estimate(1)).toBeNull();
  });

  it("leaves what it is given as it was", () => {
    const first = Float64Array.from([0.1, 0.4]);
    estimateOf([1, 2].map(() => [[first], [Float64Array.from([0.2, 0.2])]]));
    expect([...first]).toEqual([0.1, 0.4]);
  });
});
