// Exported graphs in onnxruntime: every golden model, in 32 and 64 bits, in one file and in two; and a log's own values.

import { expect, it } from "vitest";
import type { NumberModes } from "../../src/base/numberModes.ts";
import { orThrow } from "../../src/base/result.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { loadOnnx } from "../../src/cli/onnxRuntime.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { ExportedModel } from "../../src/export/model.ts";
import { compacted, differenceOf, feedsOf, firstRows, randomRows } from "../../src/export/onnx/check.ts";
import { exportOnnx } from "../../src/export/onnx/export.ts";
import { type RawColumns, rawColumns } from "../../src/export/onnx/raw.ts";
import { parseConfig } from "../../src/model/config.ts";
import { categoryTexts } from "../../src/preprocess/export/json.ts";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { goldenModels, narrow, rounded } from "./goldenModel.ts";

const plain = { raw: null, dataName: "model.onnx.data", external: false };

it.each(goldenModels())("gives the logits of $file", async ({ model, batch, ...expected }) => {
  const rows = { batch: narrow(batch), raw: null };
  const wide = await loadOnnx(exportOnnx(model, { ...plain, float64: true }));
  const exact = await wide(feedsOf({ batch, raw: null }, "ids", true));
  for (const [r, logit] of expected.fusedLogits.entries()) {
    expect(Math.abs(exact.logit![r]! - logit)).toBeLessThan(1e-9);
    expect(exact.probability![r]!).toBeCloseTo(1 / (1 + Math.exp(-logit)), 9);
  }
  const single = await loadOnnx(exportOnnx(rounded(model), { ...plain, float64: false }));
  const {
    logit,
    branch_logits: branches,
    fusion_weights: weights,
  } = await single(feedsOf(rows, "ids", false));
  for (const [r, expectedLogit] of expected.fusedLogits.entries())
    expect(Math.abs(logit![r]! - expectedLogit)).toBeLessThan(3e-6 * Math.max(1, Math.abs(expectedLogit)));
  for (const [i, expectedLogit] of expected.branchLogits.flat().entries())
    expect(Math.abs(branches![i]! - expectedLogit)).toBeLessThan(3e-6 * Math.max(1, Math.abs(expectedLogit)));
  expect(weights === undefined).toBe(model.config.fusion !== "gate");

  const apart = exportOnnx(rounded(model), { ...plain, float64: false, external: true });
  expect(apart.external!.pieces.length).toBeGreaterThan(0);
  const again = await (await loadOnnx(apart))(feedsOf(rows, "ids", false));
  expect(again).toEqual({
    logit,
    branch_logits: branches,
    ...(weights && { fusion_weights: weights }),
    probability: again.probability,
  });
});

interface TrainedModel {
  model: ExportedModel;
  rows: Awaited<ReturnType<typeof firstRows>>;
  raw: RawColumns;
  logits: Float32Array;
}

/** Every way in which numbers may enter. */
const mixed = { I1: "log", I2: "max", I3: "standard", I4: "minmax", I5: "quantile", "*": "bucket" } as const;
const made = new Map<NumberModes, Promise<TrainedModel>>();

/** A model of a data set after a few steps, made once. */
function modelFor(integers: NumberModes): Promise<TrainedModel> {
  const model = made.get(integers) ?? train(integers);
  made.set(integers, model);
  return model;
}

async function train(integers: NumberModes): Promise<TrainedModel> {
  const folder = await makeDemoDataset({ rows: 1500, seed: 1, onProgress: () => {} });
  const dataset = await openDataset(folder);
  const units = [{ size: 8, order: 2 }];
  const config = orThrow(
    parseConfig({
      embeddingDim: 4,
      integers,
      branches: [{ units }, { units }],
      optimizer: { learningRate: 0.01 },
      initialization: "mindspore",
      batchSize: 500,
    }),
  );
  await useNodeBackend("wasm");
  const shape = dataset.shape(integers);
  const engine = await createEngine("reference", config, shape);
  for await (const batch of dataset.batches({ split: "train", batchSize: 500, integers, shuffle: null }))
    await engine.step(batch, 0.05);
  await engine.drain();
  const { parameters, running } = await engine.read();
  const texts = await categoryTexts(folder, dataset.manifest);
  const rows = await firstRows(folder, dataset.manifest, texts, integers, 100);
  const { logits } = await engine.evaluate(rows.batch);
  engine.dispose();
  const model = { name: "demo", config, shape, parameters, running, dataset: null, step: 5 };
  return { model, rows, logits, raw: rawColumns(dataset.manifest, texts) };
}

it.each(["bucket", "log", mixed] as NumberModes[])(
  "gives the same logits from a log's own values (%j)",
  async (integers) => {
    const { model, rows, logits, raw } = await modelFor(integers);
    const outputs = await (await loadOnnx(exportOnnx(model, { ...plain, raw, float64: false })))(
      feedsOf(rows, "raw", false),
    );
    const ofValues = differenceOf(outputs, logits, 100);
    const ofIds = differenceOf(
      await (await loadOnnx(exportOnnx(model, { ...plain, float64: false })))(feedsOf(rows, "ids", false)),
      logits,
      100,
    );
    expect(ofValues).toMatchObject({ rows: 100, isRounding: true });
    expect(ofIds).toMatchObject({ rows: 100, isRounding: true });
    // The rows differ from each other, so equal logits are no accident.
    expect(new Set(logits).size).toBeGreaterThan(50);
  },
);

it("finds a graph that computes something else", async () => {
  const { model, rows, logits } = await modelFor("bucket");
  const bias = { shape: [1], values: Float32Array.of(0.5) };
  const other = { ...model, parameters: new Map(model.parameters).set("branch1/head/bias", bias) };
  const run = await loadOnnx(exportOnnx(other, { ...plain, float64: false }));
  const difference = differenceOf(await run(feedsOf(rows, "ids", false)), logits, 100);
  expect(difference.isRounding).toBe(false);
  expect(difference.largest).toBeGreaterThan(0.4);
  const nothing = Float32Array.from(logits, () => Number.NaN);
  expect(differenceOf({ logit: nothing, branch_logits: nothing }, logits, 100).isRounding).toBe(false);
});

it("checks a table that is too large by the rows that the check reads", async () => {
  const [{ model }] = goldenModels() as [ReturnType<typeof goldenModels>[number]];
  const { batch } = randomRows(rounded(model), 8);
  const part = compacted(rounded(model), batch);
  const outputs = [
    await (await loadOnnx(exportOnnx(rounded(model), { ...plain, float64: false })))(
      feedsOf({ batch, raw: null }, "ids", false),
    ),
    await (await loadOnnx(exportOnnx(part.model, { ...plain, float64: false })))(
      feedsOf({ batch: part.batch, raw: null }, "ids", false),
    ),
  ];
  expect(part.model.shape.tableRows).toBeLessThan(model.shape.tableRows);
  expect(outputs[1]).toEqual(outputs[0]);
});
