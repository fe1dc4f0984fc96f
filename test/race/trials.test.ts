import { describe, expect, it } from "vitest";
import type { Config } from "../../src/model/config.ts";
import { preset } from "../../src/model/presets.ts";
import { parseVary, type Setting } from "../../src/race/settings.ts";
import { type Method, makeTrials } from "../../src/race/trials.ts";

const base = preset("demo");

function settingsOf(vary: unknown, config: Config = base): Setting[] {
  const parsed = parseVary(vary, config);
  if (!parsed.ok) throw new Error(parsed.problem.sentence);
  return parsed.value;
}

function trialsOf(vary: unknown, method: Method, count = 16) {
  const made = makeTrials(base, { settings: settingsOf(vary), method, count, seed: 1 });
  if (!made.ok) throw new Error(made.problem.sentence);
  return made.value;
}

describe("what is varied", () => {
  it("is refused with the place and the reason", () => {
    const reasonOf = (vary: unknown) => {
      const parsed = parseVary(vary, base);
      return parsed.ok ? null : parsed.problem.sentence;
    };
    expect(reasonOf([])).toContain("not a map");
    expect(reasonOf({})).toContain("it names no setting");
    expect(reasonOf({ learningRate: [1, 2] })).toContain(
      "learningRate: the configuration has no such setting",
    );
    expect(reasonOf({ embeddingDim: [8] })).toContain("embeddingDim: a list needs two values or more");
    expect(reasonOf({ embeddingDim: [8, 8] })).toContain("8 is listed twice");
    expect(reasonOf({ l2Embedding: { from: 1, to: 0 } })).toContain("the range from 1 to 0 is empty");
    expect(reasonOf({ l2Embedding: { from: 0, to: 1, scale: "log" } })).toContain(
      "a log scale begins above 0",
    );
    expect(reasonOf({ l2Embedding: { from: 0 } })).toContain("neither a list nor {from");
  });
  it("is whole where the configuration refuses a fraction", () => {
    const settings = settingsOf({
      embeddingDim: { from: 4, to: 16 },
      l2Embedding: { from: 0, to: 1 },
      "branches.*.units.*.size": { from: 8, to: 64, scale: "log" },
    });
    expect(settings.map((setting) => setting.kind === "range" && setting.whole)).toEqual([true, false, true]);
  });
});

describe("trials", () => {
  it("of a grid are all combinations", () => {
    const { trials } = trialsOf(
      { embeddingDim: [4, 8], l2Embedding: { from: 1e-6, to: 1e-4, scale: "log", steps: 3 } },
      "grid",
    );
    expect(trials.map(({ config }) => [config.embeddingDim, config.l2Embedding])).toEqual([
      [4, 1e-6],
      [4, 1e-5],
      [4, 1e-4],
      [8, 1e-6],
      [8, 1e-5],
      [8, 1e-4],
    ]);
    expect(trials.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  });
  it("of a grid beyond 64 are refused with their number", () => {
    const settings = settingsOf({
      embeddingDim: [1, 2, 3, 4, 5, 6, 7, 8, 9],
      epochs: [1, 2, 3, 4, 5, 6, 7, 8],
    });
    const made = makeTrials(base, { settings, method: "grid", count: 0, seed: 1 });
    expect(made.ok ? "" : made.problem.sentence).toBe(
      "The grid has 72 combinations; a race tries 64 at most.",
    );
  });
  it("reach every unit of every branch by stars, and may replace whole branches", () => {
    const { trials } = trialsOf(
      {
        branches: [
          { name: "FM", value: [{ kind: "fm" }, { units: [{ size: 8, order: 2 }] }] },
          { name: "two", value: [{ units: [{ size: 8, order: 1 }] }, { units: [{ size: 4, order: 2 }] }] },
        ],
        "branches.*.units.*.dropout": [0, 0.3],
      },
      "grid",
    );
    expect(trials).toHaveLength(4);
    expect(trials[1]!.choices.map(({ label }) => label)).toEqual(["FM", "0.3"]);
    expect(trials[3]!.config.branches).toMatchObject([
      { units: [{ dropout: 0.3 }] },
      { units: [{ dropout: 0.3 }] },
    ]);
  });
  it.each(["random", "sobol", "sobol-unscrambled"] as const)(
    "drawn by %s lie in their ranges, each once, the same for the same seed",
    (method) => {
      const vary = {
        "optimizer.learningRate": { from: 1e-4, to: 1e-1, scale: "log" },
        embeddingDim: { from: 4, to: 16 },
        integers: ["bucket", "log"],
      };
      const { trials } = trialsOf(vary, method, 32);
      expect(trials).toHaveLength(32);
      expect(trialsOf(vary, method, 32).trials).toEqual(trials);
      expect(new Set(trials.map(({ config }) => JSON.stringify(config))).size).toBe(32);
      const rates = trials.map(({ config }) => config.optimizer.learningRate);
      expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
      expect(Math.max(...rates)).toBeLessThanOrEqual(1e-1);
      // Half of a log range lies below its geometric mean.
      expect(Math.abs(rates.filter((rate) => rate < 10 ** -2.5).length - 16)).toBeLessThan(
        method === "random" ? 9 : 2,
      );
      for (const { config } of trials) expect(Number.isInteger(config.embeddingDim)).toBe(true);
    },
  );
  it("that lists make alike are drawn once, and there may be fewer than asked for", () => {
    expect(trialsOf({ embeddingDim: [4, 8], fusion: ["mean", "sum"] }, "sobol", 16).trials).toHaveLength(4);
  });
  it("that cannot work are left out with the reason", () => {
    const { trials, leftOut } = trialsOf(
      { "optimizer.kind": ["adam", "adamw"], "optimizer.weightDecay": [0, 1] },
      "grid",
    );
    expect(trials).toHaveLength(3);
    expect(leftOut).toMatchObject([{ reason: "Adam has no weight decay of its own." }]);
  });
});
