// Files of MindSpore and FuxiCTR: what is in them, read back here; their own programs read them in `npm run test:clients`.

import { expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { orThrow } from "../../src/base/result.ts";
import { modelConfigText } from "../../src/export/fuxictr/modelConfig.ts";
import { finalNetShape, finalNetTensors } from "../../src/export/fuxictr/names.ts";
import { torchFile } from "../../src/export/fuxictr/torchFile.ts";
import { encodeCkpt, readCkpt } from "../../src/export/mindspore/ckpt.ts";
import { fromMindspore, mindsporeArrays } from "../../src/export/mindspore/names.ts";
import type { ExportedModel } from "../../src/export/model.ts";
import { type ConfigInput, parseConfig } from "../../src/model/config.ts";
import { parameterSpecs, runningSpecs } from "../../src/model/parameters.ts";
import { findPreset } from "../../src/model/presets.ts";

function made(input: ConfigInput, shape = { fields: 3, tableRows: 20 }): ExportedModel {
  const config = orThrow(parseConfig(input));
  const random = createRandom(3);
  const arrays = (specs: { name: string; shape: number[] }[]) =>
    new Map(
      specs.map(({ name, shape }) => [
        name,
        {
          shape,
          values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
        },
      ]),
    );
  const [parameters, running] = [arrays(parameterSpecs(config, shape)), arrays(runningSpecs(config))];
  return { name: "made", config, shape, parameters, running, dataset: null, step: 7 };
}

const released = () => made({ ...orThrow(findPreset("mindspore")), embeddingDim: 4 });

function source(bytes: Uint8Array) {
  return {
    name: "a.ckpt",
    byteLength: bytes.length,
    read: async (from: number, to: number) => bytes.slice(from, to),
  };
}

it("gives every number of MindSpore's file back", async () => {
  const model = released();
  const arrays = mindsporeArrays(model);
  expect(arrays.map(({ name }) => name)).toContain("block_2.unit_3.dense_layer_2.weight");
  const read = await readCkpt(source(Buffer.concat([...encodeCkpt(arrays)])));
  const { parameters } = fromMindspore(read) as { parameters: typeof model.parameters };
  expect([...parameters.keys()].sort()).toEqual([...model.parameters.keys()].sort());
  for (const [name, { shape, values }] of parameters) {
    expect(shape).toEqual(model.parameters.get(name)!.shape);
    expect(Buffer.from(values.buffer).equals(Buffer.from(model.parameters.get(name)!.values.buffer))).toBe(
      true,
    );
  }
  read.delete("block_1.unit_2.dense_layer_1.bias");
  expect(fromMindspore(read)).toEqual({ missing: "block_1.unit_2.dense_layer_1.bias" });
});

it("refuses a damaged file of MindSpore's in a sentence, whatever is cut off", async () => {
  const bytes = Buffer.concat([...encodeCkpt(mindsporeArrays(released()).slice(1, 4))]);
  for (const length of [1, 5, 40, bytes.length - 1])
    await expect(readCkpt(source(bytes.subarray(0, length)))).rejects.toMatchObject({
      problem: { code: "ckpt-unreadable" },
    });
  await expect(readCkpt(source(Buffer.from("hello, this is text")))).rejects.toHaveProperty("problem");
});

const units = [
  { size: 6, order: 2, interaction: "concat" as const, gate: "linear" as const, batchNorm: true },
];
const finalNet: ConfigInput = {
  embeddingDim: 2,
  branches: [{ featureGating: true, units }, { units: [{ ...units[0]!, size: 4 }] }],
  optimizer: { learningRate: 1e-3 },
  l2Embedding: 1e-5,
};

it.each<[string, ConfigInput, RegExp]>([
  ["three branches", { ...finalNet, branches: [{ units }, { units }, { units }] }, /3 branches/],
  ["an order", { ...finalNet, branches: [{ units: [{ size: 6, order: 3 }] }] }, /order 3/],
  ["a gate", { ...finalNet, branches: [{ units: [{ ...units[0]!, gate: "tanh" }] }] }, /gate is tanh/],
  ["a fusion", { ...finalNet, fusion: "gate" }, /fusion is gate/],
])("says why FinalNet cannot hold %s", (_, config, reason) => {
  expect(() => finalNetShape(orThrow(parseConfig(config)))).toThrow(reason);
});

it("says why MindSpore's network cannot hold a model", () => {
  expect(() => mindsporeArrays(made(finalNet))).toThrow(
    /MindSpore's released network cannot hold this model/,
  );
});

it("writes FinalNet's tables with padding, values and OOV, and its matrices turned", () => {
  const columns = [
    {
      name: "I1",
      kind: "integer",
      missing: 0,
      minimum: 0,
      maximum: 9,
      distinct: 3,
      frequent: 2,
      base: 3,
      buckets: [],
    },
    { name: "C1", kind: "category", missing: 0, distinct: 9, frequent: 4, base: 3 },
    { name: "C2", kind: "category", missing: 0, distinct: 9, frequent: 5, base: 7 },
  ] as never;
  const model = made(finalNet, { fields: 3, tableRows: 14 });
  const tensors = new Map(finalNetTensors(model, columns).map((tensor) => [tensor.name, tensor]));
  const table = model.parameters.get("embedding")!.values;
  const c1 = tensors.get("embedding_layer.embedding_layer.embedding_layers.C1.weight")!;
  expect(c1.shape).toEqual([6, 2]);
  // Two rows of buckets lie between the OOV rows and the categories.
  expect([...c1.values]).toEqual([0, 0, ...table.subarray(10, 18), ...table.subarray(2, 4)]);
  const weight = model.parameters.get("branch0/gating/weight")!.values;
  expect(tensors.get("feature_gating.linear.weight")!.values[1]).toBe(weight[3]);
  const text = modelConfigText(model.config, "criteo", "final");
  expect(text).toContain("    block2_hidden_units: [4]\n");
  expect(text).toContain("    embedding_regularizer: 0.00001\n");
});

it("writes a ZIP that is stored, with the pickle first", async () => {
  const bytes = new Uint8Array(
    await new Response(torchFile([{ name: "a", shape: [2], values: Float32Array.of(1, 2) }])).arrayBuffer(),
  );
  const text = new TextDecoder("latin1").decode(bytes);
  expect(text.startsWith("PK\u0003\u0004")).toBe(true);
  expect(text.indexOf("archive/data.pkl")).toBe(30);
  expect(text).toContain("torch._utils\n_rebuild_tensor_v2\n");
  expect(bytes.length).toBeLessThan(1200);
});
