// Gradients by source against a slow independent computation, and beside a run that must not notice them.

import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { NamedArrays } from "../../src/base/batch.ts";
import { createRandom } from "../../src/base/random.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createPlainEngine } from "../../src/engine/plain.ts";
import { createReferenceEngine } from "../../src/engine/reference.ts";
import { createWasmFastEngine } from "../../src/engine/wasm/fast.ts";
import {
  createGradientWatch,
  GRADIENT_SHARE,
  type GradientPoint,
  measureGradients,
  togetherNorm,
  WHOLE_MODEL,
} from "../../src/insight/gradients.ts";
import type { Config, InputShape } from "../../src/model/config.ts";
import { preset } from "../../src/model/presets.ts";
import { createControl } from "../../src/train/control.ts";
import { createRun } from "../../src/train/run.ts";
import { randomBatch } from "../engine/agreement.ts";
import { smallConfig } from "../train/configs.ts";
import { createMemoryDataset } from "../train/memoryDataset.ts";

beforeAll(() => useNodeBackend("wasm"));

afterEach(() => {
  vi.restoreAllMocks();
});

const SHAPE = { rows: 150, fields: 5, tableRows: 300, weights: "any", ids: "all", policy: "choose" } as const;
const ENGINES = { fast: createWasmFastEngine, reference: createReferenceEngine };

const modelOf = (changes: Partial<Config>): Config => ({ ...preset("demo"), l2Embedding: 0, ...changes });
const KINDS: Config["branches"] = [
  { kind: "linear" },
  { kind: "fm" },
  { kind: "cross", layers: 2 },
  preset("demo").branches[1]!,
];

/** Tfjs' own gradients of the whole loss, at another engine's parameters and under another distillation weight. */
async function plainGradients(
  engine: Engine,
  config: Config,
  distillationWeight: number,
): Promise<NamedArrays> {
  const plain = createPlainEngine({ ...config, distillationWeight }, SHAPE);
  await plain.write(await engine.read());
  const gradients = await plain.gradients(randomBatch(createRandom(4), SHAPE.rows, SHAPE));
  plain.dispose();
  return gradients;
}

