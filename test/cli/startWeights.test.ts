// A new run that starts from weights of a file: MindSpore's, in both of its formats.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { orThrow } from "../../src/base/result.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { startFrom } from "../../src/cli/startWeights.ts";
import { createEngine } from "../../src/engine/create.ts";
import { encodeCkpt } from "../../src/export/mindspore/ckpt.ts";
import { type MindSporeArray, mindsporeArrays } from "../../src/export/mindspore/names.ts";
import type { ExportedModel } from "../../src/export/model.ts";
import { parseConfig } from "../../src/model/config.ts";
import { parameterSpecs } from "../../src/model/parameters.ts";
import { findPreset } from "../../src/model/presets.ts";

const folder = mkdtempSync(join(tmpdir(), "start-"));
afterAll(() => rmSync(folder, { recursive: true }));
const shape = { fields: 2, tableRows: 9 };
const config = orThrow(parseConfig({ ...orThrow(findPreset("mindspore")), embeddingDim: 2 }));
const random = createRandom(5);
const parameters = new Map(
  parameterSpecs(config, shape).map(({ name, shape: size }) => [
    name,
    {
      shape: size,
      values: Float32Array.from({ length: size.reduce((a, b) => a * b, 1) }, () => random.normal()),
    },
  ]),
);
const model: ExportedModel = {
  name: "",
  config,
  shape,
  parameters,
  running: new Map(),
  dataset: null,
  step: 1,
};

const bytes = (values: Float32Array) => Buffer.from(values.slice().buffer);

/** As MindSpore's `save_checkpoint(format="safetensors")` writes it. */
function safetensors(arrays: MindSporeArray[]): Buffer {
  let end = 0;
  const entries = arrays.map(({ name, shape: size, values }) => {
    const start = end;
    end += values.byteLength;
    return [name, { dtype: "F32", shape: size, data_offsets: [start, end] }];
  });
  const header = Buffer.from(
    JSON.stringify({ __metadata__: { format: "ms" }, ...Object.fromEntries(entries) }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...arrays.map(({ values }) => Buffer.from(values.slice().buffer))]);
}

it("starts from every number of MindSpore's .ckpt and .safetensors", async () => {
  await useNodeBackend("cpu");
  writeFileSync(join(folder, "a.ckpt"), Buffer.concat([...encodeCkpt(mindsporeArrays(model))]));
  writeFileSync(join(folder, "b.safetensors"), safetensors(mindsporeArrays(model)));
  for (const file of ["a.ckpt", "b.safetensors"]) {
    const engine = await createEngine("plain", config, shape);
    await startFrom(join(folder, file), engine, {} as never);
    const read = await engine.read();
    for (const [name, { values }] of read.parameters)
      expect(bytes(values).equals(bytes(parameters.get(name)!.values)), name).toBe(true);
    engine.dispose();
  }
});

it("says what does not fit, and what is missing", async () => {
  await useNodeBackend("cpu");
  const engine = await createEngine("plain", config, { ...shape, tableRows: 10 });
  await expect(startFrom(join(folder, "a.ckpt"), engine, {} as never)).rejects.toThrow(
    "a.ckpt does not fit the configuration at embedding: its shape is [9, 2], not [10, 2]",
  );
  writeFileSync(join(folder, "c.ckpt"), Buffer.concat([...encodeCkpt(mindsporeArrays(model).slice(0, -1))]));
  await expect(startFrom(join(folder, "c.ckpt"), engine, {} as never)).rejects.toThrow(
    "block_2.final_block_out.bias: it is missing",
  );
  await expect(startFrom(join(folder, "none.ckpt"), engine, {} as never)).rejects.toThrow(
    "it does not exist",
  );
  engine.dispose();
});
