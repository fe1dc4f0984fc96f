// preprocess: a log or files of other tools in, a data set's folder out.

import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import type { LogSource } from "../preprocess/formats/logSource.ts";
import { openLogs } from "../preprocess/formats/openLogs.ts";
import { parseJournal } from "../preprocess/journal.ts";
import { fittedForm } from "../preprocess/logForm.ts";
import { DEFAULT_RULES, type PreprocessOptions, preprocess } from "../preprocess/preprocess.ts";
import { layoutOf as columnsOf, type Manifest, type Rules } from "../shards/manifest.ts";
import { openDataset } from "../shards/openDataset.ts";
import { CRITEO, type Layout } from "../shards/rows.ts";
import { SHARD_FORMATS } from "../shards/shardFile.ts";
import { parseArguments, UsageError, type Values } from "./arguments.ts";
import { diskFolder, makeFolder } from "./files.ts";
import { type DiskInput, inputFiles } from "./inputs.ts";
import { printResult, say } from "./log.ts";
import { createReporter } from "./preprocessReporter.ts";
import { startThreads } from "./preprocessThreads.ts";

/** Smaller logs are done before other threads have started. What they make is the same. */
const THREADS_PAY_BYTES = 32 << 20;

const spec = {
  command: "preprocess",
  options: [
    {
      name: "input",
      type: "string",
      multiple: true,
      help: "a log or files of another tool, or their folder; may be given several times",
    },
    { name: "data_path", type: "string", help: "MindSpore's way to name it: DIR/origin_data/train.txt" },
    { name: "output", type: "string", required: true, help: "folder for the data set; must not exist" },
    {
      name: "threshold",
      type: "integer",
      help: `counts up to which values share an id (default ${DEFAULT_RULES.threshold}; 1 where they have ids)`,
    },
    {
      name: "rule",
      type: "string",
      choices: ["over", "at-least"],
      help: "the threshold, for an id of its own (default over)",
    },
    { name: "test_share", type: "number", help: "share of rows for the test split (default 0.1)" },
    { name: "valid_share", type: "number", help: "share of rows for validation (default 0)" },
    { name: "seed", type: "integer", default: DEFAULT_RULES.seed, help: "of the split" },
    {
      name: "split",
      type: "string",
      choices: ["hash", "mindspore", "none"],
      help: "how rows are dealt (default: as files are named train, valid, test; else hash)",
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
      help: "of ids in a column (default count; as they are where values have ids)",
    },
    { name: "vocabulary", type: "string", help: "data set whose ids are used instead of counting" },
    { name: "train_line_count", type: "integer", help: "stop after so many lines" },
    { name: "dense_dim", type: "integer", help: `integer columns (default ${CRITEO.integers})` },
    { name: "slot_dim", type: "integer", help: `columns of categories (default ${CRITEO.categories})` },
    {
      name: "skip_id_convert",
      type: "boolean",
      default: false,
      help: "categories are numbers already and keep their order",
    },
    { name: "format", type: "string", choices: SHARD_FORMATS, default: "parquet", help: "of the shards" },
    { name: "threads", type: "integer", help: "threads that work; left out, all where it pays" },
  ],
} as const;

type Options = Values<typeof spec.options>;

export async function runPreprocess(args: string[]): Promise<number> {
  const options = parseArguments(args, spec).values;
  checkNumbers(options);
  const { output, format, train_line_count: limit, split, skip_id_convert: numbers } = options;
  const paths = pathsOf(options);
  const files = await inputFiles(paths);
  const layout = layoutOf(options);
  const source = await openLogs(files, {
    ...(layout && { layout }),
    ...(limit !== undefined && { limit }),
    ...(numbers && { numbers }),
    ignoreSplits: split !== undefined,
  });
  tellFiles(files, source);
  const rules = rulesOf(options, source.rules);
  const fitted = options.vocabulary === undefined ? undefined : await fittedOn(options.vocabulary, source);
  const form = fitted ? fittedForm(source.form, fitted.manifest) : source.form;
  const key = keyOf(files, [rules, form, format, limit ?? null]);

  const reporter = createReporter(source.byteLength);
  const threads = threadsOf(options, source.byteLength);
  const crew = threads > 1 ? startThreads(threads, { layout: form, rules }) : null;
  const goesOn = (journal: string) => parseJournal(journal, key) !== null;
  const manifest = await makeFolder(output, goesOn, ({ output: sink, folder, journal, appendJournal }) => {
    const finished = parseJournal(journal, key)?.finished.length;
    if (finished !== undefined) say(`going on after ${finished} finished shards`);
    return preprocess(() => source.parts(reporter.bytes), sink, {
      name: nameOf(paths[0]!),
      files: source.files.map((file) => basename(file)),
      whereIs: source.whereIs,
      ...{ rules, layout: form, format },
      ...(source.tokens && { tokens: source.tokens }),
      ...(crew && { hands: crew.hands }),
      ...(fitted ? { fitted } : { journal: { key, text: journal, append: appendJournal, folder } }),
      tell: reporter.progress,
    });
  }).finally(() => crew?.close());
  for (const { line, reason } of manifest.badLineExamples)
    say(`${source.whereIs(line)} ${reason}; it was left out`);
  printResult({ output, input: source.format, ...summary(manifest), ...reporter.figures(), ...peak() });
  return 0;
}

