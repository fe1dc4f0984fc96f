import { describe, expect, it } from "vitest";
import type { Config, FinalBranch } from "../../src/model/config.ts";
import { preset } from "../../src/model/presets.ts";
import { configDifference } from "../../src/runs/configDifference.ts";

const demo = preset("demo");

describe("what one configuration has otherwise than another", () => {
  it("is said in one line, by names that people use", () => {
    const other: Config = {
      ...demo,
      distillationWeight: 0,
      optimizer: { ...demo.optimizer, learningRate: 0.001 },
      branches: [demo.branches[0]!, { ...(demo.branches[1] as FinalBranch), featureGating: true }],
    };
    expect(configDifference(demo, other)).toBe(
      "branch 2 feature gating off → on; distillation 1 → 0; learning rate 0.004 → 0.001",
    );
  });

  it("names a branch or a unit that only one has as a whole, and leaves out seeds", () => {
    const [first] = demo.branches as FinalBranch[];
    expect(configDifference(demo, { ...demo, branches: [first!] })).toBe("without branch 2");
    const longer = { ...first!, units: [...first!.units, first!.units[0]!] };
    expect(configDifference(demo, { ...demo, branches: [longer, demo.branches[1]!] })).toBe(
      "with branch 1 unit 3",
    );
    expect(configDifference(demo, { ...demo, seed: 1 })).toBe("the same");
  });

  it("has fractions in six digits, unless they differ behind those", () => {
    const at = (learningRate: number): Config => ({
      ...demo,
      optimizer: { ...demo.optimizer, learningRate },
    });
    expect(configDifference(at(0.01), at(0.01 / 3))).toBe("learning rate 0.01 → 0.00333333");
    expect(configDifference(at(0.0100000001), at(0.01))).toBe("learning rate 0.0100000001 → 0.01");
  });
});
