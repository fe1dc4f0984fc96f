import fc from "fast-check";
import { expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { auc } from "../../src/metrics/auc.ts";
import { calibration } from "../../src/metrics/calibration.ts";
import { createScoreSums } from "../../src/metrics/scoreSummary.ts";

function scores(rows: number, seed: number) {
  const random = createRandom(seed);
  const logits = Float32Array.from({ length: rows }, () => 2 * random.normal());
  const labels = Float32Array.from(logits, (x) => (random.uniform() < 1 / (1 + Math.exp(-x)) ? 1 : 0));
  return { logits, labels };
}

/** Passes rows of one head in pieces of these sizes. */
function summed({ logits, labels }: ReturnType<typeof scores>, sizes: number[], mostExact?: number) {
  const sums = createScoreSums(1, mostExact);
  for (let at = 0, i = 0; at < labels.length; i++) {
    const end = Math.min(labels.length, at + sizes[i % sizes.length]!);
    sums.add(logits.subarray(at, end), labels.subarray(at, end), end - at);
    at = end;
  }
  return sums.summary();
}

it("says exactly what all rows together would, in whatever pieces they pass", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), fc.nat(1000), (sizes, seed) => {
      const all = scores(2000, seed);
      const { auc: found, aucErrorBound, rows, positives, calibration: calibrated } = summed(all, sizes);
      expect(found).toEqual([auc(all.logits, all.labels)]);
      expect(calibrated).toEqual(calibration(all.logits, all.labels));
      expect({ rows, aucErrorBound }).toEqual({ rows: 2000, aucErrorBound: 0 });
      expect(positives).toBe(all.labels.reduce((a, b) => a + b, 0));
    }),
    { numRuns: 30 },
  );
});

it("is off by no more than it says where the rows are too many to keep", () => {
  const all = scores(20_000, 7);
  const exact = auc(all.logits, all.labels)!;
  const { auc: found, aucErrorBound, calibration: calibrated } = summed(all, [777], 5000);
  expect(Math.abs(found[0]! - exact)).toBeLessThanOrEqual(aucErrorBound);
  expect(aucErrorBound).toBeGreaterThan(0);
  expect(aucErrorBound).toBeLessThan(1e-4);
  const whole = calibration(all.logits, all.labels)!;
  expect(calibrated!.copc).toBeCloseTo(whole.copc, 9);
  expect(calibrated!.ece).toBeCloseTo(whole.ece, 2);
  expect(calibrated!.bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(20_000);
});

it("has no AUC where one class is missing", () => {
  const { logits } = scores(100, 1);
  expect(summed({ logits, labels: new Float32Array(100) }, [40]).auc).toEqual([null]);
  expect(summed({ logits, labels: new Float32Array(100) }, [40], 50).auc).toEqual([null]);
});