function pathsOf({ input, data_path }: Options): string[] {
  if ((input.length === 0) === (data_path === undefined))
    throw new UsageError("Name the input with either --input or --data_path.");
  return data_path === undefined ? input : [join(data_path, "origin_data", "train.txt")];
}

/** Says which of several files are read. */
function tellFiles(files: DiskInput[], source: LogSource): void {
  if (files.length < 2) return;
  say(`reading ${source.format}: ${source.files.join(", ")}`);
  const left = files.filter(({ name }) => !source.files.includes(name));
  if (left.length > 0) say(`left out, since no rows are in them: ${left.map(({ name }) => name).join(", ")}`);
}

/** The data set's name: that of the file or folder, without what says its kind. */
function nameOf(path: string): string {
  return basename(resolve(path)).replace(/(\.(txt|tsv|csv|tfrecords?|h5|hdf5|mindrecord\d*))?(\.gz)?$/, "");
}

function keyOf(files: DiskInput[], decides: unknown[]): string {
  return JSON.stringify([
    files.map(({ path, byteLength, changedMs }) => [resolve(path), byteLength, changedMs]),
    ...decides,
  ]);
}

function checkNumbers({ threshold = 0, seed, train_line_count }: Options): void {
  if (threshold < 0) throw new UsageError("--threshold must not be negative.");
  if (seed < 0 || seed > 4294967295) throw new UsageError("--seed must be between 0 and 4294967295.");
  if (train_line_count !== undefined && train_line_count < 1)
    throw new UsageError("--train_line_count must be at least 1.");
}

/** What a person chose, else what the files imply, else the defaults. */
function rulesOf(options: Options, implied: Partial<Rules>): Rules {
  const { threshold, rule, seed, split, fitted_on, id_order, valid_share, test_share, vocabulary } = options;
  const rules: Rules = {
    ...DEFAULT_RULES,
    // Rows for an existing data set's ids are rows to evaluate on.
    ...(vocabulary !== undefined && { testShare: 1 }),
    ...implied,
    ...(threshold !== undefined && { threshold }),
    ...(rule !== undefined && { rule }),
    ...(split !== undefined && { split }),
    ...(id_order !== undefined && { idOrder: id_order }),
    ...(valid_share !== undefined && { validShare: valid_share }),
    ...(test_share !== undefined && { testShare: test_share }),
    seed,
    fittedOn: vocabulary === undefined ? fitted_on : "given",
  };
  const { testShare, validShare } = rules;
  if (testShare < 0 || validShare < 0 || testShare + validShare > 1)
    throw new UsageError("--test_share and --valid_share must not be negative, nor more than 1 together.");
  if (rules.split === "given" && testShare + validShare > 0)
    throw new UsageError(
      "The files are splits already: leave --test_share and --valid_share out, or deal all rows anew with --split=hash.",
    );
  if (rules.split === "mindspore" && validShare > 0)
    throw new UsageError("--split=mindspore knows no validation split: leave --valid_share out.");
  if (rules.split === "mindspore" && rules.fittedOn !== "all")
    throw new UsageError(
      "--split=mindspore goes with counting all rows: leave --fitted_on and --vocabulary out.",
    );
  return rules;
}

/** The layout where a person gave one. */
function layoutOf({ dense_dim, slot_dim }: Options): Layout | undefined {
  if (dense_dim === undefined && slot_dim === undefined) return undefined;
  const { integers, categories } = {
    integers: dense_dim ?? CRITEO.integers,
    categories: slot_dim ?? CRITEO.categories,
  };
  if (integers < 0 || categories < 0 || integers + categories < 1 || integers + categories > 4096)
    throw new UsageError("--dense_dim and --slot_dim must not be negative, and 1 to 4096 together.");
  return { integers, categories };
}

function threadsOf({ threads }: Options, bytes: number): number {
  if (threads === undefined) return bytes > THREADS_PAY_BYTES ? availableParallelism() : 1;
  if (threads < 1 || threads > 64) throw new UsageError("--threads must be between 1 and 64.");
  return threads;
}

async function fittedOn(path: string, source: LogSource): Promise<NonNullable<PreprocessOptions["fitted"]>> {
  const folder = diskFolder(path);
  const { manifest, close } = await openDataset(folder);
  await close();
  const { integers, categories } = columnsOf(manifest);
  if (integers !== source.form.integers || categories !== source.form.categories)
    throw new UsageError(
      `--vocabulary has ${integers} integer columns and ${categories} of categories: give --dense_dim and --slot_dim of these.`,
    );
  if (source.tokens)
    throw new UsageError("--vocabulary maps values, and these files hold ids alone: leave it out.");
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
