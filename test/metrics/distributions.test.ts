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
// mpmath 1.4, 40 digits: half the regularised incomplete beta function.
const fractionalTails = [
  [0.3, 1.0001, 0.40722450338258115],
  [1.2, 1.0001, 0.22113445036979656],
  [2.5, 1.0001, 0.121108913026703],
  [9, 1.0001, 0.03521619813207738],
  [0.3, 2.37, 0.3942469779007575],
  [1.2, 2.37, 0.16814577275654385],
  [2.5, 2.37, 0.055051329802750744],
  [9, 2.37, 0.003466931068864912],
  [0.3, 4.9, 0.3882429527995502],
  [1.2, 4.9, 0.14246141985922062],
  [2.5, 4.9, 0.02773955026141988],
  [9, 4.9, 0.00015685709067331572],
  [0.3, 57.3, 0.38263140830037234],
  [1.2, 57.3, 0.11753870257130611],
  [2.5, 57.3, 0.007652683961901224],
  [9, 57.3, 7.37294744737558e-13],
  [0.3, 4321.5, 0.3820957923169257],
  [1.2, 4321.5, 0.11510256050087583],
  [2.5, 4321.5, 0.006228054762954704],
  [9, 4321.5, 1.6571157772317433e-19],
  [0.3, 99999.5, 0.38208888959672777],
  [1.2, 99999.5, 0.11507109166691316],
  [2.5, 99999.5, 0.006210459600250992],
  [9, 99999.5, 1.147704598845782e-19],
  [0.3, 10000000.3, 0.38208858092889264],
  [1.2, 10000000.3, 0.1150696844361267],
  [2.5, 10000000.3, 0.006209673268288997],
  [9, 10000000.3, 1.1287780826896807e-19],
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

it("gives Student's tails for degrees of freedom that are no whole number", () => {
  for (const [t, degrees, tail] of fractionalTails) {
    expect(Math.abs(studentTail(t, degrees) / tail - 1)).toBeLessThan(1e-10);
    expect(Math.abs(studentQuantile(tail, degrees) / t - 1)).toBeLessThan(1e-10);
  }
  expect(studentTail(1.7, Number.POSITIVE_INFINITY)).toBe(normalTail(1.7));
  expect(studentTail(1.7, 1e15)).toBeCloseTo(normalTail(1.7), 14);
});

it("refuses what has no meaning", () => {
  expect(() => studentTail(1, 0.5)).toThrow("degrees of freedom");
  expect(() => normalQuantile(0)).toThrow("tail");
});
