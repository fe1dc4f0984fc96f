// AdamW, gradient clipping and embedding dropout against computations of their own in float64, on every engine of WASM.

import { beforeAll, describe, expect, it } from "vitest";
import type { NamedArrays } from "../../src/base/batch.ts";
import { createRandom } from "../../src/base/random.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import { dropEmbeddings } from "../../src/engine/embeddingDropout.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createIdGrouper } from "../../src/engine/idGroups.ts";
import { type Config, type ConfigInput, parseConfig } from "../../src/model/config.ts";
import { randomBatch } from "./agreement.ts";

const shape = { rows: 60, fields: 4, tableRows: 50, weights: "any", ids: "all", policy: "choose" } as const;
const RATE = 1e-2;

function configuration(changes: Partial<ConfigInput>): Config {
  const config = parseConfig({
    embeddingDim: 6,
    branches: [
      { kind: "fm" },
      {
        units: [
          { size: 5, order: 2 },
          { size: 3, order: 1 },
        ],
      },
      { kind: "cross", layers: 2 },
    ],
    fusion: "gate",
    l2Embedding: 1e-3,
    optimizer: { learningRate: RATE },
    ...changes,
  });
  if (!config.ok) throw new Error(config.problem.sentence);
  return config.value;
}

/** Every parameter by the first step of AdamW (Loshchilov and Hutter 2019, Algorithm 2), gradients clipped before. */
function moved(before: NamedArrays, gradients: NamedArrays, { optimizer }: Config): Map<string, number[]> {
  const { beta1, beta2, epsilon, weightDecay, clipNorm } = optimizer;
  let squares = 0;
  for (const { values } of gradients.values()) for (const g of values) squares += g * g;
  const scale = clipNorm === 0 ? 1 : Math.min(1, clipNorm / (Math.sqrt(squares) + 1e-6));
  const result = new Map<string, number[]>();
  for (const [name, { shape, values }] of before) {
    const isDense = shape.length === 2 && name !== "embedding" && !name.includes("/linear/");
    const steps = Array.from(values, (value, i) => {
      const g = gradients.get(name)!.values[i]! * scale;
      const m = ((1 - beta1) * g) / (1 - beta1);
      const v = ((1 - beta2) * g * g) / (1 - beta2);
      const shrunk = isDense ? value * (1 - RATE * weightDecay) : value;
      return shrunk - (RATE * m) / (Math.sqrt(v) + epsilon);
    });
    result.set(name, steps);
  }
  return result;
}

async function lively(engine: Engine): Promise<void> {
  const random = createRandom(8);
  const state = await engine.read();
  for (const { values } of state.parameters.values())
    for (let i = 0; i < values.length; i++) values[i] = 0.3 * random.normal();
  await engine.write(state);
}

beforeAll(() => useNodeBackend("wasm"));

describe.each(["reference", "fast"] as const)("the %s engine", (name) => {
  it.each([
    ["AdamW", { kind: "adamw", weightDecay: 0.5 }],
    ["clipping", { clipNorm: 0.02 }],
    ["clipping that is not reached", { clipNorm: 1e4 }],
    ["both", { kind: "adamw", weightDecay: 0.2, clipNorm: 0.1 }],
  ] as const)("moves parameters by %s as the formulas say", async (_, optimizer) => {
    // An ε as large as the gradients, so that scaling them shows in the first step.
    const config = configuration({ optimizer: { learningRate: RATE, epsilon: 1e-2, ...optimizer } });
    const engine = await createEngine(name, config, shape);
    await lively(engine);
    const batch = randomBatch(createRandom(4), shape.rows, shape);
    const before = (await engine.read()).parameters;
    const expected = moved(before, await engine.gradients(batch), config);
    await engine.step(batch, RATE);
    const after = (await engine.read()).parameters;
    engine.dispose();
    for (const [parameter, values] of expected)
      for (const [i, value] of values.entries())
        expect(Math.abs(after.get(parameter)!.values[i]! - value), `${parameter}[${i}]`).toBeLessThan(2e-6);
  });
});

describe("embedding dropout", () => {
  const config = configuration({ embeddingDropout: 0.25 });
  const batch = randomBatch(createRandom(4), 4000, { ...shape, weights: "ones" });

  it("drops that share of the values, and scales the others up", () => {
    const { weights } = dropEmbeddings(batch, config, 1);
    const dropped = weights.filter((weight) => weight === 0).length / weights.length;
    expect(dropped).toBeCloseTo(0.25, 1);
    expect(new Set(weights)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  });

  it("is another draw at each step, and the same one for the same step", () => {
    const draw = (step: number) => dropEmbeddings(batch, config, step).weights.join();
    expect(draw(2)).toBe(draw(2));
    expect(draw(2)).not.toBe(draw(3));
  });

  it("gives a batch that came grouped the groups that it would get anew", () => {
    const groups = createIdGrouper(shape.tableRows).group(batch);
    const { groups: changed, ...rest } = dropEmbeddings({ ...batch, groups }, config, 1);
    expect(changed).toEqual(createIdGrouper(shape.tableRows).group(rest));
  });

  it("leaves the batch alone where nothing is dropped", () => {
    expect(dropEmbeddings(batch, configuration({}), 1)).toBe(batch);
  });
});
