import { describe, expect, it } from "vitest";
import { type BranchConfig, unitsOf } from "../../src/model/config.ts";
import { preset } from "../../src/model/presets.ts";
import { checkDraft, nextUnit, valueAt, withValue } from "../../src/store/configuration/draft.ts";

const demo = preset("demo");

describe("a draft", () => {
  it("is known as the preset that it equals, and as none once changed", () => {
    expect(checkDraft(demo).preset).toBe("demo");
    expect(checkDraft(withValue(demo, "epochs", 77)).preset).toBeNull();
  });

  it("keeps what was typed, and names the control at fault", () => {
    const checked = checkDraft(withValue(demo, "branches.0.units.1.size", "wide"));
    expect(valueAt(checked.draft, "branches.0.units.1.size")).toBe("wide");
    expect(checked.config).toBeNull();
    expect(checked.problem).toMatchObject({
      control: "branches.0.units.1.size",
      reason: '"wide" is not a number.',
    });
  });

  it.each([
    ["epochs", "", "A number is missing."],
    ["epochs", 0, "0 is too small."],
    ["epochs", 1.5, "1.5 is not a whole number."],
    ["branches.0.units.0.dropout", 2, "2 is too large."],
    ["optimizer.learningRate", -1, "-1 is too small."],
  ])("says of %s %j: %s", (path, value, reason) => {
    expect(checkDraft(withValue(demo, path, value)).problem).toMatchObject({ control: path, reason });
  });

  it("changes one value and shares the rest", () => {
    const changed = withValue(demo, "branches.1.units.0.order", 2);
    expect(unitsOf(changed.branches[1] as BranchConfig)[0]!.order).toBe(2);
    expect(unitsOf(demo.branches[1]!)[0]!.order).toBe(3);
    expect(changed.branches[0]).toBe(demo.branches[0]);
    expect(Array.isArray(changed.branches)).toBe(true);
  });

  it("offers a further unit half as wide as the last", () => {
    expect(nextUnit(unitsOf(demo.branches[0]!))).toEqual({ ...unitsOf(demo.branches[0]!).at(-1)!, size: 16 });
  });
});
