// export --checkpoint_path=…: a model as a file of another tool, compared with the studio's own before it is written.

import { basename, dirname, join, resolve } from "node:path";
import { problemError } from "../base/result.ts";
import { type Checkpoint, encodeWeights } from "../checkpoint/checkpoint.ts";
import { encodeCurves } from "../checkpoint/curves.ts";
import { lengthOf } from "../export/bytes.ts";
import { modelConfigText } from "../export/fuxictr/modelConfig.ts";
import { finalNetTensors } from "../export/fuxictr/names.ts";
import { torchFile } from "../export/fuxictr/torchFile.ts";
import { encodeCkpt } from "../export/mindspore/ckpt.ts";
import { mindsporeArrays } from "../export/mindspore/names.ts";
import { type ExportedModel, modelOf } from "../export/model.ts";
import { checkOnnx, firstRows, randomRows } from "../export/onnx/check.ts";
import { exportOnnx } from "../export/onnx/export.ts";
import { rawColumns } from "../export/onnx/raw.ts";
import { categoryTexts } from "../preprocess/export/json.ts";
import type { Fitted } from "../preprocess/fitting.ts";
import type { Values } from "./arguments.ts";
import { readCheckpoint, readCurves } from "./checkpoints.ts";
import { datasetOf } from "./datasetNote.ts";
import { openDevice } from "./device.ts";
import type { exportSpec } from "./export.ts";
import { writeMindsporeJob } from "./exportMindspore.ts";
import { printResult, say } from "./log.ts";
import { loadOnnx } from "./onnxRuntime.ts";
import { refuseExisting, writeFileWhole } from "./outputFile.ts";
import { openVocabulary } from "./predict.ts";

type Given = Values<typeof exportSpec.options>;
type Format = NonNullable<Given["format"]>;
type ModelOptions<F = Exclude<Format, "curves">> = Given & { format: F; checkpoint_path: string };

const CHECKED_ROWS = 2000;

export async function exportModel(options: ModelOptions<Format>): Promise<number> {
  const { format, output, checkpoint_path: path } = options;
  await refuseExisting(output);
  if (format === "curves") return exportCurves(output, path);
  const name = basename(path);
  const checkpoint = await readCheckpoint(path, "weights");
  const model = modelOf(checkpoint, options.weights, name);
  const needsVocabulary = format === "onnx-raw" || options.dataset_path !== undefined;
  const fitted = needsVocabulary
    ? await openVocabulary(await datasetOf(path, options.dataset_path), name, checkpoint)
    : null;
  const written = await write({ ...options, format }, model, checkpoint, fitted);
  printResult({ output, format, step: model.step, weights: options.weights, ...written });
  return 0;
}

/** The run without what its model has learned: a small file, of a checkpoint of any size. */
async function exportCurves(output: string, path: string): Promise<number> {
  const curves = await readCurves(path);
  await writeFileWhole(output, await encodeCurves(curves));
  const { progress, evaluations } = curves.history;
  const points = { progress: progress.length, evaluations: evaluations.length };
  printResult({ output, format: "curves", step: curves.progress.step, points });
  return 0;
}

async function write(
  options: ModelOptions,
  model: ExportedModel,
  checkpoint: Checkpoint,
  fitted: Fitted | null,
): Promise<Record<string, unknown>> {
  const { format, output } = options;
  switch (format) {
    case "onnx":
    case "onnx-raw":
      return writeOnnx(options, model, fitted);
    case "safetensors": {
      const pieces = await encodeWeights(checkpoint, model);
      await writeFileWhole(output, pieces);
      return { bytes: lengthOf(pieces) };
    }
    case "mindspore": {
      if (options.job) return writeMindsporeJob(output, model, fitted, options.batch_size);
      const arrays = mindsporeArrays(model);
      await writeFileWhole(output, encodeCkpt(arrays));
      return { arrays: arrays.length };
    }
    case "fuxictr":
      return writeFuxiCtr(options, model, fitted);
  }
}

async function writeOnnx(
  { format, output, float64, external_data: external }: ModelOptions,
  model: ExportedModel,
  fitted: Fitted | null,
): Promise<Record<string, unknown>> {
  const texts = fitted && (await categoryTexts(fitted.folder, fitted.manifest));
  const { config } = model;
  const rows = fitted
    ? await firstRows(fitted.folder, fitted.manifest, texts!, config.integers, CHECKED_ROWS)
    : randomRows(model, CHECKED_ROWS);
  const raw = format === "onnx-raw" ? rawColumns(fitted!.manifest, texts!) : null;
  const dataName = `${basename(resolve(output))}.data`;
  const how = { float64, raw, dataName, external };
  const file = exportOnnx(model, how);
  const device = await openDevice("WASM");
  const bytes = lengthOf(file.pieces);
  const dataBytes = file.external ? lengthOf(file.external.pieces) : 0;
  const place = { loadOnnx, createEngine: device.createEngine };
  const difference = await checkOnnx(model, rows, raw, { float64, bytes: bytes + dataBytes }, place);
  say(
    `the runtime's logits and the studio's differ by ${difference.largest.toExponential(1)} at most, on ${difference.rows} ${fitted ? "rows of the data set" : "random rows"}`,
  );
  if (!difference.isRounding)
    throw problemError("export-differs", { difference: difference.largest, rows: difference.rows });
  if (file.external) {
    await refuseExisting(`${output}.data`);
    await writeFileWhole(`${output}.data`, file.external.pieces);
  }
  await writeFileWhole(output, file.pieces);
  return {
    bytes,
    ...(file.external && { data: `${output}.data`, dataBytes }),
    checked: {
      rows: difference.rows,
      of: fitted ? "the data set" : "random ids",
      largest: difference.largest,
    },
  };
}

/** The `.model` and, beside it, the model_config.yaml that builds the network for it. */
async function writeFuxiCtr(
  { output }: ModelOptions,
  model: ExportedModel,
  fitted: Fitted | null,
): Promise<Record<string, unknown>> {
  const columns = fitted?.manifest.columns ?? model.dataset!.columns;
  const tensors = finalNetTensors(model, columns);
  const config = join(dirname(resolve(output)), "model_config.yaml");
  await refuseExisting(config);
  const expid = basename(output).replace(/\.model$/, "");
  const text = modelConfigText(model.config, model.dataset!.name, expid);
  await writeFileWhole(output, torchFile(tensors));
  await writeFileWhole(config, [new TextEncoder().encode(text)]);
  return { tensors: tensors.length, config };
}