describe("gradients by source", () => {
  it.each([
    ["fast", "FINAL's units", modelOf({})],
    ["fast", "a fusion gate", modelOf({ fusion: "gate" })],
    ["fast", "branches of all kinds", modelOf({ branches: KINDS })],
    ["reference", "a fusion gate", modelOf({ fusion: "gate" })],
    ["reference", "branches of all kinds", modelOf({ branches: KINDS })],
  ] as const)("agree on %s with tfjs' gradients under other weights: %s", async (name, _, config) => {
    const engine = ENGINES[name](config, SHAPE);
    const batch = randomBatch(createRandom(4), SHAPE.rows, SHAPE);
    // A few steps, so that branches differ and distillation has something to do.
    const others = createRandom(5);
    for (let step = 0; step < 20; step++) await engine.step(randomBatch(others, SHAPE.rows, SHAPE), 0.01);
    const measured = await measureGradients(engine, config, batch);
    const clicks = await plainGradients(engine, config, 0);
    const both = await plainGradients(engine, config, config.distillationWeight);
    engine.dispose();
    const parts = new Map(measured.map((part) => [part.part, part]));
    const partNames = [...both.keys()].map((key) => key.replace(/\/[a-z]+$/, ""));
    expect(new Set(parts.keys())).toEqual(new Set([WHOLE_MODEL, ...partNames]));
    const scale = parts.get(WHOLE_MODEL)!.clicks;
    for (const [part, { clicks: c, distillation: d, cosine, ...rest }] of parts) {
      const names = [...both.keys()].filter(
        (key) => part === WHOLE_MODEL || key === part || key.startsWith(`${part}/`),
      );
      const of = (arrays: NamedArrays) => names.flatMap((key) => [...arrays.get(key)!.values]);
      const [fromClicks, whole] = [of(clicks), of(both)];
      const taught = whole.map((value, i) => value - fromClicks[i]!);
      const off = [
        c - norm(fromClicks),
        d - norm(taught),
        togetherNorm({ clicks: c, distillation: d, cosine, ...rest }) - norm(whole),
        // A cosine says nothing of vectors that are all rounding.
        Math.min(c, d) > 1e-2 * scale ? scale * (cosine! - dot(fromClicks, taught) / (c * d)) : 0,
      ];
      for (const one of off) expect(Math.abs(one), `${part}: ${off.join(", ")}`).toBeLessThan(1e-5 * scale);
    }
    expect(parts.get(WHOLE_MODEL)!.distillation).toBeGreaterThan(1e-3 * scale);
  });

  it("come from the clicks alone where there is one branch", async () => {
    const config = modelOf({ branches: [preset("demo").branches[0]!] });
    const engine = createWasmFastEngine(config, SHAPE);
    const parts = await measureGradients(engine, config, randomBatch(createRandom(4), SHAPE.rows, SHAPE));
    engine.dispose();
    expect(parts[0]!.clicks).toBeGreaterThan(0);
    for (const part of parts) expect(part).toMatchObject({ distillation: 0, cosine: null });
  });

  it.each(["fast", "reference"] as const)("leave a run on %s as it is, bit for bit", async (name) => {
    const finals = [];
    const points: GradientPoint[] = [];
    for (const looks of [false, true]) {
      const dataset = createMemoryDataset({ train: 1000, test: 300 });
      const config: Config = { ...smallConfig(), embeddingDropout: 0.2 };
      const engine = ENGINES[name](config, dataset.shape(config.integers) as InputShape);
      const watch = createGradientWatch({
        config,
        totalSteps: 1_000_000,
        trainedSeconds: () => 1,
        emit: (point) => points.push(point),
      });
      const beforeStep = { isDue: ({ step }: { step: number }) => step % 3 === 1, look: watch.look };
      const losses: unknown[] = [];
      await createRun({
        config,
        dataset,
        engine,
        control: createControl(),
        evaluateEverySteps: 0,
        ...(looks && { beforeStep }),
        onReport: ({ losses: own, logits }) => losses.push(own, logits),
        emit() {},
      }).train();
      finals.push({ losses, state: await engine.read() });
      engine.dispose();
    }
    expect(finals[1]).toEqual(finals[0]);
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 11 }, (_, i) => 3 * i + 2));
  });

  it("are measured only as far as their share of training's time reaches", async () => {
    let trained = 0;
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const points: GradientPoint[] = [];
    const config = smallConfig();
    const watch = createGradientWatch({
      config,
      totalSteps: 5000,
      trainedSeconds: () => trained,
      emit: (point) => points.push(point),
    });
    const slow = {
      async gradientsOf(): Promise<NamedArrays> {
        now += 4;
        return new Map([["embedding", { shape: [1], values: new Float32Array([1]) }]]);
      },
    } as unknown as Engine;
    const batch = randomBatch(createRandom(4), 8, SHAPE);
    for (let step = 0; step < 5000; step++) {
      if (watch.isDue({ step })) await watch.look(slow, batch, { step, rowsSeen: 8 * step });
      trained += 0.003;
    }
    const last = points.at(-1)!;
    expect(points.length).toBeGreaterThan(5);
    // The first one's time was not known before.
    for (const { seconds, trainedSeconds } of points.slice(1))
      expect(seconds).toBeLessThan(GRADIENT_SHARE * trainedSeconds + 1e-9);
    expect(last.seconds / trained).toBeGreaterThan(0.015);
  });

  it.each([
    [100, 256],
    [3000, 768],
    [10_000, 1024],
  ])(
    "of a run of %i steps are measured on %i rows of a batch, so that a short one has enough of them",
    async (totalSteps, rows) => {
      const config = modelOf({});
      const points: GradientPoint[] = [];
      const watch = createGradientWatch({
        config,
        totalSteps,
        trainedSeconds: () => 1,
        emit: (point) => points.push(point),
      });
      const engine = createWasmFastEngine(config, SHAPE);
      const batch = randomBatch(createRandom(4), 1024, SHAPE);
      await watch.look(engine, batch, { step: 7, rowsSeen: 7 * 1024 });
      expect(points).toMatchObject([{ step: 8, rowsSeen: 7 * 1024, rows, batchRows: 1024 }]);
      const { parts } = points[0]!;
      const { fields, ids, weights, labels } = batch;
      const first = {
        rowCount: rows,
        fields,
        ids: ids.slice(0, rows * fields),
        weights: weights.slice(0, rows * fields),
        labels: labels.slice(0, rows),
      };
      expect(await measureGradients(engine, config, first)).toEqual(parts);
      engine.dispose();
    },
  );
});

function norm(values: number[]): number {
  return Math.sqrt(dot(values, values));
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
