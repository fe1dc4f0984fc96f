import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type ConfigInput,
  inputShape,
  parseConfig,
  parseConfigText,
  polynomialDegree,
} from "../../src/model/config.ts";
import { parameterCount } from "../../src/model/parameters.ts";
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

it("counts the parameters of branches of other kinds", () => {
  const config = parseConfig({
    ...smallest,
    branches: [{ kind: "linear" }, { kind: "fm" }, { kind: "cross", layers: 2 }],
    fusion: "sum",
  });
  if (!config.ok) throw new Error(config.problem.sentence);
  // The table, two wide parts, two layers of 12 × 12 with their biases and the head.
  const expected = 50 * 4 + 2 * (50 + 1) + 2 * (12 * 12 + 12) + 12 + 1;
  expect(parameterCount(config.value, { fields: 3, tableRows: 50 })).toBe(expected);
});

describe("parseConfig", () => {
  it("accepts every preset", () => {
    for (const name of PRESET_NAMES) expect(findPreset(name)).toEqual({ ok: true, value: preset(name) });
  });

  it("gives each caller a preset of its own", () => {
    preset("demo").branches.pop();
    expect(preset("demo").branches).toHaveLength(2);
  });

  it("puts as many parameters into a classic with FINAL units as into the classic", () => {
    const shape = { fields: 39, tableRows: 1000 };
    for (const name of PRESET_NAMES.filter((preset) => preset.includes("-final-"))) {
      const classic = name.replace("-final", "") as typeof name;
      expect(parameterCount(preset(name), shape)).toBe(parameterCount(preset(classic), shape));
      expect(preset(name).branches[0]).toEqual(preset(classic).branches[0]);
    }
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
    ["an unknown kind of branch", { branches: [{ kind: "fwfm" }] }, "branches.0.kind"],
    ["units in a linear branch", { branches: [{ kind: "linear", units: [] }] }, "branches.0"],
    ["no cross layer", { branches: [{ kind: "cross", layers: 0 }] }, "branches.0.layers"],
    ["weight decay of Adam", { optimizer: { learningRate: 1, weightDecay: 0.1 } }, "optimizer.weightDecay"],
    [
      "two rules to stop by",
      { schedule: { type: "plateau" }, earlyStopping: { patience: 1 } },
      "earlyStopping",
    ],
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

  it("takes a branch that names no kind for one of FINAL's", () => {
    const parsed = parseConfig({
      ...smallest,
      branches: [...smallest.branches, { kind: "fm" }, { kind: "cross" }],
    });
    if (!parsed.ok) throw new Error(parsed.problem.sentence);
    expect(parsed.value.branches.map(({ kind }) => kind)).toEqual(["final", "fm", "cross"]);
    expect(parseConfig(parsed.value)).toEqual(parsed);
  });

  it("says which kinds of branches there are", () => {
    const parsed = parseConfig({ ...smallest, branches: [{ kind: "fwfm" }] });
    if (parsed.ok) throw new Error();
    expect(parsed.problem.sentence).toBe(
      'The configuration cannot work: branches.0.kind: "fwfm" is not one of final, linear, fm, cross.',
    );
  });

  it("refuses a misspelt field rather than train without it", () => {
    expect(parseConfig({ ...smallest, l2embedding: 1 }).ok).toBe(false);
  });

  it.each([
    ["label,I1\n", "it is not JSON"],
    ['{\n  "epochs": 1\n  "seed": 2 }', "it is not JSON at line 3, column 3"],
    ['{ "epochs": 1', "it is JSON that breaks off"],
    ['{ "epochs', "it is JSON that breaks off"],
    [" \n", "it is empty"],
    ["PK\u0003\u0004\0\0", "it is not text"],
  ])("says of %j, which is no configuration, why, and quotes nothing of it", (text, reason) => {
    const parsed = parseConfigText(text, "a.json");
    expect(parsed.ok || parsed.problem.sentence).toBe(`a.json is not a configuration: ${reason}.`);
  });

  it("names the file of a configuration that cannot work", () => {
    const parsed = parseConfigText(JSON.stringify({ ...smallest, optimizer: undefined }), "a.json");
    expect(parsed).toMatchObject({
      ok: false,
      problem: {
        code: "configuration-file-invalid",
        sentence:
          "a.json was not taken over. The configuration cannot work: optimizer: an object is missing.",
        control: "optimizer",
      },
    });
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
      kind: "final" as const,
      featureGating: true,
      units: [
        { ...linear, order: 3 },
        { ...linear, order: 2 },
      ],
    };
    expect(polynomialDegree(branch)).toEqual({ degree: 12, exact: true });
  });
  it("is 1 for a linear part, 2 for pairs, and one more than the layers for a cross network", () => {
    expect(polynomialDegree({ kind: "linear" })).toEqual({ degree: 1, exact: true });
    expect(polynomialDegree({ kind: "fm" })).toEqual({ degree: 2, exact: true });
    expect(polynomialDegree({ kind: "cross", layers: 3 })).toEqual({ degree: 4, exact: true });
  });
  it("is only reached up to where a gate is not linear", () => {
    const branch = {
      kind: "final" as const,
      featureGating: false,
      units: [{ ...linear, order: 3, gate: "tanh" as const }],
    };
    expect(polynomialDegree(branch)).toEqual({ degree: 3, exact: false });
  });
});
