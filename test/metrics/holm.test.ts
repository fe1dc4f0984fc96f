// Several tests at once.

import { describe, expect, it } from "vitest";
import { holm } from "../../src/metrics/holm.ts";

describe("Holm's adjustment", () => {
  it("multiplies the smallest p by the number of tests, the next by one less, and never falls", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
  });

  it("does not count tests that were not made", () => {
    expect(holm([null, 0.02, null, 0.03])).toEqual([null, 0.04, null, 0.04]);
    expect(holm([])).toEqual([]);
  });
});
