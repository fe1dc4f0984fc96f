import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auc } from "../../src/metrics/auc.ts";
import { logLoss } from "../../src/metrics/logLoss.ts";
import { createWindow } from "../../src/metrics/window.ts";

interface MetricsCase {
  name: string;
  logits: number[];
  labels: number[];
  auc: number;
  logLoss: number;
}
const { cases } = JSON.parse(readFileSync(new URL("../golden/metrics.json", import.meta.url), "utf8")) as {
  cases: MetricsCase[];
};

describe.each(cases)("the $name case of scikit-learn", ({ logits, labels, ...expected }) => {
  const scores = Float32Array.from(logits);
  const clicks = Float32Array.from(labels);
  it("gives the same AUC", () => expect(auc(scores, clicks)).toBeCloseTo(expected.auc, 12));
  it("gives the same log loss", () => expect(logLoss(scores, clicks)).toBeCloseTo(expected.logLoss, 12));
});

/** Counts pairs one by one. */
function aucByPairs(scores: number[], labels: number[]): number | null {
  let pairs = 0;
  let ordered = 0;
  for (const [i, click] of labels.entries())
    for (const [j, other] of labels.entries()) {
      if (click !== 1 || other !== 0) continue;
      pairs++;
      ordered += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
    }
  return pairs === 0 ? null : ordered / pairs;
}

describe("auc", () => {
  it("is the share of rightly ordered pairs, whatever the scores", () => {
    const score = fc.oneof(
      fc.float({ noNaN: true }),
      fc.constantFrom(0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    );
    const rows = fc.array(fc.tuple(score, fc.constantFrom(0, 1)), { maxLength: 60 });
    fc.assert(
      fc.property(rows, (drawn) => {
        const scores = drawn.map(([s]) => s);
        const labels = drawn.map(([, l]) => l);
        const expected = aucByPairs(scores, labels);
        const got = auc(Float32Array.from(scores), Float32Array.from(labels));
        if (expected === null) expect(got).toBeNull();
        else expect(got).toBeCloseTo(expected, 12);
      }),
    );
  });
  it("is null where a score is not a number", () => {
    expect(auc(Float32Array.of(1, Number.NaN), Float32Array.of(1, 0))).toBeNull();
  });
});

describe("a window", () => {
  it("holds the last rows only, of each head", () => {
    const window = createWindow(4, 2);
    expect(window.aucs()).toBeNull();
    // The first two rows fall out again.
    window.push(Float32Array.of(9, 0, -9, 0), Float32Array.of(0, 1));
    window.push(Float32Array.of(1, 4, 2, 3, 3, 2, 4, 1), Float32Array.of(0, 0, 1, 1));
    expect(window.aucs()).toEqual([1, 0]);
  });
});
