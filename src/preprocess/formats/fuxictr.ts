// FuxiCTR's data sets: feature_map.json, feature_vocab.json and files with ids, Parquet or HDF5. A column's ids are mostly
// 0 for padding, 1 to n for its values, n + 1 for OOV (rare and unseen ones); bucketed columns have ids from 0 and neither
// of the others. Values are numbered from 1 in the order of their ids; OOV and padding become OOV, local id 0.

import { ProblemError, problemError } from "../../base/result.ts";
import { z } from "../../base/zod.ts";
import { type Block, KIND, makeBlock } from "../block.ts";
import { kindOfValues } from "../categoryValues.ts";
import type { LogForm } from "../logForm.ts";
import { leftOutFor } from "../tables/plan.ts";
import { byteText } from "../vocabularyFile.ts";
import { endRow, setLabel, setNumber } from "./cells.ts";
import { isHdf5 } from "./firstBytes.ts";
import { fractionsOf, noteFraction } from "./fractions.ts";
import { openHdf5Columns } from "./hdf5.ts";
import { FEATURE_MAP_FILE, type InputFile, isNamed } from "./input.ts";
import {
  checkNames,
  createLogSource,
  type LogSource,
  NUMBERED_RULES,
  type OpenedFile,
  type OpenOptions,
  type Reading,
} from "./logSource.ts";
import { type Cells, type ColumnTable, openParquetTable } from "./parquetTable.ts";
import type { LeftOut } from "./setAside.ts";

const NAME = "FuxiCTR's Parquet";
const VOCABULARY_FILE = "feature_vocab.json";
const BLOCK_ROWS = 8192;
const PADDING = "__PAD__";
const OOV = "__OOV__";

const featureSchema = z.looseObject({
  type: z.string(),
  vocab_size: z.number().int().min(1).optional(),
  padding_idx: z
    .number()
    .int()
    .nullish()
    .transform((id) => id ?? undefined),
  oov_idx: z.number().int().optional(),
  share_embedding: z.string().optional(),
  remap: z.boolean().optional(),
});
const mapSchema = z.looseObject({
  dataset_id: z.string().min(1),
  labels: z.array(z.string()).min(1),
  features: z.array(z.record(z.string(), featureSchema)).min(1),
});
const vocabularySchema = z.record(z.string(), z.record(z.string(), z.number().int().min(0)));

/** What of a feature map the rows need. */
interface FeatureMap {
  name: string;
  label: string;
  numeric: string[];
  categories: Category[];
}

interface Category {
  name: string;
  /** For each id of the file its place among the values, from 1; 0 for OOV and padding. */
  places: Int32Array;
  /** The values in their order: as the vocabulary has them, else the ids themselves. */
  tokens: string[];
}

/** Opens Parquet files; `beside` are the files that came with them. */
export async function openFuxiCtr(
  files: OpenedFile[],
  options: OpenOptions,
  beside: InputFile[],
): Promise<LogSource> {
  const { name } = files[0]!.file;
  const mapFile = beside.find((file) => isNamed(file, FEATURE_MAP_FILE));
  if (!mapFile) throw mismatch(name, `no ${FEATURE_MAP_FILE} is with it`);
  const vocabularyFile = beside.find((file) => isNamed(file, VOCABULARY_FILE));
  const vocabulary = vocabularyFile ? await jsonOf(vocabularyFile, vocabularySchema) : {};
  const map = readMap(await jsonOf(mapFile, mapSchema), vocabulary, mapFile.name);
  const form: LogForm = {
    integers: map.numeric.length,
    categories: map.categories.length,
    names: namesOf(map).slice(1),
    numbers: true,
  };
  checkNames({ format: NAME, form, named: true }, name);
  const { read, leftOut } = await readable(files, namesOf(map));
  Object.assign(form, fractionsOf(await findFractions(read, map, options.limit)));
  const tokens = map.categories.map((category) => category.tokens);
  const source = createLogSource(read, {
    format: NAME,
    form,
    named: true,
    rules: NUMBERED_RULES,
    values: map.categories.every(({ name }) => vocabulary[name])
      ? { kind: kindOfValues(tokens.flat()) }
      : { kind: "fuxictr-ids" },
    tokens,
    noun: "row",
    read: (reading, readIn) => blocks(read, map, readIn, options.limit, reading),
  });
  const described = vocabularyFile ? [mapFile, vocabularyFile] : [mapFile];
  return {
    ...source,
    leftOut,
    name: map.name,
    files: [...source.files, ...described.map((file) => file.name)],
  };
}

