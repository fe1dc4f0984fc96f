// What leaves the studio from the page: a model as files of other tools, and the scores of a log.

import { fileNameOf } from "../base/fileName.ts";
import { ProblemError, problemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import { throttled } from "../base/throttled.ts";
import { yieldToMessages } from "../base/yield.ts";
import { type Checkpoint, cannotResume, encodeWeights, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { otherVocabulary } from "../checkpoint/vocabulary.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import type { ExportedModel } from "../export/model.ts";
import type { Fitted } from "../preprocess/fitting.ts";
import { blobSource } from "../shards/byteSource.ts";
import type { TrainerPlatform } from "./platform.ts";
import type { ScoringProgress } from "./predict/scoreLogs.ts";
import type { ModelFormat, TrainerEvent, TrainerRequests } from "./requests.ts";

export interface OutputInputs {
  platform: TrainerPlatform;
  /** Of the open data set. */
  location(): DatasetLocation | null;
  /** Does `work` while what is being trained stands still. */
  undisturbed<T>(work: () => Promise<T>): Promise<T>;
  emit(event: TrainerEvent): void;
}

type Exported = TrainerRequests["exportModel"]["output"];

const CHECKED_ROWS = 2000;
/** Least time between two reports of how far scoring is. */
const PROGRESS_MS = 200;
/** Scores that are held before they become a part of the file. */
const PART_BYTES = 8 << 20;

export function createOutputs(
  inputs: OutputInputs,
): Handlers<Pick<TrainerRequests, "exportModel" | "scoreLog">> {
  const { platform, undisturbed, emit } = inputs;

  /** The open data set's vocabulary where it is the model's; null where it is another, or none is open. */
  async function vocabularyOf<T>(
    name: string,
    { dataset: card }: Checkpoint,
    needed: boolean,
    use: (fitted: Fitted | null) => Promise<T>,
  ): Promise<T> {
    const location = inputs.location();
    if (!location && needed) throw problemError("dataset-not-open", {});
    if (!location) return use(null);
    const { openAt } = await import("../datasets/openAt.ts");
    const { dataset, folder } = await openAt(location, () => {});
    try {
      const { manifest } = dataset;
      const foreign = otherVocabulary(name, card, manifest, "its ids");
      if (foreign && needed) throw new ProblemError(foreign);
      return await use(foreign ? null : { manifest, folder });
    } finally {
      await dataset.close();
    }
  }

  return {
    async exportModel({ file, name, format }) {
      if (format === "torchrun" || format === "torchrun-new")
        return {
          files: [await exportJob(file, name, format === "torchrun")],
          weights: format === "torchrun" ? "latest" : null,
          checked: null,
        };
      const checkpoint = await openCheckpoint(blobSource(name, file), name, "weights");
      const weights = checkpoint.best ? "best" : "latest";
      const { modelOf } = await import("../export/model.ts");
      const model = modelOf(checkpoint, weights, name);
      const stem = fileNameOf(checkpoint.run.name);
      if (format === "onnx" || format === "onnx-raw") {
        const exported = await vocabularyOf(name, checkpoint, format === "onnx-raw", (fitted) =>
          undisturbed(() => exportChecked(platform, model, fitted, format, stem)),
        );
        return { ...exported, weights };
      }
      return { files: await otherFiles(checkpoint, model, format, stem), weights, checked: null };
    },
    async scoreLog({ file, name, logs, idColumn, encoding, format }) {
      const checkpoint = await openCheckpoint(blobSource(name, file), name, "weights");
      const { config, state, best, dataset: card } = checkpoint;
      const { openScoring } = await import("./predict/scoreLogs.ts");
      const { createScoreEncoder } = await import("./predict/scoreFile.ts");
      const { createSummarySums } = await import("./predict/summary.ts");
      const { blobInput } = await import("../preprocess/formats/input.ts");
      const files = logs.map((log) => ({ ...blobInput(log.name, log.file), chosen: true }));
      return vocabularyOf(name, checkpoint, true, (fitted) =>
        undisturbed(async () => {
          await platform.useBackend((await platform.probe()).chosen);
          const { fields, tableRows } = card;
          const engine = await platform.createEngine(config, { fields, tableRows });
          try {
            await engine.write({ ...state, ...best });
            const scoring = await openScoring({
              engine,
              config,
              fitted: fitted!,
              files,
              idColumn,
              ...(encoding !== null && { encoding }),
              onProgress: throttled(PROGRESS_MS, (progress: ScoringProgress) =>
                emit({ type: "scoring", ...progress }),
              ),
            });
            const branches = config.branches.length;
            const withFile = scoring.files.length > 1;
            const encoder = createScoreEncoder(format, {
              branches,
              withFile,
              id: idColumn,
              withLabel: scoring.labelled,
            });
            const sums = createSummarySums(branches);
            const written = createBlobWriter();
            const rows = scoring.rows();
            let next = await rows.next();
            for (; !next.done; next = await rows.next()) {
              sums.add(next.value);
              written.add(encoder.add(next.value));
              await yieldToMessages();
            }
            written.add(encoder.end());
            const summary = sums.finish(next.value);
            const stem = fileNameOf(logs[0]!.name.replace(/\.(txt|csv|tsv|gz)/g, ""));
            const weights = best ? "best" : "latest";
            return { summary, weights, name: `${stem}-scores.${format}`, blob: written.blob() };
          } finally {
            engine.dispose();
          }
        }),
      );
    },
  };
}

/** An ONNX file that was run beside the model. Throws a ProblemError where they differ by more than rounding. */
async function exportChecked(
  platform: TrainerPlatform,
  model: ExportedModel,
  fitted: Fitted | null,
  format: "onnx" | "onnx-raw",
  stem: string,
): Promise<Omit<Exported, "weights">> {
  const { exportOnnx } = await import("../export/onnx/export.ts");
  const { checkOnnx, firstRows, randomRows } = await import("../export/onnx/check.ts");
  const { categoryTexts } = await import("../preprocess/export/json.ts");
  const { rawColumns } = await import("../export/onnx/raw.ts");
  const { lengthOf } = await import("../export/bytes.ts");
  const texts = fitted && (await categoryTexts(fitted.folder, fitted.manifest));
  const raw = format === "onnx-raw" ? rawColumns(fitted!.manifest, texts!) : null;
  const rows = fitted
    ? await firstRows(fitted.folder, fitted.manifest, texts!, model.config.integers, CHECKED_ROWS)
    : randomRows(model, CHECKED_ROWS);
  const name = `${stem}${raw ? "-raw" : ""}.onnx`;
  const dataName = `${name}.data`;
  const file = exportOnnx(model, { float64: false, raw, dataName, external: false });
  await platform.useBackend((await platform.probe()).chosen);
  const {
    largest,
    rows: rowCount,
    isRounding,
  } = await checkOnnx(model, rows, raw, { float64: false, bytes: lengthOf(file.pieces) }, platform);
  if (!isRounding) throw problemError("export-differs", { difference: largest, rows: rowCount });
  const files = [{ name, blob: new Blob(file.pieces) }];
  if (file.external) files.push({ name: dataName, blob: new Blob(file.external.pieces) });
  return { files, checked: { largest, rows: rowCount, ofDataset: fitted !== null } };
}

/** A job for PyTorch, packed. Throws a ProblemError where it is to resume a run that the file does not hold as a whole. */
async function exportJob(file: Blob, name: string, resume: boolean): Promise<Exported["files"][number]> {
  const checkpoint = await openCheckpoint(blobSource(name, file), name, resume ? "all" : "weights");
  const stuck = resume ? cannotResume(name, checkpoint) : null;
  if (stuck) throw new ProblemError(stuck);
  const { continuedJob, newJob, torchrunFolder } = await import("../export/torchrun/job.ts");
  const { zippedJob } = await import("../export/zippedJob.ts");
  const { config, dataset, run } = checkpoint;
  const folder = `${fileNameOf(run.name)}${resume ? "" : "-new"}-job`;
  const job = resume
    ? torchrunFolder(continuedJob(checkpoint), file)
    : torchrunFolder(newJob(config, dataset, run.name), null);
  return { name: `${folder}.zip`, blob: await zippedJob(folder, job) };
}

async function otherFiles(
  checkpoint: Checkpoint,
  model: ExportedModel,
  format: Exclude<ModelFormat, "onnx" | "onnx-raw">,
  stem: string,
): Promise<Exported["files"]> {
  switch (format) {
    case "safetensors": {
      const pieces = await encodeWeights(checkpoint, model);
      return [{ name: `${stem}-weights.safetensors`, blob: new Blob(pieces) }];
    }
    case "mindspore": {
      const { mindsporeArrays } = await import("../export/mindspore/names.ts");
      const { encodeCkpt } = await import("../export/mindspore/ckpt.ts");
      return [{ name: `${stem}.ckpt`, blob: new Blob([...encodeCkpt(mindsporeArrays(model))]) }];
    }
    case "fuxictr": {
      const { finalNetTensors } = await import("../export/fuxictr/names.ts");
      const { torchFile } = await import("../export/fuxictr/torchFile.ts");
      const { modelConfigText } = await import("../export/fuxictr/modelConfig.ts");
      const { columns, name } = checkpoint.dataset;
      const stream = torchFile(finalNetTensors(model, columns));
      return [
        { name: `${stem}.model`, blob: await new Response(stream as ReadableStream).blob() },
        { name: "model_config.yaml", blob: new Blob([modelConfigText(model.config, name, stem)]) },
      ];
    }
  }
}

/** A file in the making: what is finished of it lies where the browser keeps blobs. */
function createBlobWriter(): { add(bytes: Uint8Array<ArrayBuffer>): void; blob(): Blob } {
  let file = new Blob();
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const flush = () => {
    file = new Blob([file, ...waiting]);
    waiting = [];
    length = 0;
  };
  return {
    add(bytes) {
      waiting.push(bytes);
      length += bytes.length;
      if (length >= PART_BYTES) flush();
    },
    blob() {
      flush();
      return file;
    },
  };
}
