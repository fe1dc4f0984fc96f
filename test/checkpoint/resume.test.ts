// A run that is interrupted and resumed gives, bit for bit, what the uninterrupted one gives.

import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { orThrow } from "../../src/base/result.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import type { DatasetCard } from "../../src/checkpoint/metadata.ts";
import type { RunSnapshot } from "../../src/checkpoint/snapshot.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createWasmFastEngine } from "../../src/engine/wasm/fast.ts";
import { type Config, type ConfigInput, parseConfig } from "../../src/model/config.ts";
import { createControl } from "../../src/train/control.ts";
import { createRun, type Run } from "../../src/train/run.ts";
import { createMemoryDataset } from "../train/memoryDataset.ts";
import { joined } from "./sample.ts";

const dataset = createMemoryDataset({ train: 1000, test: 300 });

// Everything that has a state: dropout, batch norm, a schedule that keeps the best model and ends early.
const everything: ConfigInput = {
  embeddingDim: 4,
  branches: [
    { featureGating: true, units: [{ size: 8, order: 2, batchNorm: true, dropout: 0.3 }] },
    { units: [{ size: 4, order: 1, activation: "relu", dropout: 0.1 }] },
  ],
  fusion: "gate",
  l2Embedding: 1e-4,
  optimizer: { learningRate: 0.05 },
  schedule: { type: "plateau", patience: 2 },
  batchSize: 100,
  epochs: 6,
  seed: 7,
};

/** Trains from `from` to the end, or until a snapshot that is asked for at `killStep` is there. */
async function train(config: Config, killStep = Number.POSITIVE_INFINITY, from?: RunSnapshot) {
  const engine = createWasmFastEngine(config, dataset.shape(config.integers));
  const control = createControl();
  let taken: Promise<RunSnapshot> | null = null;
  let run: Run;
  let reason = "";
  const watched: typeof engine = {
    ...engine,
    async step(batch, learningRate) {
      if (!taken && run.session.step >= killStep) taken = run.snapshot();
      await engine.step(batch, learningRate);
    },
    async evaluate(batch) {
      if (!taken && run.session.step >= killStep) taken = run.snapshot();
      return engine.evaluate(batch);
    },
  };
  run = createRun({
    config,
    dataset,
    engine: watched,
    control,
    evaluateEverySteps: 4,
    ...(from && { from }),
    emit(event) {
      if (taken) control.stop();
      if (event.type === "finished") reason = event.reason;
    },
  });
  await run.train();
  const snapshot = await (taken ?? run.snapshot());
  engine.dispose();
  return { snapshot, reason, killed: taken !== null };
}

/** Through the bytes of a file, as after a reload. */
async function reloaded(config: Config, snapshot: RunSnapshot): Promise<RunSnapshot> {
  const { fields, tableRows } = dataset.shape(config.integers);
  const { splits } = dataset.manifest;
  const column = { name: "C", kind: "category" as const, missing: 0, distinct: 1, frequent: 0, base: 1 };
  const card: DatasetCard = {
    name: "memory",
    identity: "0".repeat(64),
    fields,
    tableRows,
    splits,
    columns: [column],
  };
  const engine = { engine: "fast", backend: "wasm", threads: 1 } as const;
  const run = { id: "run", name: "run", evaluateEverySteps: 4, savedAt: 0, origin: null };
  const pieces = await encodeCheckpoint({ ...snapshot, run, config, dataset: card, engine });
  return orThrow(decodeCheckpoint(joined(pieces), "file"));
}

/** What must be equal: all but the clock. */
function timeless({ progress, state, best, meter, history }: RunSnapshot) {
  const clock = { time: 0, activeSeconds: 0, seconds: 0 };
  return {
    progress: { ...progress, ...clock, best: { ...progress.best, ...clock } },
    state,
    best,
    meter: { ...meter, last: { ...meter.last, position: { ...meter.last!.position, ...clock } } },
    progressPoints: history.progress.map((point) => ({ ...point, ...clock })),
    evaluations: history.evaluations.map((point) => ({ ...point, ...clock })),
  };
}

describe.each(["wasm", "cpu"] as const)("on %s", (backend) => {
  beforeAll(() => useNodeBackend(backend));

  it.each(["dense", "lazy"] as const)(
    "continues after every kind of interruption (%s updates)",
    async (updates) => {
      const config = orThrow(parseConfig({ ...everything, updates }));
      const whole = await train(config);
      expect(whole.snapshot.progress.step).toBeGreaterThan(30);
      expect(whole.snapshot.best).not.toBeNull();
      // The first step, mid-epoch, a due evaluation, an epoch's last step (so in its evaluation), and by chance.
      const random = createRandom(11);
      const byChance = () =>
        Array.from({ length: 3 }, () => Math.floor(random.uniform() * 60)).sort((a, b) => a - b);
      const chains = [[21, 22, 23], [0], [1, 5], [4], [10, 14], byChance(), byChance(), byChance()];
      for (const chain of backend === "cpu" ? chains.slice(0, 1) : chains) {
        let snapshot: RunSnapshot | undefined;
        for (const killStep of chain) {
          const part = await train(config, killStep, snapshot);
          snapshot = await reloaded(config, part.snapshot);
        }
        const resumed = await train(config, undefined, snapshot);
        expect(resumed.reason, chain.join()).toBe(whole.reason);
        expect(timeless(resumed.snapshot), chain.join()).toEqual(timeless(whole.snapshot));
      }
    },
  );
});

it("does not train on after a schedule has ended the run", async () => {
  await useNodeBackend("wasm");
  const config = orThrow(parseConfig({ ...everything, schedule: { type: "plateau", patience: 1 } }));
  const whole = await train({ ...config, epochs: 30 });
  expect(whole.reason).toBe("early-stopped");
  const again = await train({ ...config, epochs: 30 }, undefined, await reloaded(config, whole.snapshot));
  expect(again.reason).toBe("early-stopped");
  expect(timeless(again.snapshot)).toEqual(timeless(whole.snapshot));
});

it("does not repeat an evaluation that was done before the pause it was saved in", async () => {
  await useNodeBackend("wasm");
  const config = orThrow(parseConfig(everything));
  const whole = await train(config);
  const engine = createWasmFastEngine(config, dataset.shape(config.integers));
  const control = createControl();
  let saved: RunSnapshot | undefined;
  const run = createRun({
    config,
    dataset,
    engine,
    control,
    evaluateEverySteps: 4,
    async emit(event) {
      if (event.type !== "paused") return;
      saved = await reloaded(config, await run.snapshot());
      control.stop();
    },
  });
  control.allow(8);
  await run.train();
  engine.dispose();
  expect(saved!.progress).toMatchObject({ step: 8, evaluatedStep: 8 });
  const resumed = await train(config, undefined, saved);
  expect(timeless(resumed.snapshot)).toEqual(timeless(whole.snapshot));
});
