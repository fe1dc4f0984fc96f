import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type ConfigInput,
  inputShape,
  parameterCount,
  parseConfig,
  parseConfigText,
  polynomialDegree,
} from "../../src/model/config.ts";
import { findPreset, PRESET_NAMES, preset } from "../../src/model/presets.ts";

interface CountCase {
  name: string;
  vocabSize: number;
  numericFields: number;
  fields: number;
  embeddingDim: number;
  branches: { featureGating: boolean; sizes: number[] }[];
  parameters: number;
}
const counts = JSON.parse(
  readFileSync(new URL("../golden/parameter-counts.json", import.meta.url), "utf8"),
) as { cases: CountCase[]; unit: object };

const smallest = {
  embeddingDim: 4,
  branches: [{ units: [{ size: 6, order: 2 }] }],
  optimizer: { learningRate: 0.1 },
} satisfies ConfigInput;

describe("parameter counts", () => {
  it.each(counts.cases)("of $name are those that BARS' log prints", (entry) => {
    const config = parseConfig({
      embeddingDim: entry.embeddingDim,
      branches: entry.branches.map(({ featureGating, sizes }) => ({
        featureGating,
        units: sizes.map((size) => ({ size, ...counts.unit })),
      })),
      optimizer: { learningRate: 1e-3 },
    });
    if (!config.ok) throw new Error(config.problem.sentence);
    // One embedding row for each integer field comes on top of the vocabulary.
    const tableRows = entry.vocabSize + entry.numericFields;
    expect(parameterCount(config.value, { fields: entry.fields, tableRows })).toBe(entry.parameters);
  });
});

describe("parseConfig", () => {
  it("accepts every preset", () => {
    for (const name of PRESET_NAMES) expect(findPreset(name)).toEqual({ ok: true, value: preset(name) });
  });

  it.each([
    [
      "a concat unit that its order does not divide",
      { branches: [{ units: [{ size: 7, order: 2, interaction: "concat" }] }] },
      "branches.0.units.0.size",
    ],
    [
      "an unknown gate",
      { branches: [{ units: [{ size: 8, order: 2, gate: "softmax" }] }] },
      "branches.0.units.0.gate",
    ],
    ["no branch", { branches: [] }, "branches"],
    ["five branches", { branches: Array(5).fill(smallest.branches[0]) }, "branches"],
    ["a branch without units", { branches: [{ units: [] }] }, "branches.0.units"],
    ["a rate of zero", { optimizer: { learningRate: 0 } }, "optimizer.learningRate"],
    ["half a row", { batchSize: 0.5 }, "batchSize"],
    [
      "batch norm of one-row batches",
      { batchSize: 1, branches: [{ units: [{ size: 8, order: 1, batchNorm: true }] }] },
      "batchSize",
    ],
  ])("refuses %s at its control", (_, change, control) => {
    const parsed = parseConfig({ ...smallest, ...change });
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.problem.control).toBe(control);
  });

  it("refuses a misspelt field rather than train without it", () => {
    expect(parseConfig({ ...smallest, l2embedding: 1 }).ok).toBe(false);
  });

  it("says of text that is not JSON what it is", () => {
    const parsed = parseConfigText("label,I1\n", "train.csv");
    expect(parsed).toMatchObject({ ok: false, problem: { code: "configuration-not-json" } });
  });

  it("refuses a configuration made for another table", () => {
    const config = parseConfig({ ...smallest, vocabSize: 40 });
    if (!config.ok) throw new Error();
    expect(inputShape(config.value, { fields: 39, tableRows: 41 }).ok).toBe(false);
    expect(inputShape(config.value, { fields: 39, tableRows: 40 }).ok).toBe(true);
  });
});

describe("polynomialDegree", () => {
  const linear = {
    size: 8,
    interaction: "sum",
    gate: "linear",
    activation: "linear",
    batchNorm: false,
    dropout: 0,
  } as const;
  it("multiplies over units and doubles with feature gating", () => {
    const branch = {
      featureGating: true,
      units: [
        { ...linear, order: 3 },
        { ...linear, order: 2 },
      ],
    };
    expect(polynomialDegree(branch)).toEqual({ degree: 12, exact: true });
  });
  it("is only reached up to where a gate is not linear", () => {
    const branch = { featureGating: false, units: [{ ...linear, order: 3, gate: "tanh" as const }] };
    expect(polynomialDegree(branch)).toEqual({ degree: 3, exact: false });
  });
});
