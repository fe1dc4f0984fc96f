// Random models and batches, and how two engines are held against each other on them. Runs in Node and in a browser.

import fc from "fast-check";
import type { Batch, NamedArrays } from "../../src/base/batch.ts";
import { createRandom, type Random } from "../../src/base/random.ts";
import { type Engine, GRADIENT_SOURCES } from "../../src/engine/engine.ts";
import type { FieldPolicy } from "../../src/engine/fieldChoice.ts";
import {
  type Config,
  FUNCTIONS,
  FUSIONS,
  INTERACTIONS,
  parseConfig,
  unitsOf,
} from "../../src/model/config.ts";

const unit = fc
  .record({
    width: fc.integer({ min: 1, max: 20 }),
    order: fc.integer({ min: 1, max: 4 }),
    interaction: fc.constantFrom(...INTERACTIONS),
    gate: fc.constantFrom(...FUNCTIONS),
    activation: fc.constantFrom(...FUNCTIONS),
    batchNorm: fc.boolean(),
    dropout: fc.constantFrom(0, 0, 0.3),
  })
  .map(({ width, ...rest }) => ({
    ...rest,
    size: rest.interaction === "concat" ? width * rest.order : width,
  }));

const branch = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("final" as const),
      featureGating: fc.boolean(),
      units: fc.array(unit, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("linear" as const, "fm" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("cross" as const), layers: fc.integer({ min: 1, max: 3 }) }),
  },
);

export const configuration: fc.Arbitrary<Config> = fc
  .record({
    embeddingDim: fc.constantFrom(1, 3, 4, 8, 10, 17),
    branches: fc.array(branch, { minLength: 1, maxLength: 4 }),
    fusion: fc.constantFrom(...FUSIONS),
    distillationWeight: fc.constantFrom(0, 0.5, 1),
    l2Embedding: fc.constantFrom(0, 1e-3),
    embeddingDropout: fc.constantFrom(0, 0, 0.3),
    updates: fc.constantFrom("dense" as const, "lazy" as const),
    optimizer: fc.oneof(
      fc.record({ learningRate: fc.constant(1e-3), epsilonHat: fc.boolean() }),
      fc.record({
        kind: fc.constant("adamw" as const),
        learningRate: fc.constant(1e-3),
        weightDecay: fc.constantFrom(0, 0.1),
        clipNorm: fc.constantFrom(0, 0.05, 1e6),
      }),
    ),
    seed: fc.nat(1000),
  })
  .map((input) => {
    const config = parseConfig(input);
    if (!config.ok) throw new Error(config.problem.sentence);
    return config.value;
  });

export interface BatchShape {
  rows: number;
  fields: number;
  tableRows: number;
  weights: "ones" | "any";
  /** How many different ids there are. */
  ids: "one" | "few" | "all";
  policy: FieldPolicy;
}

export const batchShape: fc.Arbitrary<BatchShape> = fc.record({
  rows: fc.constantFrom(1, 2, 7, 33, 130),
  fields: fc.integer({ min: 1, max: 6 }),
  tableRows: fc.constantFrom(1, 40, 40, 3000),
  weights: fc.constantFrom("ones" as const, "any" as const),
  ids: fc.constantFrom("one" as const, "few" as const, "all" as const),
  policy: fc.constantFrom("choose" as const, "unique" as const, "plain" as const),
});

export function randomBatch(
  random: Random,
  rows: number,
  { fields, tableRows, weights, ids }: BatchShape,
): Batch {
  const kinds = { one: 1, few: Math.min(tableRows, 5), all: tableRows }[ids];
  const values = rows * fields;
  const batch: Batch = {
    rowCount: rows,
    fields,
    ids: new Int32Array(values),
    weights: new Float32Array(values),
    labels: new Float32Array(rows),
  };
  for (let i = 0; i < values; i++) {
    batch.ids[i] = Math.floor(random.uniform() * kinds);
    batch.weights[i] = weights === "ones" || random.uniform() < 0.3 ? 1 : Math.round(4 * random.normal()) / 4;
  }
  for (let b = 0; b < rows; b++) batch.labels[b] = random.uniform() < 0.3 ? 1 : 0;
  return batch;
}

/** Replaces the small initial values by some that make every part of the model matter. */
async function lively(engine: Engine, random: Random): Promise<void> {
  const state = await engine.read();
  for (const [name, { shape, values }] of state.parameters) {
    const deviation = name === "embedding" ? 0.5 : name.endsWith("weight") ? 1 / Math.sqrt(shape[0]!) : 0.1;
    const mean = name.endsWith("gamma") ? 1 : 0;
    for (let i = 0; i < values.length; i++) values[i] = mean + deviation * random.normal();
  }
  await engine.write(state);
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  relative: number,
  what: string,
  leastScale = 0,
  absolute = 1e-6,
) {
  if (actual.length !== expected.length) throw new Error(`${what} has ${actual.length} numbers`);
  const scale = Math.max(largest(expected), leastScale);
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(actual[i]! - expected[i]!);
    if (!(off <= relative * scale + absolute))
      throw new Error(`${what}[${i}]: ${actual[i]} where the reference has ${expected[i]}, scale ${scale}`);
  }
}

function expectGradientsClose(actual: NamedArrays, expected: NamedArrays, config: Config) {
  const what = "the gradient of";
  // Batch norm makes some gradients vanish: there both sides hold the rounding of large numbers that cancel.
  const [relative, absolute] = hasBatchNorm(config) ? [2e-3, 2e-5] : [2e-4, 1e-6];
  const leastScale = 0.05 * Math.max(...[...expected.values()].map(({ values }) => largest(values)));
  for (const [name, { values }] of expected)
    expectClose(actual.get(name)?.values ?? [], values, relative, `${what} ${name}`, leastScale, absolute);
}

