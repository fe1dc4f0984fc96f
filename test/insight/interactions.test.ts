// Interactions against a logit whose variance is known term by term, and against a plain loop over rows.

import { expect, it } from "vitest";
import { createInteractions, pairsOf, triplesAmong } from "../../src/insight/interactions.ts";
import { permutation, scoreSample, withValuesOf } from "../../src/insight/sample.ts";
import { evaluatePlanted, FIELDS, PLANTED_VARIANCE, plantedSample } from "./planted.ts";

const sample = plantedSample(6000, 3);
const logits = await scoreSample(evaluatePlanted, sample, 512);
const interactions = createInteractions(evaluatePlanted, sample, logits, 512);
const columns = Array.from({ length: FIELDS }, (_, f) => f);

it("gives each pair its share of the logit's variance, triples counted, and 0 where columns only add up", async () => {
  const shares = new Map([
    ["2,3", 0.64 / PLANTED_VARIANCE],
    ["4,5", 0.36 / PLANTED_VARIANCE],
    ["4,6", 0.36 / PLANTED_VARIANCE],
    ["5,6", 0.36 / PLANTED_VARIANCE],
  ]);
  for (const pair of pairsOf(columns)) {
    const { heads } = await interactions.measure(pair);
    const [withoutTriple, oneColumn, fused] = heads;
    const share = shares.get(pair.join()) ?? 0;
    expect(Math.abs(fused!.mean - share), pair.join()).toBeLessThanOrEqual(1.3 * fused!.radius + 1e-9);
    if (share === 0) expect(fused!.mean).toBeLessThan(1e-9);
    expect(oneColumn!.mean).toBeLessThan(1e-9);
    expect(withoutTriple!.mean > 1e-9).toBe(pair.join() === "2,3");
  }
});

it("finds the planted triple, and no other", async () => {
  const pairs = [];
  for (const pair of pairsOf(columns)) pairs.push(await interactions.measure(pair));
  const triples = triplesAmong(pairs, 5);
  expect(triples[0]).toEqual([4, 5, 6]);
  const { heads } = await interactions.measure(triples[0]!);
  expect(heads[2]!.mean / (0.36 / PLANTED_VARIANCE)).toBeCloseTo(1, 0);
  expect((await interactions.measure([1, 2, 3])).heads[2]!.mean).toBeLessThan(1e-9);
});

it("is the mean square of the mixed difference, taken row by row", async () => {
  const { columns: pair, heads } = await interactions.measure([3, 2]);
  expect(pair).toEqual([2, 3]);
  const circle = permutation(sample.rows, 0);
  const donors = new Int32Array(sample.rows);
  for (const [i, row] of circle.entries()) donors[row] = circle[(i + 1) % sample.rows]!;
  const at = async (replaced: number[]) =>
    (await scoreSample(evaluatePlanted, withValuesOf(sample, replaced, donors), sample.rows))[2]!;
  const [none, second, third, both] = [await at([]), await at([2]), await at([3]), await at([2, 3])];
  let squares = 0;
  let sum = 0;
  let sumOfSquares = 0;
  for (let r = 0; r < sample.rows; r++) {
    squares += (none[r]! - second[r]! - third[r]! + both[r]!) ** 2;
    sum += none[r]!;
    sumOfSquares += none[r]! ** 2;
  }
  const variance = sumOfSquares / sample.rows - (sum / sample.rows) ** 2;
  expect(heads[2]!.mean).toBeCloseTo(squares / sample.rows / 4 / variance, 6);
});