/** The files that hold these columns; one that does not sinks no others, unless a person named it. */
async function readable(
  files: OpenedFile[],
  names: string[],
): Promise<{ read: OpenedFile[]; leftOut: LeftOut[] }> {
  const read: OpenedFile[] = [];
  const leftOut: LeftOut[] = [];
  let first: ProblemError | null = null;
  for (const opened of files) {
    const { file } = opened;
    try {
      await (await openTable(opened, names)).close();
      read.push(opened);
    } catch (cause) {
      if (!(cause instanceof ProblemError) || file.chosen) throw cause;
      first ??= cause;
      leftOut.push(leftOutFor(file.name, cause.problem));
    }
  }
  if (read.length === 0) throw first!;
  return { read, leftOut };
}

function openTable({ file, head }: OpenedFile, names: string[]): Promise<ColumnTable> {
  return isHdf5(head) ? openHdf5Columns(file, names) : openParquetTable(file, names, FEATURE_MAP_FILE);
}

/** The label first, then the data set's columns. */
function namesOf({ label, numeric, categories }: FeatureMap): string[] {
  return [label, ...numeric, ...categories.map(({ name }) => name)];
}

type Vocabulary = Record<string, number>;

function readMap(
  { dataset_id, labels, features }: z.infer<typeof mapSchema>,
  vocabulary: Record<string, Vocabulary>,
  name: string,
): FeatureMap {
  const map: FeatureMap = { name: dataset_id, label: labels[0]!, numeric: [], categories: [] };
  if (labels.length > 1)
    throw mismatch(name, `it has ${labels.length} labels (${labels.join(", ")}), and FINAL learns one`);
  for (const [feature, spec] of features.flatMap((entry) => Object.entries(entry))) {
    const { type, vocab_size: size, share_embedding: shared } = spec;
    if (type === "meta") continue;
    if (type === "numeric") map.numeric.push(feature);
    else if (type === "categorical" && size !== undefined)
      map.categories.push(readCategory(feature, spec, size, vocabulary[feature] ?? vocabulary[shared ?? ""]));
    else
      throw mismatch(
        name,
        type === "categorical"
          ? `its feature "${feature}" has no vocab_size`
          : `its feature "${feature}" is a ${type}, which FINAL has no place for`,
      );
  }
  return map;
}

/**
 * Which ids are values. The vocabulary says where padding and OOV are, which need not be at its ends: pretrained values
 * come behind OOV. Without it the map does, and where that says of padding alone, the last id is OOV. Ids that FuxiCTR
 * took as they are (`remap: false`) are all values.
 */
function readCategory(
  name: string,
  { padding_idx, oov_idx, remap }: z.infer<typeof featureSchema>,
  size: number,
  vocabulary: Vocabulary | undefined,
): Category {
  const usual = padding_idx !== undefined && !vocabulary ? size - 1 : undefined;
  const reserved =
    remap === false ? [] : [vocabulary?.[PADDING] ?? padding_idx, vocabulary?.[OOV] ?? oov_idx ?? usual];
  const texts = new Map<number, string>();
  for (const [token, id] of Object.entries(vocabulary ?? {}))
    if (token !== PADDING && token !== OOV && !/[\t\n]/.test(token) && !texts.has(id)) texts.set(id, token);
  const places = new Int32Array(size);
  const tokens: string[] = [];
  for (let id = 0; id < size; id++)
    if (!reserved.includes(id)) places[id] = tokens.push(byteText(texts.get(id) ?? String(id)));
  return { name, places, tokens };
}

