// The fast engine against src/model by automatic differentiation: random configurations, random batches.

import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createReferenceEngine } from "../../src/engine/reference.ts";
import { createWasmFastEngine } from "../../src/engine/wasm/fast.ts";
import { kernelTeam } from "../../src/engine/wasm/kernels.ts";
import { CACHED_FLOATS } from "../../src/engine/wasm/memory.ts";
import { type Config, unitsOf } from "../../src/model/config.ts";
import { preset } from "../../src/model/presets.ts";
import { batchShape, configuration, expectAgreement, isComparable, randomBatch } from "./agreement.ts";

beforeAll(() => useNodeBackend("wasm"));

describe("the fast engine on WASM", () => {
  it("agrees with the reference on losses, gradients and parameters, whatever the model and the batch", async () => {
    await fc.assert(
      fc.asyncProperty(configuration, batchShape, async (config, shape) => {
        fc.pre(isComparable(config, shape));
        const reference = createReferenceEngine(config, shape);
        const fast = createWasmFastEngine(config, shape, { fields: shape.policy });
        try {
          await expectAgreement({ reference, fast }, config, shape);
        } finally {
          reference.dispose();
          fast.dispose();
        }
      }),
      { numRuns: 60, seed: 20261124 },
    );
  });

  it.each(["dense", "lazy"] as const)(
    "agrees on a table of more than two chunks of rows with %s updates",
    async (updates) => {
      // The reference adds a million squares up in float32, a thousandth off: L2 is left to the smaller tables.
      const config = demo({ updates, embeddingDim: 1, l2Embedding: 0 });
      const shape = { ...small, tableRows: 2 * CACHED_FLOATS + 1000 };
      const reference = createReferenceEngine(config, shape);
      const fast = createWasmFastEngine(config, shape);
      await expectAgreement({ reference, fast }, config, shape);
      reference.dispose();
      fast.dispose();
    },
  );

  it.each([
    ["FINAL's units", preset("demo").branches],
    ["every kind of branch", everyKind],
  ])("repeats bit for bit with %s", async (_, branches) => {
    const config = demo({ updates: "dense", branches });
    const shape = { ...small, fields: 9, tableRows: 500 };
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const random = createRandom(7);
      const engine = createWasmFastEngine(config, shape);
      for (let step = 0; step < 5; step++) await engine.step(randomBatch(random, 300, shape), 1e-3);
      runs.push({ reports: await engine.drain(), state: await engine.read() });
      engine.dispose();
    }
    expect(runs[1]).toEqual(runs[0]);
  });

  it("asks for no memory after the first step, over 500 steps and smaller batches", async () => {
    const { heap } = kernelTeam();
    const shape = { ...small, fields: 5, tableRows: 2000 };
    const random = createRandom(3);
    const engine = createWasmFastEngine(demo({ updates: "lazy" }), shape);
    let atFirst = { heapBytes: 0, engineBytes: 0, tensors: 0 };
    const now = () => ({
      heapBytes: heap.HEAPU8.byteLength,
      engineBytes: engine.cost!().allocatedBytes,
      tensors: tf.memory().numTensors,
    });
    for (let step = 1; step <= 500; step++) {
      await engine.step(randomBatch(random, step % 9 === 0 ? 17 : 64, shape), 1e-3);
      await engine.drain();
      if (step === 1) atFirst = now();
    }
    expect(now()).toEqual(atFirst);
    engine.dispose();
  });

  it("trains a table of two million rows, whose other rows a lazy update leaves alone", async () => {
    const shape = { ...small, tableRows: 2_000_000 };
    const batch = randomBatch(createRandom(5), 50, shape);
    const engine = createWasmFastEngine(demo({ updates: "lazy", embeddingDim: 1 }), shape);
    const before = (await engine.read()).parameters.get("embedding")!.values;
    await engine.step(batch, 1e-3);
    const after = (await engine.read()).parameters.get("embedding")!.values;
    engine.dispose();
    const touched = new Set(batch.ids);
    const moved = new Set<number>();
    for (let i = 0; i < after.length; i++) if (after[i] !== before[i]) moved.add(i);
    expect(moved).toEqual(touched);
  });

  it("keeps the running variance where a batch has one row", async () => {
    const config = structuredClone(demo({}));
    for (const unit of unitsOf(config.branches[0]!)) unit.batchNorm = true;
    const shape = { ...small, rows: 1 };
    const engine = createWasmFastEngine(config, shape);
    await engine.step(randomBatch(createRandom(1), 1, shape), 1e-3);
    const { running, parameters } = await engine.read();
    engine.dispose();
    expect([...running.get("branch0/unit0/variance")!.values].every((v) => v === 1)).toBe(true);
    for (const { values } of parameters.values()) expect(values.every(Number.isFinite)).toBe(true);
  });
});

const everyKind: Config["branches"] = [
  { kind: "linear" },
  { kind: "fm" },
  { kind: "cross", layers: 2 },
  preset("demo").branches[1]!,
];

const small = { rows: 33, fields: 3, tableRows: 40, weights: "any", ids: "all", policy: "choose" } as const;

function demo(changes: Partial<Config>): Config {
  return { ...preset("demo"), ...changes };
}
