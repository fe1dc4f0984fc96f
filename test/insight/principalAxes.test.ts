// Principal components against what defines them, and against points whose axes are known.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { eigenOf, project } from "../../src/insight/principalAxes.ts";

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

describe("eigenvectors", () => {
  it("are orthonormal, belong to their values, and have a sign of their own, whatever the matrix", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.nat(),
        fc.constantFrom(1e-8, 1, 1e6),
        (D, seed, scale) => {
          const random = createRandom(seed);
          const a = new Float64Array(D * D);
          for (let i = 0; i < D; i++)
            for (let j = 0; j <= i; j++) {
              a[i * D + j] = scale * random.normal();
              a[j * D + i] = a[i * D + j]!;
            }
          const { values, vectors } = eigenOf(a, D);
          for (const [k, vector] of vectors.entries()) {
            for (const [other, against] of vectors.entries())
              expect(dot(vector, against)).toBeCloseTo(k === other ? 1 : 0, 10);
            for (let i = 0; i < D; i++)
              expect(dot(a.subarray(i * D, (i + 1) * D), vector) / scale).toBeCloseTo(
                (values[k]! * vector[i]!) / scale,
                8,
              );
            const largest = vector.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
            expect(largest).toBeGreaterThan(0);
            if (k > 0) expect(values[k]!).toBeLessThanOrEqual(values[k - 1]!);
          }
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe("a projection", () => {
  const D = 6;
  const axis = Float64Array.from([0.6, 0, 0, 0.8, 0, 0]);
  const second = Float64Array.from([0, 1, 0, 0, 0, 0]);
  const n = 400;

  /** Points that differ by 3 along one direction, by 1 along another, and by 0.1 along all. */
  function planted(sign: 1 | -1) {
    const random = createRandom(3);
    const points = new Float32Array(n * D);
    const along = { first: new Float64Array(n), second: new Float64Array(n) };
    for (let i = 0; i < n; i++) {
      const [a, b] = [3 * random.normal(), random.normal()];
      along.first[i] = sign * a;
      along.second[i] = sign * b;
      for (let d = 0; d < D; d++)
        points[i * D + d] = 5 + sign * (a * axis[d]! + b * second[d]!) + 0.1 * random.normal();
    }
    return { points, along };
  }

  it("finds planted directions, and how much of the variance they are", () => {
    const { points, along } = planted(1);
    const { coordinates, shares } = project(points, D, new Float64Array(n).fill(1), along.first, 2);
    const correlation = (a: Float64Array, b: Float64Array) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    expect(correlation(coordinates[0]!, along.first)).toBeGreaterThan(0.99);
    expect(Math.abs(correlation(coordinates[1]!, along.second))).toBeGreaterThan(0.97);
    expect(shares[0]).toBeCloseTo(0.9, 1);
    expect(shares[0]! + shares[1]!).toBeGreaterThan(0.99);
  });

  it("has the side where the rising number is high on the right, also of the mirrored points", () => {
    const weights = Float64Array.from({ length: n }, (_, i) => 1 + (i % 5));
    const [one, other] = [planted(1), planted(-1)];
    const rising = one.along.first;
    const right = project(one.points, D, weights, rising, 1).coordinates[0]!;
    expect(dot(right, rising)).toBeGreaterThan(0);
    const mirrored = project(other.points, D, weights, rising, 1).coordinates[0]!;
    expect(dot(mirrored, rising)).toBeGreaterThan(0);
    expect(project(one.points, D, weights, rising, 1)).toEqual(project(one.points, D, weights, rising, 1));
  });

  it("counts a point as often as its weight says", () => {
    const { points, along } = planted(1);
    const weights = Float64Array.from({ length: n }, (_, i) => (i < 3 ? 2 : 1));
    const repeated = new Float32Array((n + 3) * D);
    repeated.set(points);
    repeated.set(points.subarray(0, 3 * D), n * D);
    const rising = [...along.first, ...along.first.subarray(0, 3)];
    const once = project(points, D, weights, along.first, 2);
    const twice = project(repeated, D, new Float64Array(n + 3).fill(1), rising, 2);
    for (const k of [0, 1])
      for (let i = 0; i < n; i++) expect(once.coordinates[k]![i]).toBeCloseTo(twice.coordinates[k]![i]!, 9);
  });
});
