// A log → a data set, in two passes over its lines: count, then encode. The outcome depends on the lines, their order and
// the rules alone: not on how the bytes come in pieces, nor on who does the work.

import type { Problem } from "../base/problem.ts";
import { problemError } from "../base/result.ts";
import type { OutputFolder } from "../shards/byteSink.ts";
import type { Folder } from "../shards/byteSource.ts";
import { createSha256, type Sha256 } from "../shards/checksums.ts";
import {
  type CategoryValues,
  MANIFEST_FILE,
  type Manifest,
  type Rules,
  VOCABULARY_FILE,
} from "../shards/manifest.ts";
import { manifestText } from "../shards/manifestFile.ts";
import { CRITEO, MISSING, type Rows } from "../shards/rows.ts";
import type { ShardFormat } from "../shards/shardFile.ts";
import { describeColumns } from "./describeColumns.ts";
import { createEncoder, type Encoder, type Vocabulary } from "./encoder.ts";
import { createEncodedCensus } from "./findings/encodedCensus.ts";
import { type Finding, findingsOf } from "./findings/findings.ts";
import type { Fitted } from "./fitting.ts";
import { type FinishedShard, journalLine, journalStart, parseJournal } from "./journal.ts";
import { type LogForm, storedLayout } from "./logForm.ts";
import { mindsporeSplitter } from "./mindsporeSplit.ts";
import {
  closeAccount,
  countPass,
  emptyAccount,
  encodePass,
  type LineAccount,
  type LogWords,
  orderPass,
  type Parts,
} from "./passes.ts";
import type { ColumnChoice } from "./roles.ts";
import { createShardSet } from "./shardSet.ts";
import { lineSplitter } from "./splits.ts";
import { createUnseenValues } from "./unseenValues.ts";
import { type CountedValue, frequentValues, numberedValues } from "./vocabulary.ts";
import { readVocabulary, writeVocabulary } from "./vocabularyFile.ts";

/** A million rows a shard. */
const GROUPS_PER_SHARD = 64;

/** `name` is the data set's. */
export interface PreprocessOptions extends LogWords {
  /** The log's files, for the manifest. */
  files: string[];
  rules: Rules;
  layout?: LogForm;
  /** For each category the values that the source numbers 1, 2, …: they keep these ids, whatever the rule, unless fitted. */
  tokens?: string[][];
  /** Left out, Parquet. */
  format?: ShardFormat;
  groupsPerShard?: number;
  /** Who does the work; left out, this thread. It must know the same rules. */
  encoder?: Encoder;
  /** A SHA-256 for each shard; left out, our own. */
  createHash?: () => Sha256;
  /** What each column of the source's table is read as. */
  columns?: ColumnChoice[];
  /** What the categories hold, where it is not a log's texts. */
  categoryValues?: CategoryValues;
  /** Its ids and integer statistics are used, instead of counting this log's. */
  fitted?: Fitted;
  journal?: JournalOptions;
  /** What was odd in the source before its rows were read. */
  noticed?: Finding[];
  onProgress?: (progress: Progress) => void;
  /** Called at the end with what is odd in the data set, the worst first; not where it takes the ids of another one. */
  found?: (findings: Finding[]) => void;
  /** Called at most once, with a warning of rows that are strange and yet no error. */
  warn?: (warning: Problem) => void;
}

/** Lets an interrupted second pass continue at its last finished shards. */
export interface JournalOptions {
  /** Names the input and everything that the outcome depends on. */
  key: string;
  /** What an earlier run wrote; empty when there was none. */
  text: string;
  append(text: string): Promise<void>;
  /** The unfinished data set, as the earlier run left it. */
  folder: Folder;
}

export interface Progress {
  stage: "count" | "order" | "encode";
  /** Lines done in this stage. */
  lines: number;
  /** Lines of the whole log: known after the first stage. */
  totalLines: number | null;
}

/** What is known before the second pass. */
interface Plan {
  /** The manifest, but for splits and shards. */
  draft: Manifest;
  values: CountedValue[][];
  badEnds: number[];
  finished: FinishedShard[];
}

/**
 * Makes a data set in `output` from the parts of a log in their order; `parts` is called once a pass. The manifest is
 * written last. Throws a ProblemError for a log that holds no row or too many bad lines.
 */
export async function preprocess(
  parts: () => Parts,
  output: OutputFolder,
  options: PreprocessOptions,
): Promise<Manifest> {
  const { name, rules, layout = CRITEO, format = "parquet", groupsPerShard = GROUPS_PER_SHARD } = options;
  const {
    encoder = createEncoder(layout, rules),
    createHash = createSha256,
    journal,
    fitted,
    onProgress,
  } = options;
  const interrupted = journal ? await interruptedPlan(journal) : null;
  const plan =
    interrupted ??
    (await (fitted ? fittedPlan(fitted, output, options) : countedPlan(parts, encoder, output, options)));
  if (!interrupted) await journal?.append(journalStart(journal.key, plan));

  await encoder.setVocabulary(vocabularyOf(plan.values, options));
  const shards = createShardSet({
    layout: storedLayout(layout),
    format,
    groupsPerShard,
    encoder,
    output,
    createHash,
    finished: plan.finished,
    onFinished: async (shard) => journal?.append(journalLine(shard)),
  });
  const totalLines = fitted ? null : plan.draft.source.lines;
  const splitOf =
    rules.split === "mindspore"
      ? mindsporeSplitter(plan.draft.source.lines, rules.seed, rules.testShare, plan.badEnds)
      : lineSplitter(rules);
  const unseen = createUnseenValues(layout.categories, fitted?.manifest);
  const counting = fitted ? watched(encoder, unseen.add) : encoder;
  // Ids of another data set say little of these rows; rows of a resumed pass are seen in part only.
  const isWhole = !fitted && plan.finished.length === 0;
  const census = isWhole ? createEncodedCensus(plan.draft, plan.values, plan.draft.source.lines) : null;
  const encoded = await encodePass(
    parts(),
    counting,
    shards,
    splitOf,
    options,
    (lines) => onProgress?.({ stage: "encode", lines, totalLines }),
    census?.see,
  );
  if (fitted) {
    closeAccount(encoded, options);
    const warning = unseen.warning(name, fitted.manifest, plan.values);
    if (warning) options.warn?.(warning);
  } else if (encoded.lines !== totalLines) throw problemError("log-changed", { name });
  if (encoded.shards.length === 0) throw problemError("rows-undealt", { name, lines: encoded.lines });
  const manifest: Manifest = {
    ...plan.draft,
    ...(fitted && accountOf(encoded, options)),
    splits: encoded.splits,
    shards: encoded.shards,
  };
  await writeManifest(manifest, output);
  const facts = census?.facts() ?? { rows: null, filled: null, different: [] };
  if (!fitted) options.found?.(findingsOf({ manifest, vocabulary: plan.values, ...facts }));
  return manifest;
}

