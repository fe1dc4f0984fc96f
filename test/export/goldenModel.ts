// A golden file's trained model, as it is exported, with the rows and the logits that must come out.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Batch, NamedArrays } from "../../src/base/batch.ts";
import { orThrow } from "../../src/base/result.ts";
import type { ExportedModel } from "../../src/export/model.ts";
import { parseConfig } from "../../src/model/config.ts";
import { parameterSpecs, runningSpecs } from "../../src/model/parameters.ts";

const folder = resolve(import.meta.dirname, "..", "golden");

export interface GoldenModel {
  file: string;
  model: ExportedModel;
  batch: Batch;
  branchLogits: number[][];
  fusedLogits: number[];
}

/** All files with a configuration. Numbers keep their 64 bits, which a checkpoint's do not have. */
export function goldenModels(): GoldenModel[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((file) => {
      const golden = JSON.parse(readFileSync(join(folder, file), "utf8"));
      return golden.config && golden.parameters ? [toModel(file, golden)] : [];
    });
}

// biome-ignore lint/suspicious/noExplicitAny: src/train/golden.ts has the schema
function toModel(file: string, golden: any): GoldenModel {
  const config = orThrow(parseConfig(golden.config));
  const { fields, vocabSize } = golden.config;
  const shape = { fields, tableRows: vocabSize };
  const arrays = (specs: { name: string; shape: number[] }[], values: Record<string, number[]>) =>
    new Map(
      specs.map(({ name, shape }) => [name, { shape, values: Float64Array.from(values[name]!) }]),
    ) as unknown as NamedArrays;
  const { ids, weights, labels } = golden.steps.at(-1);
  return {
    file,
    model: {
      name: file,
      config,
      shape,
      parameters: arrays(parameterSpecs(config, shape), golden.finalParameters),
      running: arrays(runningSpecs(config), golden.finalRunning),
      dataset: null,
      step: golden.steps.length,
    },
    batch: {
      rowCount: labels.length,
      fields,
      ids: Int32Array.from(ids),
      weights: Float64Array.from(weights) as unknown as Batch["weights"],
      labels: Float32Array.from(labels),
    },
    ...golden.evaluation,
  };
}

/** The same rows with numbers of 32 bits. */
export function narrow(batch: Batch): Batch {
  return { ...batch, weights: Float32Array.from(batch.weights) };
}

/** The same model with numbers of 32 bits, as a checkpoint has them. */
export function rounded(model: ExportedModel): ExportedModel {
  const toFloats = (arrays: NamedArrays): NamedArrays =>
    new Map(
      [...arrays].map(([name, { shape, values }]) => [name, { shape, values: Float32Array.from(values) }]),
    );
  return { ...model, parameters: toFloats(model.parameters), running: toFloats(model.running) };
}
