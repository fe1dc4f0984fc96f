// predict: a checkpoint's probability for every row of a log.

import { appendFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ProblemError, problemError } from "../base/result.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { otherVocabulary } from "../checkpoint/vocabulary.ts";
import type { Engine } from "../engine/engine.ts";
import type { Fitted } from "../preprocess/fitting.ts";
import { openDataset } from "../shards/openDataset.ts";
import { createScoreEncoder, type ScoreFormat } from "../train/predict/scoreFile.ts";
import { openScoring, type Scoring, type ScoringProgress } from "../train/predict/scoreLogs.ts";
import { createSummarySums, type PredictSummary } from "../train/predict/summary.ts";
import { integer, parseArguments, text, UsageError } from "./arguments.ts";
import { readCheckpoint } from "./checkpoints.ts";
import { datasetOf } from "./datasetNote.ts";
import { DEVICE_OPTION, type DeviceTarget, openDevice } from "./device.ts";
import { diskFolder } from "./files.ts";
import { inputFiles } from "./inputs.ts";
import { printResult, progressLog, say } from "./log.ts";
import { beginFile, refuseExisting } from "./outputFile.ts";
import { ENCODING_HELP, encodingOf, threadsOf } from "./preprocessOptions.ts";
import { startThreads } from "./preprocessThreads.ts";
import { appendLine, aucLine } from "./trainLogs.ts";

const spec = {
  command: "predict",
  examples: [
    "--checkpoint_path=checkpoints/demo/FILE.safetensors --input=tomorrow.txt --output=predictions.csv",
  ],
  options: [
    text("checkpoint_path", "a checkpoint (.safetensors)", { required: true }),
    text(
      "dataset_path",
      "the data set that it was trained on: its vocabulary, which the checkpoint names by hash; left out, the one that train noted beside the checkpoint",
    ),
    text("input", "a log or files of another tool, or their folder, with labels or without", {
      multiple: true,
    }),
    text("output", "file to write: .csv or .parquet", { required: true }),
    text("weights", "those of its step, or those of its best epoch where the schedule keeps them", {
      choices: ["latest", "best"],
      default: "latest",
    }),
    text("id_column", "column that names each row; its place from 1 without header"),
    text("encoding", ENCODING_HELP),
    text("eval_file_name", "log of AUC, beside the output", { default: "auc.log" }),
    DEVICE_OPTION,
    integer("threads", "threads that read; left out, all where it pays"),
  ],
} as const;

/** `predict`: a line for each row, and what the rows say together as the result. */
export async function runPredict(args: string[]): Promise<number> {
  const { values } = parseArguments(args, spec);
  const { output, id_column: idColumn = null } = values;
  const format = formatOf(output);
  if (values.input.length === 0) throw new UsageError("Name the rows with --input.");
  await refuseExisting(output);
  const name = basename(values.checkpoint_path);
  const checkpoint = await readCheckpoint(values.checkpoint_path, "weights");
  if (values.weights === "best" && !checkpoint.best) throw problemError("checkpoint-without-best", { name });
  const fitted = await openVocabulary(
    await datasetOf(values.checkpoint_path, values.dataset_path),
    name,
    checkpoint,
  );
  const files = await inputFiles(values.input, output);
  const engine = await engineOf(checkpoint, values.weights, values.device_target);
  const threads = threadsOf(
    values.threads,
    files.reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
  const scoring = await openScoring({
    engine,
    config: checkpoint.config,
    fitted,
    files,
    idColumn,
    ...encodingOf(values.encoding),
    ...(threads > 1 && { startEncoder: (layout, rules) => startThreads(threads, { layout, rules }) }),
    onProgress: progressReporter(),
  });
  const started = performance.now();
  const branches = checkpoint.config.branches.length;
  const columns = { branches, withFile: scoring.files.length > 1, id: idColumn, withLabel: scoring.labelled };
  const summary = await writeScores(scoring, output, format, columns);
  engine.dispose();
  const seconds = (performance.now() - started) / 1000;
  const log = join(dirname(resolve(output)), values.eval_file_name);
  logAuc(summary, log, seconds);
  printResult({
    output,
    ...summary,
    seconds,
    rowsPerSecond: Math.round(summary.rows / seconds),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  });
  return 0;
}

function formatOf(output: string): ScoreFormat {
  if (output.endsWith(".csv")) return "csv";
  if (output.endsWith(".parquet")) return "parquet";
  throw new UsageError("--output must end with .csv or .parquet.");
}

/** The data set whose vocabulary the checkpoint names. Throws a ProblemError where it is another one. */
export async function openVocabulary(path: string, name: string, { dataset }: Checkpoint): Promise<Fitted> {
  const folder = diskFolder(path);
  const { manifest, close } = await openDataset(folder);
  await close();
  const foreign = otherVocabulary(name, dataset, manifest, "its ids");
  if (foreign) throw new ProblemError(foreign);
  return { manifest, folder };
}

async function engineOf(
  { config, dataset, state, best }: Checkpoint,
  weights: "latest" | "best",
  target: DeviceTarget,
): Promise<Engine> {
  const device = await openDevice(target);
  const { fields, tableRows } = dataset;
  const engine = await device.createEngine(config, { fields, tableRows });
  await engine.write(weights === "best" ? { ...state, ...best } : state);
  return engine;
}

/** Writes beside the output's place and renames, so that an interrupted file never looks whole. */
async function writeScores(
  scoring: Scoring,
  output: string,
  format: ScoreFormat,
  columns: Parameters<typeof createScoreEncoder>[1],
): Promise<PredictSummary> {
  const encoder = createScoreEncoder(format, columns);
  const sums = createSummarySums(columns.branches);
  const file = await beginFile(output);
  try {
    const rows = scoring.rows();
    let next = await rows.next();
    for (; !next.done; next = await rows.next()) {
      sums.add(next.value);
      await file.write(encoder.add(next.value));
    }
    await file.write(encoder.end());
    await file.finish();
    const account = next.value;
    for (const { line, reason } of account.lines.examples)
      say(`data row ${line + 1} ${reason}; it was left out`);
    const summary = sums.finish(account);
    if (summary.warning) say(`${summary.warning.sentence} ${summary.warning.remedy}`);
    for (const reason of summary.leftOutReasons) say(`left out: ${reason}`);
    return summary;
  } catch (cause) {
    await file.discard();
    throw cause;
  }
}

/** The lines of MindSpore's scripts: `auc.log`, and `acc.log` of its inference on Ascend 310. */
function logAuc({ rows, meanProbability, labelled }: PredictSummary, log: string, seconds: number): void {
  say(
    `${rows === 1 ? "1 row" : `${rows.toLocaleString("en")} rows`}, mean probability ${meanProbability.toFixed(5)}`,
  );
  if (!labelled) return;
  const { auc, logLoss } = labelled;
  appendLine(log, aucLine({ auc, seconds }));
  if (auc) appendFileSync(join(dirname(log), "acc.log"), `auc : ${auc.fused}\n`);
  say(`AUC ${auc?.fused.toFixed(5) ?? "undefined"}, log loss ${logLoss.fused.toFixed(5)}`);
}

function progressReporter() {
  return progressLog(
    ({ bytes, totalBytes, rows }: ScoringProgress) =>
      `${rows.toLocaleString("en")} rows, ${Math.round((100 * bytes) / totalBytes)} % of the input`,
  );
}
