// A log → a data set, in two passes over its lines: count, then encode. The outcome depends on the lines, their order and
// the rules alone: not on how the bytes come in pieces.

import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { OutputFolder } from "../shards/byteSink.ts";
import {
  type CategoryColumn,
  type Column,
  type IntegerColumn,
  MANIFEST_FILE,
  type Manifest,
  manifestText,
  type Rules,
  VOCABULARY_FILE,
} from "../shards/manifest.ts";
import { CRITEO, columnNames, type Layout, MISSING } from "../shards/rows.ts";
import type { ShardFormat } from "../shards/shardFile.ts";
import type { BadLine } from "./block.ts";
import { distinctValues, type LogStatistics } from "./counting.ts";
import { createHands, type Hands, inOrder, type Part } from "./hands.ts";
import { createShardSet, type ShardSet } from "./shardSet.ts";
import { lineSplitter } from "./splits.ts";
import { type CountedValue, frequentValues, isFrequent } from "./vocabulary.ts";
import { writeVocabulary } from "./vocabularyFile.ts";

export const DEFAULT_RULES: Rules = {
  rule: "over",
  threshold: 100,
  split: "hash",
  seed: 2020,
  validShare: 0,
  testShare: 0.1,
  fittedOn: "all",
  idOrder: "count",
};

export interface PreprocessOptions {
  /** The data set's name. */
  name: string;
  /** The log's files, for the manifest. */
  files: string[];
  rules: Rules;
  layout?: Layout;
  /** Left out, Parquet. */
  format?: ShardFormat;
  /** Who does the work; left out, this thread. */
  hands?: Hands;
  tell?: (progress: Progress) => void;
}

export interface Progress {
  stage: "count" | "encode";
  /** Lines done in this stage. */
  lines: number;
  /** Lines of the whole log: known in the second stage. */
  totalLines: number | null;
}

const BAD_LINE_EXAMPLES = 20;
/** A file of another kind is given up early: after so many bad lines, when they are more than half. */
const HOPELESS_BAD_LINES = 1000;

/**
 * Makes a data set in `output` from the parts of a log in their order; `parts` is called once a pass. The manifest is
 * written last. Throws a ProblemError for a log that holds no row or too many bad lines.
 */
export async function preprocess(
  parts: () => AsyncIterable<Part> | Iterable<Part>,
  output: OutputFolder,
  options: PreprocessOptions,
): Promise<Manifest> {
  const { name, files, rules, layout = CRITEO, format = "parquet", hands = createHands(layout) } = options;
  const { statistics, lines, bad } = await countPass(parts(), hands, options);
  const frequent = statistics.categories.map((column) => frequentValues(column, rules));
  const columns = describeColumns(statistics, frequent, rules, layout);
  const vocabulary = await writeVocabulary(
    await output.create(VOCABULARY_FILE),
    frequent.map((values, c) => ({ name: columns[layout.integers + c]!.name, values })),
  );
  await hands.setVocabulary({ values: frequent.map((values) => values.map(({ value }) => value)) });
  const shards = createShardSet(layout, output, hands, format);
  const encoded = await encodePass(parts(), hands, shards, lines, options);
  const manifest: Manifest = {
    format: "final-studio-dataset",
    version: 1,
    name,
    source: { files, lines },
    rules,
    missingInteger: MISSING,
    splits: encoded.splits,
    badLines: bad.count,
    badLineExamples: bad.examples,
    columns,
    vocabulary,
    shards: encoded.shards,
  };
  await writeManifest(manifest, output);
  return manifest;
}

/** Writes manifest.json: a folder without it is not a data set. */
export async function writeManifest(manifest: Manifest, output: OutputFolder): Promise<void> {
  const sink = await output.create(MANIFEST_FILE);
  await sink.write(new TextEncoder().encode(manifestText(manifest)));
  await sink.close();
}

interface BadLines {
  count: number;
  examples: BadLine[];
}

async function countPass(
  parts: AsyncIterable<Part> | Iterable<Part>,
  hands: Hands,
  { name, tell }: PreprocessOptions,
): Promise<{ statistics: LogStatistics; lines: number; bad: BadLines }> {
  const bad: BadLines = { count: 0, examples: [] };
  let lines = 0;
  for await (const { lineCount, badLines } of inOrder(parts, hands.atOnce, hands.count)) {
    for (const line of badLines) {
      bad.count++;
      if (bad.examples.length < BAD_LINE_EXAMPLES) bad.examples.push(line);
      if (bad.count >= HOPELESS_BAD_LINES && bad.count * 2 > line.line)
        throw tooManyBad(name, bad, line.line + 1);
    }
    lines += lineCount;
    tell?.({ stage: "count", lines, totalLines: null });
  }
  if (bad.count * 100 > lines) throw tooManyBad(name, bad, lines);
  const statistics = await hands.counted();
  if (statistics.rows === 0) throw new ProblemError(problem("log-empty", { name }));
  return { statistics, lines, bad };
}

async function encodePass(
  parts: AsyncIterable<Part> | Iterable<Part>,
  hands: Hands,
  shards: ShardSet,
  totalLines: number,
  { name, rules, tell }: PreprocessOptions,
): Promise<Pick<Manifest, "splits" | "shards">> {
  const splitOfLine = lineSplitter(rules);
  let lines = 0;
  for await (const { rows, lines: lineOf, lineCount } of inOrder(parts, hands.atOnce, hands.encode)) {
    await shards.append(rows, Uint8Array.from(lineOf, splitOfLine));
    lines += lineCount;
    tell?.({ stage: "encode", lines, totalLines });
  }
  if (lines !== totalLines) throw new ProblemError(problem("log-changed", { name }));
  return shards.finish();
}

function describeColumns(
  { integers, categories }: LogStatistics,
  frequent: CountedValue[][],
  rules: Rules,
  layout: Layout,
): Column[] {
  const names = columnNames(layout).slice(1);
  const fields = names.length;
  let base = fields;
  const integerColumns = integers.map((column, c): IntegerColumn => {
    const buckets = [
      { value: null, count: column.missing },
      ...[...column.negative].map(([value, count]) => ({ value, count })),
      ...Array.from(column.buckets, (count, value) => ({ value, count })),
    ].filter(({ count }) => count > 0);
    // A missing integer comes first among equals.
    const order = ({ value }: { value: number | null }) => value ?? Number.NEGATIVE_INFINITY;
    buckets.sort((a, b) => b.count - a.count || order(a) - order(b));
    const described: IntegerColumn = {
      name: names[c]!,
      kind: "integer",
      missing: column.missing,
      minimum: Number.isFinite(column.minimum) ? column.minimum : null,
      maximum: Number.isFinite(column.maximum) ? column.maximum : null,
      distinct: buckets.length,
      frequent: buckets.filter(({ count }) => isFrequent(count, rules)).length,
      base,
      buckets,
    };
    base += described.frequent;
    return described;
  });
  base = fields;
  const categoryColumns = categories.map((column, c): CategoryColumn => {
    const described: CategoryColumn = {
      name: names[layout.integers + c]!,
      kind: "category",
      missing: column.empty,
      distinct: distinctValues(column),
      frequent: frequent[c]!.length,
      base,
    };
    base += described.frequent;
    return described;
  });
  return [...integerColumns, ...categoryColumns];
}

function tooManyBad(name: string, bad: BadLines, lines: number): ProblemError {
  const { line, reason } = bad.examples[0]!;
  return new ProblemError(
    problem("log-not-readable", { name, bad: bad.count, lines, line: line + 1, reason }),
  );
}
