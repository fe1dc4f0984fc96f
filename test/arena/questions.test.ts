import { describe, expect, it } from "vitest";
import { QUESTIONS } from "../../src/arena/questions.ts";
import { orThrow } from "../../src/base/result.ts";
import { type Config, parseConfig, unitsOf } from "../../src/model/config.ts";
import { preset } from "../../src/model/presets.ts";

const demo = preset("demo");
const concat = { ...unitsOf(demo.branches[0]!)[0]!, interaction: "concat" as const };
const membersOf = (id: string, config: Config = demo) =>
  QUESTIONS.find((question) => question.id === id)!.members(config);

describe("ready questions", () => {
  it.each(QUESTIONS)("$title changes one thing, and every member is a configuration", ({ members }) => {
    const found = members(demo);
    if (!found.ok) throw new Error(found.problem.sentence);
    expect(found.value.length).toBeGreaterThanOrEqual(2);
    for (const { config } of found.value) {
      expect(parseConfig(config)).toEqual({ ok: true, value: config });
      expect([config.batchSize, config.epochs, config.integers]).toEqual([
        demo.batchSize,
        demo.epochs,
        demo.integers,
      ]);
    }
    expect(new Set(found.value.map(({ name }) => name)).size).toBe(found.value.length);
    const reported = found.value.map(({ config, draw }) => JSON.stringify([config, draw]));
    expect(new Set(reported).size).toBe(reported.length);
  });

  it("sets a classic against the same with FINAL units, everything else alike", () => {
    const [classic, withFinal] = orThrow(membersOf("deepfm"));
    expect(classic!.config.branches[0]).toEqual({ kind: "fm" });
    expect({ ...classic!.config, branches: [] }).toEqual({ ...withFinal!.config, branches: [] });
    const [deep, units] = [classic, withFinal].map((member) => unitsOf(member!.config.branches[1]!));
    expect(deep!.map(({ size, order }) => [size, order])).toEqual(units!.map(({ size }) => [size, 1]));
  });

  it("sets alike branches against different ones, also where all are alike", () => {
    const alike = { ...demo, branches: [demo.branches[0]!, demo.branches[0]!] };
    const found = membersOf("symmetry", alike);
    if (!found.ok) throw new Error(found.problem.sentence);
    const [same, different] = found.value;
    expect(same!.config.branches[0]).toEqual(same!.config.branches[1]);
    expect(different!.config.branches[0]).not.toEqual(different!.config.branches[1]);
  });

  it("say why they cannot be asked", () => {
    expect(membersOf("distillation", { ...demo, branches: demo.branches.slice(0, 1) })).toMatchObject({
      ok: false,
      problem: { remedy: "Add a branch." },
    });
    const units = [{ ...concat, order: 2, size: 9 }];
    const odd: Config = { ...demo, branches: [{ kind: "final", featureGating: false, units }] };
    expect(membersOf("gating", odd)).toMatchObject({ ok: false, problem: { code: "configuration-invalid" } });
  });
});