/** Writes manifest.json: a folder without it is not a data set. */
export async function writeManifest(manifest: Manifest, output: OutputFolder): Promise<void> {
  const sink = await output.create(MANIFEST_FILE);
  await sink.write(new TextEncoder().encode(manifestText(manifest)));
  await sink.close();
}

/** An encoder that reports to `onRows` what it encoded. */
function watched(encoder: Encoder, onRows: (rows: Rows) => void): Encoder {
  return {
    ...encoder,
    async encode(part) {
      const encoded = await encoder.encode(part);
      onRows(encoded.rows);
      return encoded;
    },
  };
}

async function countedPlan(
  parts: () => Parts,
  encoder: Encoder,
  output: OutputFolder,
  options: PreprocessOptions,
): Promise<Plan> {
  const { rules, tokens, onProgress } = options;
  const layout: LogForm = options.layout ?? CRITEO;
  const { statistics, account } = await countPass(parts(), encoder, options, (lines) =>
    onProgress?.({ stage: "count", lines, totalLines: null }),
  );
  let values = statistics.categories.map((column, c) =>
    tokens
      ? numberedValues(column, tokens[c]!)
      : frequentValues(column, rules, layout.numbers, layout.shared?.[c]),
  );
  if (rules.idOrder === "first-seen") {
    await encoder.setVocabulary(textsOf(values));
    values = await orderPass(parts(), encoder, values, (lines) =>
      onProgress?.({ stage: "order", lines, totalLines: account.lines }),
    );
  }
  const columns = describeColumns(statistics, values, rules, layout);
  const draft = await draftOf(columns, values, account, output, options);
  return { draft, values, badEnds: account.badEnds, finished: [] };
}

/** The plan that takes ids and statistics from a data set that exists: new rows look to a model as the old ones do. */
async function fittedPlan(
  { manifest, folder }: Fitted,
  output: OutputFolder,
  options: PreprocessOptions,
): Promise<Plan> {
  const values = await readVocabulary(folder, manifest);
  const draft = await draftOf(manifest.columns, values, emptyAccount(), output, options);
  return { draft, values, badEnds: [], finished: [] };
}

async function interruptedPlan({ key, text, folder }: JournalOptions): Promise<Plan | null> {
  const interrupted = parseJournal(text, key);
  return interrupted && { ...interrupted, values: await readVocabulary(folder, interrupted.draft) };
}

/** Writes the vocabulary; returns the manifest as far as it is known by then. */
async function draftOf(
  columns: Manifest["columns"],
  values: CountedValue[][],
  account: LineAccount,
  output: OutputFolder,
  options: PreprocessOptions,
): Promise<Manifest> {
  const names = columns.filter(({ kind }) => kind === "category").map((column) => column.name);
  const vocabulary = await writeVocabulary(
    await output.create(VOCABULARY_FILE),
    values.map((some, c) => ({ name: names[c]!, values: some })),
  );
  const none = { rows: 0, positives: 0 };
  const { categoryValues } = options.fitted?.manifest ?? options;
  return {
    format: "final-studio-dataset",
    // A data set's ids come with what it says of them.
    version: options.fitted?.manifest.version ?? 2,
    name: options.name,
    rules: options.rules,
    missingInteger: MISSING,
    splits: { train: none, valid: none, test: none },
    ...accountOf(account, options),
    columns,
    ...(categoryValues && { categoryValues }),
    ...(options.columns && { table: { columns: options.columns } }),
    ...(options.noticed && options.noticed.length > 0 && { noticed: options.noticed }),
    vocabulary,
    shards: [],
  };
}

function accountOf(
  { lines, bad, examples }: LineAccount,
  { files }: PreprocessOptions,
): Pick<Manifest, "source" | "badLines" | "badLineExamples"> {
  return { source: { files, lines }, badLines: bad, badLineExamples: examples };
}

/** What the source has for these values: their texts, or the texts of the numbers that it gave its tokens. */
export function vocabularyOf(
  columns: CountedValue[][],
  { tokens, fitted }: Pick<PreprocessOptions, "tokens" | "fitted">,
): Vocabulary {
  if (!tokens) return textsOf(columns);
  if (!fitted) return { values: tokens.map((column) => column.map((_, i) => String(i + 1))) };
  return {
    values: columns.map((values, c) => {
      const numbers = new Map(tokens[c]!.map((token, i) => [token, String(i + 1)]));
      return values.map(({ value }) => numbers.get(value) ?? null);
    }),
  };
}

function textsOf(columns: CountedValue[][]): Vocabulary {
  return { values: columns.map((values) => values.map(({ value }) => value)) };
}