/** The sources' gradients and L2's make up the whole one, within 1e-5 where batch norm leaves no rounding alone. */
async function expectSourcesAddUp(engine: Engine, config: Config, batch: Batch): Promise<void> {
  const whole = await engine.gradients(batch);
  const { parameters } = await engine.read();
  const parts = [];
  for (const source of GRADIENT_SOURCES) parts.push(await engine.gradientsOf(source, batch));
  const rows = Int32Array.from(new Set(batch.ids)).sort();
  const leastScale = Math.max(...[...whole.values()].map(({ values }) => largest(values)));
  const relative = hasBatchNorm(config) ? 1e-4 : 1e-5;
  for (const [name, { values, shape }] of whole) {
    const isTable = name === "embedding" || name.endsWith("linear/weight");
    const width = isTable ? shape[1]! : values.length;
    const sum = new Float64Array(values.length);
    if (isTable && config.updates === "dense")
      for (let i = 0; i < sum.length; i++) sum[i] = config.l2Embedding * parameters.get(name)!.values[i]!;
    for (const [r, row] of isTable ? rows.entries() : [[0, 0] as const])
      for (let d = 0; d < width; d++) {
        const at = row * width + d;
        if (isTable && config.updates === "lazy")
          sum[at] = config.l2Embedding * parameters.get(name)!.values[at]!;
        for (const part of parts) sum[at]! += part.get(name)!.values[r * width + d]!;
      }
    expectClose(sum, values, relative, `the sources' sum of ${name}`, leastScale);
  }
}

/** Moments by the gradients' limits; parameters within what a step can turn a gradient's rounding into. */
async function expectStatesClose(fast: Engine, reference: Engine, config: Config): Promise<void> {
  const [actual, expected] = [await fast.read(), await reference.read()];
  expectGradientsClose(actual.firstMoments, expected.firstMoments, config);
  const threshold = 0.05 * Math.max(...[...expected.firstMoments.values()].map((m) => largest(m.values)));
  for (const [name, { values }] of expected.parameters) {
    const moments = expected.firstMoments.get(name)!.values;
    const got = actual.parameters.get(name)!.values;
    for (let i = 0; i < values.length; i++) {
      const limit = Math.abs(moments[i]!) > threshold ? 1e-5 : 2.1e-3;
      if (!(Math.abs(got[i]! - values[i]!) <= limit))
        throw new Error(`${name}[${i}] is ${got[i]} where the reference has ${values[i]}`);
    }
  }
  for (const [name, { values }] of expected.running)
    expectClose(actual.running.get(name)!.values, values, 1e-4, name);
}

function hasBatchNorm(config: Config): boolean {
  return config.branches.some((branch) => unitsOf(branch).some((unit) => unit.batchNorm));
}

/** Rows that hardly differ: batch norm divides their rounding by √ε, once a unit, and nothing comparable is left. */
function rowsAreAlike({ rows, tableRows, ids, fields }: BatchShape): boolean {
  return rows < 33 || tableRows === 1 || ids === "one" || (ids === "few" && fields === 1);
}

export interface Pair {
  reference: Engine;
  fast: Engine;
}

/** Whether the two can be compared: what is left of a number must not be its rounding alone. */
export function isComparable(config: Config, shape: BatchShape): boolean {
  return !(hasBatchNorm(config) && rowsAreAlike(shape));
}

/** Gradients, three steps with a smaller batch among them, the state after each, and an evaluation. Throws where they part. */
export async function expectAgreement(
  { reference, fast }: Pair,
  config: Config,
  shape: BatchShape,
): Promise<void> {
  const random = createRandom(config.seed, shape.rows);
  await lively(reference, random);
  await fast.write(await reference.read());
  const smaller = Math.max(1, shape.rows >> 1);
  const first = randomBatch(random, shape.rows, shape);
  const gradients = await reference.gradients(first);
  expectGradientsClose(await fast.gradients(first), gradients, config);
  for (const engine of [reference, fast]) await expectSourcesAddUp(engine, config, first);
  for (const source of GRADIENT_SOURCES) {
    const expected = await reference.gradientsOf(source, first);
    expectGradientsClose(await fast.gradientsOf(source, first), expected, config);
  }
  for (const rows of [shape.rows, smaller, shape.rows]) {
    const batch = rows === smaller ? randomBatch(random, rows, shape) : first;
    await reference.step(batch, 1e-3);
    await fast.step(batch, 1e-3);
    const [[expected], [actual]] = [await reference.drain(), await fast.drain()];
    if (actual!.step !== expected!.step) throw new Error(`step ${actual!.step} is not ${expected!.step}`);
    expectClose(actual!.logits, expected!.logits, 5e-4, "logits");
    for (const [name, value] of Object.entries(expected!.losses))
      expectClose([actual!.losses[name as "fused"]].flat(), [value].flat(), 5e-4, `the loss ${name}`);
    await expectStatesClose(fast, reference, config);
    // Adam turns a gradient's rounding into a step, so the next is compared from the same state.
    await fast.write(await reference.read());
  }
  const batch = randomBatch(random, smaller, shape);
  const [expected, actual] = [await reference.evaluate(batch), await fast.evaluate(batch)];
  expectClose(actual.logits, expected.logits, 5e-4, "evaluated logits");
  expectClose([actual.losses.total], [expected.losses.total], 5e-4, "the evaluated loss");
}
