import { expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { expectedMaximum, pooledDeviation } from "../../src/race/chance.ts";

it("knows the expected maximum of equal normal figures", () => {
  expect(expectedMaximum(1)).toBeCloseTo(0, 9);
  // 1/√π and 3/(2√π); Harter 1961 for the others.
  expect(expectedMaximum(2)).toBeCloseTo(1 / Math.sqrt(Math.PI), 9);
  expect(expectedMaximum(3)).toBeCloseTo(1.5 / Math.sqrt(Math.PI), 9);
  expect(expectedMaximum(10)).toBeCloseTo(1.53875, 5);
  expect(expectedMaximum(50)).toBeCloseTo(2.24907, 5);
});

it("pools the spread over models, whatever their means", () => {
  expect(
    pooledDeviation([
      [1, 3],
      [10, 14],
    ]),
  ).toEqual({ deviation: Math.sqrt((2 + 8) / 2), degrees: 2 });
  expect(pooledDeviation([[1], [2]])).toBeNull();
});

it("together they say what choosing the best of equal models is worth", () => {
  const random = createRandom(3);
  const [tried, deviation, races] = [12, 0.002, 3000];
  let gain = 0;
  for (let race = 0; race < races; race++)
    gain += Math.max(...Array.from({ length: tried }, () => deviation * random.normal())) / races;
  expect(gain).toBeCloseTo(deviation * expectedMaximum(tried), 4);
});
