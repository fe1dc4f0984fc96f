// preprocess: a log in, a data set's folder out.

import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { wholeLines } from "../preprocess/lines.ts";
import { DEFAULT_RULES, type Progress, preprocess } from "../preprocess/preprocess.ts";
import { CRITEO } from "../shards/rows.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import { makeFolder, readLog } from "./files.ts";
import { printResult, say } from "./log.ts";
import { startThreads } from "./preprocessThreads.ts";

/** Smaller logs are done before other threads have started. What they make is the same. */
const THREADS_PAY_BYTES = 32 << 20;

const spec = {
  command: "preprocess",
  options: [
    { name: "input", type: "string", required: true, help: "the log, plain or gzip" },
    { name: "output", type: "string", required: true, help: "folder for the data set; must not exist" },
    {
      name: "threshold",
      type: "integer",
      default: DEFAULT_RULES.threshold,
      help: "values seen more often than this have an id of their own",
    },
    {
      name: "test_share",
      type: "number",
      default: DEFAULT_RULES.testShare,
      help: "share of rows for the test split",
    },
    {
      name: "valid_share",
      type: "number",
      default: DEFAULT_RULES.validShare,
      help: "share of rows for validation",
    },
    { name: "seed", type: "integer", default: DEFAULT_RULES.seed, help: "of the split" },
    { name: "threads", type: "integer", help: "threads that parse and encode; left out, all where it pays" },
  ],
} as const;

export async function runPreprocess(args: string[]): Promise<number> {
  const { values } = parseArguments(args, spec);
  const { input, output, threshold, seed, test_share: testShare, valid_share: validShare } = values;
  if (threshold < 0) throw new UsageError("--threshold must not be negative.");
  if (seed < 0 || seed > 4294967295) throw new UsageError("--seed must be between 0 and 4294967295.");
  if (testShare < 0 || validShare < 0 || testShare + validShare > 1)
    throw new UsageError("--test_share and --valid_share must not be negative, nor more than 1 together.");
  if (values.threads !== undefined && (values.threads < 1 || values.threads > 64))
    throw new UsageError("--threads must be between 1 and 64.");
  const rules = { ...DEFAULT_RULES, threshold, seed, testShare, validShare };
  const name = basename(input);
  const started = performance.now();
  const bytes = await stat(input).then(
    ({ size }) => size,
    () => 0,
  );
  const reporter = createReporter(bytes);
  const threads = values.threads ?? (bytes > THREADS_PAY_BYTES ? availableParallelism() : 1);
  const crew = threads > 1 ? startThreads(threads, CRITEO) : null;
  const manifest = await makeFolder(output, (folder) =>
    preprocess(() => wholeLines(readLog(input, reporter.bytes)), folder, {
      name: name.replace(/\.(txt|tsv|csv)?(\.gz)?$/, ""),
      files: [name],
      rules,
      ...(crew && { hands: crew.hands }),
      tell: reporter.progress,
    }),
  ).finally(() => crew?.close());
  const seconds = (performance.now() - started) / 1000;
  for (const { line, reason } of manifest.badLineExamples) say(`line ${line + 1} ${reason}; it was left out`);
  const rows = manifest.source.lines - manifest.badLines;
  printResult({
    output,
    rows,
    badLines: manifest.badLines,
    splits: manifest.splits,
    tableRows: manifest.columns.length + manifest.vocabulary.rows,
    bytes: manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0),
    seconds: Number(seconds.toFixed(2)),
    rowsPerSecond: Math.round(rows / seconds),
  });
  return 0;
}

/** Says once a second how far a stage is, how fast, and how long it still takes. */
function createReporter(totalBytes: number): {
  bytes: (read: number) => void;
  progress: (now: Progress) => void;
} {
  let bytesRead = 0;
  let stage = "";
  let started = 0;
  let told = 0;
  return {
    bytes: (read) => {
      bytesRead = read;
    },
    progress: (now) => {
      const time = performance.now();
      if (now.stage !== stage) {
        stage = now.stage;
        started = told = time;
      }
      if (time - told < 1000) return;
      told = time;
      const seconds = (time - started) / 1000;
      const done = totalBytes === 0 ? 1 : Math.min(1, bytesRead / totalBytes);
      const left = done > 0 ? Math.ceil((seconds * (1 - done)) / done) : 0;
      const speed = Math.round(now.lines / seconds).toLocaleString("en");
      say(
        `${stage === "count" ? "1 of 2, counting" : "2 of 2, encoding"}: ${now.lines.toLocaleString("en")} lines, ${Math.floor(done * 100)} %, ${speed} lines/s, ${left} s left`,
      );
    },
  };
}
