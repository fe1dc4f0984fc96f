import { expect, it } from "vitest";
import { normalQuantile, normalTail, studentQuantile, studentTail } from "../../src/metrics/distributions.ts";

// SciPy 1.17: stats.norm.sf, stats.t.sf, stats.norm.isf, stats.t.isf.
const normalTails = [
  [-2.5, 0.9937903346742238],
  [0, 0.5],
  [0.3, 0.3820885778110474],
  [1.96, 0.024997895148220435],
  [2.5, 0.006209665325776132],
  [4, 3.167124183311986e-5],
  [12, 1.776482112077653e-33],
  [37, 5.7255712225239266e-300],
] as const;
const studentTails = [
  [-1.5, 1, 0.8128329581890011],
  [0.2, 1, 0.4371670418109989],
  [2.776, 1, 0.11005871872549863],
  [9, 1, 0.03522328747727728],
  [-1.5, 2, 0.8638034375544994],
  [0.2, 2, 0.42998599579859953],
  [2.776, 2, 0.05448186680541355],
  [9, 2, 0.006060830046393435],
  [-1.5, 4, 0.896],
  [0.2, 4, 0.4256185070684612],
  [2.776, 4, 0.02501138915998821],
  [9, 4, 0.00042191625880063895],
  [-1.5, 5, 0.9030481598787634],
  [0.2, 5, 0.4246802569979144],
  [2.776, 5, 0.01954332539571165],
  [9, 5, 0.00014133998712194854],
  [-1.5, 30, 0.927967035435677],
  [0.2, 30, 0.42141507852966237],
  [2.776, 30, 0.004693627050359713],
  [9, 30, 2.5074159580739443e-10],
] as const;
const normalQuantiles = [
  [0.8, -0.8416212335729143],
  [0.1, 1.2815515655446004],
  [0.025, 1.9599639845400545],
  [0.0005, 3.2905267314918945],
  [1e-9, 5.9978070150076865],
] as const;
const studentQuantiles = [
  [0.7, 1, -0.7265425280053608],
  [0.025, 1, 12.706204736174705],
  [0.0005, 1, 636.6192487687196],
  [0.7, 2, -0.6172133998483674],
  [0.025, 2, 4.302652729749464],
  [0.0005, 2, 31.59905457644362],
  [0.7, 4, -0.5686490630497045],
  [0.025, 4, 2.7764451051977943],
  [0.0005, 4, 8.610301581379275],
  [0.7, 9, -0.5434802414542967],
  [0.025, 9, 2.2621571627982053],
  [0.0005, 9, 4.780912585931139],
] as const;

it("gives the tails that SciPy gives", () => {
  for (const [x, tail] of normalTails) expect(normalTail(x) / tail).toBeCloseTo(1, 11);
  for (const [t, degrees, tail] of studentTails) expect(studentTail(t, degrees)).toBeCloseTo(tail, 14);
});

it("gives the quantiles that SciPy gives", () => {
  for (const [tail, x] of normalQuantiles) expect(normalQuantile(tail) / x).toBeCloseTo(1, 12);
  for (const [tail, degrees, t] of studentQuantiles)
    expect(studentQuantile(tail, degrees) / t).toBeCloseTo(1, 11);
});

it("refuses what has no meaning", () => {
  expect(() => studentTail(1, 0.5)).toThrow("degrees of freedom");
  expect(() => normalQuantile(0)).toThrow("tail");
});