/** Which of the numeric columns have fractions: they alone are read for it. */
async function findFractions(
  files: OpenedFile[],
  { numeric }: FeatureMap,
  limit = Number.POSITIVE_INFINITY,
): Promise<boolean[]> {
  const fractions = numeric.map(() => false);
  if (numeric.length === 0) return fractions;
  let rows = 0;
  for (const opened of files) {
    const end = Math.min(limit, rows + (opened.limit ?? limit));
    for await (const { count, columns } of groupsOf(opened, numeric)) {
      for (const [c, column] of columns.entries())
        for (let r = 0; r < count && !fractions[c]; r++) noteFraction(fractions, c, column[r]!);
      if ((rows += count) >= end) break;
    }
    if (rows >= limit) return fractions;
  }
  return fractions;
}

async function* blocks(
  files: OpenedFile[],
  map: FeatureMap,
  form: LogForm,
  limit = Number.POSITIVE_INFINITY,
  { progressOf, begin }: Reading,
): AsyncGenerator<Block> {
  let line = 0;
  for (const opened of files) {
    const { file, split } = opened;
    const end = Math.min(limit, line + (opened.limit ?? limit));
    begin(file, line);
    for await (const { count, columns, bytesRead } of groupsOf(opened, namesOf(map))) {
      progressOf(file)(bytesRead);
      for (let from = 0; from < count && line < end; ) {
        const taken = Math.min(BLOCK_ROWS, count - from, end - line);
        const block = Object.assign(makeBlock(form, taken, line), split !== undefined && { split });
        for (let r = from; r < from + taken; r++, line++)
          endRow(block, line, appendRow(columns, r, map, form, block));
        block.lineCount = taken;
        yield block;
        from += taken;
      }
      if (line >= end) break;
    }
    if (line >= limit) return;
  }
}

async function* groupsOf(opened: OpenedFile, names: string[]): ReturnType<ColumnTable["groups"]> {
  const table = await openTable(opened, names);
  try {
    yield* table.groups();
  } finally {
    await table.close();
  }
}

/** Writes row `r` of the columns, the label first, into the block's next row; returns what is wrong with it, or null. */
function appendRow(
  [labels, ...cells]: Cells[],
  r: number,
  { numeric, categories }: FeatureMap,
  form: LogForm,
  block: Block,
): string | null {
  let reason = setLabel(block, labels![r]!);
  for (let c = 0; c < numeric.length && reason === null; c++)
    reason = setNumber(block, c, cells[c]![r]!, form);
  if (reason !== null) return reason;
  for (const [c, { name, places }] of categories.entries()) {
    const id = cells[numeric.length + c]![r]!;
    const place = places[id];
    if (place === undefined)
      return `has the id ${id} in column ${name}, which is not one of ${FEATURE_MAP_FILE}'s`;
    block.keys[c]![block.count] = place;
    block.kinds[c]![block.count] = KIND.number;
  }
  return null;
}

async function jsonOf<T>(file: InputFile, schema: z.ZodType<T>): Promise<T> {
  const source = await file.open();
  try {
    const text = new TextDecoder().decode(await source.read(0, source.byteLength));
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    const at = cause instanceof z.ZodError ? ` at ${cause.issues[0]!.path.join(".") || "its top"}` : "";
    throw mismatch(file.name, `it is not the file that FuxiCTR writes${at}`);
  } finally {
    await source.close?.();
  }
}

function mismatch(name: string, reason: string): ProblemError {
  const expected = `Choose the whole folder that FuxiCTR made: ${FEATURE_MAP_FILE}, ${VOCABULARY_FILE} and its Parquet files`;
  return problemError("format-mismatch", { name, format: NAME, reason, expected });
}
