import { expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { preset } from "../../src/model/presets.ts";
import { effectsOf } from "../../src/race/effects.ts";
import { parseVary } from "../../src/race/settings.ts";
import { makeTrials, type Trial } from "../../src/race/trials.ts";

const base = preset("demo");
const parsed = parseVary(
  {
    "optimizer.learningRate": { from: 1e-4, to: 1e-2, scale: "log" },
    fusion: ["mean", "gate", "sum"],
    l2Embedding: { from: 0, to: 1 },
  },
  base,
);
if (!parsed.ok) throw new Error(parsed.problem.sentence);
const settings = parsed.value;

function effects(seed: number, count: number, lossOf: (trial: Trial, noise: number) => number) {
  const made = makeTrials(base, { settings, method: "random", count, seed });
  if (!made.ok) throw new Error(made.problem.sentence);
  const { trials } = made.value;
  const random = createRandom(seed, 9);
  const results = trials.map((trial, index) => {
    const rest = { step: 1, auc: null, ended: false, problem: null };
    return { trial: index, rung: 0, logLoss: lossOf(trial, random.normal()), ...rest };
  });
  return effectsOf(settings, trials, results);
}

it("finds a planted optimum in the middle of a range, and a planted value of a list", () => {
  const found = effects(1, 48, ({ config }, noise) => {
    const place = Math.log10(config.optimizer.learningRate) + 3;
    return 0.5 + 0.01 * place ** 2 + (config.fusion === "gate" ? 0.006 : 0) + 0.0005 * noise;
  })!;
  expect(found.effects.map(({ path }) => path)).toEqual(["optimizer.learningRate", "fusion", "l2Embedding"]);
  const [rate, fusion, l2] = found.effects;
  expect(rate!.explained).toBeGreaterThan(0.35);
  expect(rate!.p).toBeLessThan(0.01);
  expect(rate!.low).toBeLessThan(rate!.explained);
  expect(rate!.high).toBeGreaterThan(rate!.explained);
  expect(fusion!.p).toBeLessThan(0.05);
  const worst = fusion!.levels.toSorted((a, b) => b.logLoss - a.logLoss)[0];
  expect(worst!.label).toBe("gate");
  expect(l2!.explained).toBeLessThan(0.2);
});

it("claims an effect of pure chance at most as often as its level says", () => {
  let claimed = 0;
  const races = 40;
  for (let race = 0; race < races; race++)
    for (const { p } of effects(100 + race, 12, (_, noise) => 0.5 + 0.001 * noise)!.effects)
      if (p < 0.05) claimed++;
  // 120 tests at 5 %: 6 are expected, and four standard deviations more allowed.
  expect(claimed).toBeLessThanOrEqual(6 + 4 * Math.sqrt(120 * 0.05 * 0.95));
});

it("says nothing of fewer than six trials", () => {
  expect(effects(1, 5, (_, noise) => noise)).toBeNull();
});
