// preprocess: a log in, a data set's folder out.

import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseJournal } from "../preprocess/journal.ts";
import { wholeLines } from "../preprocess/lines.ts";
import { DEFAULT_RULES, type PreprocessOptions, preprocess } from "../preprocess/preprocess.ts";
import type { Manifest, Rules } from "../shards/manifest.ts";
import { openDataset } from "../shards/openDataset.ts";
import { CRITEO, type Layout } from "../shards/rows.ts";
import { SHARD_FORMATS } from "../shards/shardFile.ts";
import { parseArguments, UsageError, type Values } from "./arguments.ts";
import { diskFolder, makeFolder, readLog } from "./files.ts";
import { printResult, say } from "./log.ts";
import { createReporter } from "./preprocessReporter.ts";
import { startThreads } from "./preprocessThreads.ts";

/** Smaller logs are done before other threads have started. What they make is the same. */
const THREADS_PAY_BYTES = 32 << 20;

const spec = {
  command: "preprocess",
  options: [
    { name: "input", type: "string", help: "the log, plain or gzip" },
    { name: "data_path", type: "string", help: "MindSpore's way to name it: DIR/origin_data/train.txt" },
    { name: "output", type: "string", required: true, help: "folder for the data set; must not exist" },
    { name: "threshold", type: "integer", default: 100, help: "counts up to which values share an id" },
    {
      name: "rule",
      type: "string",
      choices: ["over", "at-least"],
      default: "over",
      help: "than the threshold",
    },
    { name: "test_share", type: "number", help: "share of rows for the test split (default 0.1)" },
    { name: "valid_share", type: "number", default: 0, help: "share of rows for validation" },
    { name: "seed", type: "integer", default: 2020, help: "of the split" },
    {
      name: "split",
      type: "string",
      choices: ["hash", "mindspore", "none"],
      default: "hash",
      help: "how rows are dealt",
    },
    {
      name: "fitted_on",
      type: "string",
      choices: ["all", "train"],
      default: "all",
      help: "rows that are counted",
    },
    {
      name: "id_order",
      type: "string",
      choices: ["count", "first-seen"],
      default: "count",
      help: "of ids in a column",
    },
    { name: "vocabulary", type: "string", help: "data set whose ids are used instead of counting" },
    { name: "train_line_count", type: "integer", help: "stop after so many lines" },
    { name: "dense_dim", type: "integer", default: CRITEO.integers, help: "integer columns" },
    { name: "slot_dim", type: "integer", default: CRITEO.categories, help: "columns of categories" },
    { name: "format", type: "string", choices: SHARD_FORMATS, default: "parquet", help: "of the shards" },
    { name: "threads", type: "integer", help: "threads that work; left out, all where it pays" },
  ],
} as const;

type Options = Values<typeof spec.options>;

export async function runPreprocess(args: string[]): Promise<number> {
  const options = parseArguments(args, spec).values;
  const { output, format, train_line_count: limit } = options;
  const input = inputOf(options);
  const rules = rulesOf(options);
  const layout = layoutOf(options);
  const size = await stat(input).catch(() => null);
  const reporter = createReporter(size?.size ?? 0);
  const threads = threadsOf(options, size?.size ?? 0);
  const fitted = options.vocabulary === undefined ? undefined : await fittedOn(options.vocabulary, layout);
  const key = JSON.stringify([
    resolve(input),
    size?.size,
    size?.mtimeMs,
    rules,
    layout,
    format,
    limit ?? null,
  ]);

  const crew = threads > 1 ? startThreads(threads, { layout, rules }) : null;
  const name = basename(input);
  const goesOn = (journal: string) => parseJournal(journal, key) !== null;
  const manifest = await makeFolder(output, goesOn, ({ output: sink, folder, journal, appendJournal }) => {
    const finished = parseJournal(journal, key)?.finished.length;
    if (finished !== undefined) say(`going on after ${finished} finished shards`);
    return preprocess(() => wholeLines(readLog(input, reporter.bytes), limit), sink, {
      name: name.replace(/\.(txt|tsv|csv)?(\.gz)?$/, ""),
      files: [name],
      ...{ rules, layout, format },
      ...(crew && { hands: crew.hands }),
      ...(fitted ? { fitted } : { journal: { key, text: journal, append: appendJournal, folder } }),
      tell: reporter.progress,
    });
  }).finally(() => crew?.close());
  for (const { line, reason } of manifest.badLineExamples) say(`line ${line + 1} ${reason}; it was left out`);
  printResult({ output, ...summary(manifest), ...reporter.figures(), ...peak() });
  return 0;
}

