// FuxiCTR's data sets: feature_map.json, feature_vocab.json and Parquet files with ids. A column's ids are 0 for padding,
// 1 to n for its values, n + 1 for OOV (rare and unseen ones); bucketed columns have ids from 0 and neither of the others.
// Ids from 1 on stay as they are; OOV and padding become OOV, local id 0. Ids from 0 on move up by one.

import { problem } from "../../base/problem.ts";
import { ProblemError } from "../../base/result.ts";
import { z } from "../../base/zod.ts";
import { type Block, KIND, makeBlock } from "../block.ts";
import { kindOfValues } from "../categoryValues.ts";
import type { LogForm } from "../logForm.ts";
import { byteText } from "../vocabularyFile.ts";
import { endRow, setLabel, setNumber } from "./cells.ts";
import { type InputFile, isNamed } from "./input.ts";
import {
  createLogSource,
  type LogSource,
  NUMBERED_RULES,
  type OpenedFile,
  type OpenOptions,
  type Reading,
} from "./logSource.ts";
import { type Cells, openParquetTable, type ParquetTable } from "./parquetTable.ts";
import { emptyRanges, type NumberRange, scalesOf, widen } from "./scales.ts";

const NAME = "FuxiCTR's Parquet";
export const FEATURE_MAP_FILE = "feature_map.json";
const VOCABULARY_FILE = "feature_vocab.json";
const MAGIC = [0x50, 0x41, 0x52, 0x31];
const BLOCK_ROWS = 8192;
const PADDING = "__PAD__";
const OOV = "__OOV__";

const featureSchema = z.looseObject({
  type: z.string(),
  vocab_size: z.number().int().min(1).optional(),
  padding_idx: z.number().int().optional(),
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
  /** Ids of values: from 1 to this. */
  values: number;
  /** Added to an id of the file. */
  shift: 0 | 1;
}

export function isParquet(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
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
  const map = readMap(await jsonOf(mapFile, mapSchema), mapFile.name);
  const vocabularyFile = beside.find((file) => isNamed(file, VOCABULARY_FILE));
  const vocabulary = vocabularyFile ? await jsonOf(vocabularyFile, vocabularySchema) : {};
  const form: LogForm = {
    integers: map.numeric.length,
    categories: map.categories.length,
    names: [...map.numeric, ...map.categories.map((category) => category.name)],
    numbers: true,
    ...scalesOf(await measure(files, map, options.limit)),
  };
  const tokens = map.categories.map((category) => tokensOf(category, vocabulary[category.name]));
  const source = createLogSource(files, {
    format: NAME,
    form,
    named: true,
    rules: NUMBERED_RULES,
    values: map.categories.every(({ name }) => vocabulary[name])
      ? { kind: kindOfValues(tokens.flat()) }
      : { kind: "fuxictr-ids" },
    tokens,
    noun: "row",
    read: (reading, readIn) => blocks(files, map, readIn, options.limit, reading),
  });
  const described = vocabularyFile ? [mapFile, vocabularyFile] : [mapFile];
  return { ...source, name: map.name, files: [...source.files, ...described.map((file) => file.name)] };
}

function readMap({ dataset_id, labels, features }: z.infer<typeof mapSchema>, name: string): FeatureMap {
  const map: FeatureMap = { name: dataset_id, label: labels[0]!, numeric: [], categories: [] };
  for (const [feature, spec] of features.flatMap((entry) => Object.entries(entry))) {
    const { type, vocab_size: size, padding_idx: padding } = spec;
    if (type === "meta") continue;
    if (type === "numeric") map.numeric.push(feature);
    else if (type === "categorical" && size !== undefined)
      map.categories.push(
        padding === undefined
          ? { name: feature, values: size, shift: 1 }
          : { name: feature, values: Math.max(0, size - 2), shift: 0 },
      );
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

/** The values in the order of their ids: as the vocabulary has them, else the ids themselves. */
function tokensOf({ values, shift }: Category, vocabulary: Record<string, number> = {}): string[] {
  const tokens = Array.from({ length: values }, (_, i) => String(i + 1 - shift));
  for (const [token, id] of Object.entries(vocabulary))
    if (token !== PADDING && token !== OOV && !/[\t\n]/.test(token) && id >= 1 && id <= values)
      tokens[id - 1] = byteText(token);
  return tokens;
}

/** What the numeric columns hold: they alone are read for it. */
async function measure(
  files: OpenedFile[],
  { numeric }: FeatureMap,
  limit = Number.POSITIVE_INFINITY,
): Promise<NumberRange[]> {
  const ranges = emptyRanges(numeric.length);
  if (numeric.length === 0) return ranges;
  let rows = 0;
  for (const { file, limit: ofFile = limit } of files) {
    const end = Math.min(limit, rows + ofFile);
    for await (const { count, columns } of groupsOf(file, numeric)) {
      for (const [c, range] of ranges.entries())
        for (let r = 0; r < count; r++) widen(range, columns[c]![r]!);
      if ((rows += count) >= end) break;
    }
    if (rows >= limit) return ranges;
  }
  return ranges;
}

async function* blocks(
  files: OpenedFile[],
  map: FeatureMap,
  form: LogForm,
  limit = Number.POSITIVE_INFINITY,
  { tellOf, begin }: Reading,
): AsyncGenerator<Block> {
  const names = [map.label, ...map.numeric, ...map.categories.map(({ name }) => name)];
  let line = 0;
  for (const { file, split, limit: ofFile = limit } of files) {
    const end = Math.min(limit, line + ofFile);
    begin(file, line);
    for await (const { count, columns, bytesRead } of groupsOf(file, names)) {
      tellOf(file)(bytesRead);
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

async function* groupsOf(file: InputFile, names: string[]): ReturnType<ParquetTable["groups"]> {
  const table = await openParquetTable(file, names, FEATURE_MAP_FILE);
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
  for (const [c, { name, values, shift }] of categories.entries()) {
    const id = cells[numeric.length + c]![r]! + shift;
    // One more than the values is OOV.
    if (!(id >= 0 && id <= values + 1 && Number.isInteger(id)))
      return `has the id ${id - shift} in column ${name}, which is not one of ${FEATURE_MAP_FILE}'s`;
    block.keys[c]![block.count] = id;
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
  return new ProblemError(problem("format-mismatch", { name, format: NAME, reason, expected }));
}
