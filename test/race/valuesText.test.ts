import { expect, it } from "vitest";
import { preset } from "../../src/model/presets.ts";
import { parseVary, settingsIn } from "../../src/race/settings.ts";
import { suggestedValues, valuesOf } from "../../src/race/valuesText.ts";

it("reads lists and ranges as people type them", () => {
  expect(valuesOf("4, 8,16")).toEqual([4, 8, 16]);
  expect(valuesOf("bucket, quantile")).toEqual(["bucket", "quantile"]);
  expect(valuesOf("on, off")).toEqual([true, false]);
  expect(valuesOf("1e-4 to 0.02 log")).toEqual({ from: 1e-4, to: 0.02, scale: "log" });
  expect(valuesOf("0.1..0.5")).toEqual({ from: 0.1, to: 0.5 });
});

it.each(["demo", "small-data", "deepfm-final-x1"] as const)(
  "suggests for each setting of %s values that can be varied",
  (name) => {
    const base = preset(name);
    const settings = settingsIn(base);
    expect(settings.has("optimizer.learningRate")).toBe(true);
    expect(settings.has("branches.*.units.*.size")).toBe(true);
    expect(settings.has("seed")).toBe(false);
    for (const path of ["optimizer.learningRate", "embeddingDim", "epochs", "branches.*.units.*.dropout"]) {
      const parsed = parseVary({ [path]: valuesOf(suggestedValues(path, settings.get(path))) }, base);
      expect(parsed.ok ? "" : parsed.problem.sentence).toBe("");
    }
  },
);