function inputOf({ input, data_path }: Options): string {
  if ((input === undefined) === (data_path === undefined))
    throw new UsageError("Name the log with either --input or --data_path.");
  return input ?? join(data_path!, "origin_data", "train.txt");
}

function rulesOf(options: Options): Rules {
  const { threshold, rule, seed, split, fitted_on, id_order, valid_share: validShare } = options;
  // Rows for an existing data set's ids are rows to evaluate on.
  const testShare = options.test_share ?? (options.vocabulary === undefined ? DEFAULT_RULES.testShare : 1);
  if (threshold < 0) throw new UsageError("--threshold must not be negative.");
  if (seed < 0 || seed > 4294967295) throw new UsageError("--seed must be between 0 and 4294967295.");
  if (testShare < 0 || validShare < 0 || testShare + validShare > 1)
    throw new UsageError("--test_share and --valid_share must not be negative, nor more than 1 together.");
  if (split === "mindspore" && validShare > 0)
    throw new UsageError("--split=mindspore knows no validation split: leave --valid_share out.");
  if (split === "mindspore" && (fitted_on === "train" || options.vocabulary !== undefined))
    throw new UsageError(
      "--split=mindspore goes with counting all rows: leave --fitted_on and --vocabulary out.",
    );
  if (options.train_line_count !== undefined && options.train_line_count < 1)
    throw new UsageError("--train_line_count must be at least 1.");
  const fittedOn = options.vocabulary === undefined ? fitted_on : "given";
  return { rule, threshold, split, seed, validShare, testShare, fittedOn, idOrder: id_order };
}

function layoutOf({ dense_dim, slot_dim }: Options): Layout {
  if (dense_dim < 0 || slot_dim < 0 || dense_dim + slot_dim < 1 || dense_dim + slot_dim > 4096)
    throw new UsageError("--dense_dim and --slot_dim must not be negative, and 1 to 4096 together.");
  return { integers: dense_dim, categories: slot_dim };
}

function threadsOf({ threads }: Options, bytes: number): number {
  if (threads === undefined) return bytes > THREADS_PAY_BYTES ? availableParallelism() : 1;
  if (threads < 1 || threads > 64) throw new UsageError("--threads must be between 1 and 64.");
  return threads;
}

async function fittedOn(path: string, layout: Layout): Promise<NonNullable<PreprocessOptions["fitted"]>> {
  const folder = diskFolder(path);
  const { manifest, close } = await openDataset(folder);
  await close();
  const integers = manifest.columns.filter(({ kind }) => kind === "integer").length;
  if (integers !== layout.integers || manifest.columns.length !== layout.integers + layout.categories)
    throw new UsageError(
      `--vocabulary has ${integers} integer columns and ${manifest.columns.length - integers} of categories: give --dense_dim and --slot_dim of these.`,
    );
  return { manifest, folder };
}

function summary(manifest: Manifest): Record<string, unknown> {
  const { badLines, splits, columns, vocabulary, shards } = manifest;
  return {
    rows: shards.reduce((sum, shard) => sum + shard.rows, 0),
    badLines,
    splits,
    tableRows: columns.length + vocabulary.rows,
    bytes: shards.reduce((sum, shard) => sum + shard.bytes, 0),
  };
}

/** The most memory that this process has held. */
function peak(): { peakMegabytes: number } {
  return { peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024) };
}
