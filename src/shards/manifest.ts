// manifest.json: what a data set holds and how it was made, in the spirit of FuxiCTR's feature_map.json. It carries what
// each way of feeding integers needs, and enough to check any piece of any shard that is read alone.

import { z } from "zod";
import { SPLITS } from "../base/batch.ts";
import { problem } from "../base/problem.ts";
import { err, ok, type Result } from "../base/result.ts";
import { createSha256 } from "./checksums.ts";
import { type Layout, MISSING } from "./rows.ts";

export const MANIFEST_FILE = "manifest.json";
export const VOCABULARY_FILE = "vocabulary.tsv";

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const int32 = z.number().int().min(-2147483648).max(2147483647);
const uint32 = z.number().int().min(0).max(4294967295);
const hash = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");
const share = z.number().min(0).max(1);
// A name never leads out of the data set's folder.
const fileName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "must be a plain file name");

/** ⌊ln²x⌋ above 2, the integer itself below; null is a missing integer. */
const bucketSchema = z.strictObject({ value: int32.nullable(), count });

const integerColumnSchema = z.strictObject({
  name: z.string().min(1),
  kind: z.literal("integer"),
  missing: count,
  /** null when every row lacks it. */
  minimum: int32.nullable(),
  maximum: int32.nullable(),
  /** Distinct buckets, a missing integer among them. */
  distinct: count,
  /** Buckets with a table row of their own: the rule of the categories. */
  frequent: count,
  /** Table row of the first frequent bucket when integers enter as buckets. */
  base: count,
  /** By falling count, ties by value, missing first: the frequent ones are a head of the list. */
  buckets: z.array(bucketSchema),
  /** Where the source had fractions: its value times this, rounded, is the integer that is stored and described here. */
  scale: z.number().int().min(2).max(1_000_000_000).optional(),
});

const categoryColumnSchema = z.strictObject({
  name: z.string().min(1),
  kind: z.literal("category"),
  /** Rows with the empty string, which is a value like any other. */
  missing: count,
  distinct: count,
  /** Values with a table row of their own: local ids 1 to `frequent`. */
  frequent: count,
  /** Table row of local id 1 when integers do not enter as buckets. */
  base: count,
});

const categoryValuesSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("decimal") }),
  /** Ids of MindSpore's and DeepFM's rows; `firstId`: of their one space, null where each column has its own. */
  z.strictObject({ kind: z.literal("row-ids"), firstId: uint32.nullable() }),
  /** FuxiCTR's ids, whose values it did not tell. */
  z.strictObject({ kind: z.literal("fuxictr-ids") }),
]);

const rowGroupSchema = z.strictObject({
  rows: count.min(1),
  offset: count,
  length: count.min(1),
  crc32c: uint32,
});

export const shardSchema = z.strictObject({
  file: fileName,
  split: z.enum(SPLITS),
  rows: count.min(1),
  bytes: count.min(1),
  sha256: hash,
  rowGroups: z.array(rowGroupSchema).min(1),
});

const splitSchema = z.strictObject({ rows: count, positives: count });

const rulesSchema = z.strictObject({
  /** over: a value is frequent when its count is > threshold (MindSpore); at-least: ≥ threshold (FuxiCTR). */
  rule: z.enum(["over", "at-least"]),
  threshold: count,
  /** How rows were dealt to the splits; given: the source had its own splits. */
  split: z.enum(["hash", "mindspore", "none", "given"]),
  seed: uint32,
  validShare: share,
  testShare: share,
  /** Rows that counts, minima and maxima were taken from; given: an existing data set's were used. */
  fittedOn: z.enum(["all", "train", "given"]),
  /** given: as the numbers that the source has for its values. */
  idOrder: z.enum(["count", "first-seen", "given"]),
});

export const manifestSchema = z.strictObject({
  format: z.literal("final-studio-dataset"),
  version: z.literal(1),
  name: z.string().min(1),
  /** The log's files, as they were named, and its lines, bad ones included. */
  source: z.strictObject({ files: z.array(z.string()), lines: count }),
  rules: rulesSchema,
  /** Stands for a missing integer in the shards. */
  missingInteger: z.literal(MISSING),
  splits: z.strictObject({ train: splitSchema, valid: splitSchema, test: splitSchema }),
  badLines: count,
  /** The first of them, numbered from 0. */
  badLineExamples: z.array(z.strictObject({ line: count, reason: z.string() })),
  /** Integer columns first. */
  columns: z
    .array(z.discriminatedUnion("kind", [integerColumnSchema, categoryColumnSchema]))
    .min(1)
    .max(4096),
  /** What the categories' values are, where they are not a log's texts; manifests of old never say it. */
  categoryValues: categoryValuesSchema.optional(),
  vocabulary: z.strictObject({ file: fileName, rows: count, bytes: count, sha256: hash }),
  shards: z.array(shardSchema),
  /** Synthetic data only: AUC of the true click probabilities on the test split. */
  bestReachableAuc: z.number().min(0).max(1).optional(),
});

/** The file: what counts and bounds say cannot be seen in the shards, so the whole has a checksum (who writes one by hand may leave it out). */
const fileSchema = manifestSchema.extend({ checksum: hash.optional() });

export type Manifest = z.infer<typeof manifestSchema>;
export type Rules = Manifest["rules"];
export type Column = Manifest["columns"][number];
export type IntegerColumn = Extract<Column, { kind: "integer" }>;
export type CategoryColumn = Extract<Column, { kind: "category" }>;
export type CategoryValues = z.infer<typeof categoryValuesSchema>;
export type Shard = Manifest["shards"][number];
export type RowGroup = Shard["rowGroups"][number];

/** Parses a manifest's text, and checks that its parts agree with each other; `name` is used in the sentence. */
export function parseManifest(text: string, name: string): Result<Manifest> {
  const invalid = (reason: string) => err(problem("manifest-invalid", { name, reason }));
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return invalid("it is not JSON");
  }
  const parsed = fileSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const where = issue.path.join(".");
    return invalid(`${where ? `${where}: ` : ""}${issue.message.replace(/\.$/, "")}`);
  }
  const { checksum, ...manifest } = parsed.data;
  const contradiction = contradictionIn(manifest);
  if (contradiction) return invalid(contradiction);
  if (checksum !== undefined && checksum !== manifestIdentity(manifest))
    return invalid("its checksum is wrong, so it was changed or damaged");
  return ok(manifest);
}

/** The manifest as it is written to a file: keys in the order of the schema, however it came about. */
export function manifestText(manifest: Manifest): string {
  const ordered = manifestSchema.parse(manifest);
  return `${JSON.stringify({ ...ordered, checksum: manifestIdentity(ordered) }, null, 1)}\n`;
}

/** SHA-256 over the manifest's content, whatever its spacing; its keys must be in the order of the schema. */
export function manifestIdentity(manifest: Manifest): string {
  const hash = createSha256();
  hash.update(new TextEncoder().encode(JSON.stringify(manifest)));
  return hash.hex();
}

export function layoutOf(manifest: Manifest): Layout {
  return { integers: integerColumns(manifest).length, categories: categoryColumns(manifest).length };
}

export function integerColumns(manifest: Manifest): IntegerColumn[] {
  return manifest.columns.filter((column) => column.kind === "integer");
}

export function categoryColumns(manifest: Manifest): CategoryColumn[] {
  return manifest.columns.filter((column) => column.kind === "category");
}

/**
 * Rows that the columns' counts were taken from, which need not be those of the data set; null where that cannot be told
 * (counts of another data set without integers).
 */
export function countedRows(manifest: Manifest): number | null {
  const { rules, splits, source, badLines } = manifest;
  const [integers] = integerColumns(manifest);
  if (integers) return integers.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  if (rules.fittedOn === "given") return null;
  return rules.fittedOn === "train" ? splits.train.rows : source.lines - badLines;
}

/** Share of the counted rows that lack the column's value. */
export function missingShare({ missing }: Column, counted: number | null): number | null {
  if (counted === null) return null;
  return counted > 0 ? missing / counted : 0;
}

/** Table rows of the frequent buckets of all integer columns: they lie between the OOV rows and the categories. */
export function bucketRows(manifest: Manifest): number {
  return integerColumns(manifest).reduce((sum, column) => sum + column.frequent, 0);
}

function contradictionIn(manifest: Manifest): string | null {
  return columnContradiction(manifest) ?? shardContradiction(manifest);
}

function columnContradiction(manifest: Manifest): string | null {
  const { columns } = manifest;
  const firstCategory = columns.findIndex((column) => column.kind === "category");
  if (firstCategory !== -1 && columns.slice(firstCategory).some((column) => column.kind === "integer"))
    return "an integer column follows a category";
  if (new Set(columns.map((column) => column.name)).size !== columns.length)
    return "two columns share a name";
  let bucketBase = columns.length;
  let categoryBase = columns.length;
  for (const column of columns) {
    if (column.frequent > column.distinct) return `${column.name} has more frequent values than values`;
    if (column.kind === "integer") {
      if (column.base !== bucketBase) return `${column.name} starts at row ${column.base}, not ${bucketBase}`;
      if (column.buckets.length !== column.distinct)
        return `${column.name} lists ${column.buckets.length} buckets and says ${column.distinct}`;
      bucketBase += column.frequent;
    } else {
      if (column.base !== categoryBase)
        return `${column.name} starts at row ${column.base}, not ${categoryBase}`;
      categoryBase += column.frequent;
    }
  }
  return null;
}

function shardContradiction({ shards, splits }: Manifest): string | null {
  const names = new Set<string>();
  for (const { file, rows, bytes, rowGroups } of shards) {
    if (names.has(file)) return `${file} is listed twice`;
    names.add(file);
    const inGroups = rowGroups.reduce((sum, group) => sum + group.rows, 0);
    if (inGroups !== rows) return `${file} has ${rows} rows, its row groups ${inGroups}`;
    let offset = 0;
    for (const group of rowGroups) {
      if (group.offset < offset || group.offset + group.length > bytes)
        return `a row group of ${file} lies outside it or over another`;
      offset = group.offset + group.length;
    }
  }
  for (const split of SPLITS) {
    const inShards = shards.reduce((sum, shard) => sum + (shard.split === split ? shard.rows : 0), 0);
    if (inShards !== splits[split].rows)
      return `${split} has ${splits[split].rows} rows, its shards ${inShards}`;
    if (splits[split].positives > splits[split].rows) return `${split} has more clicks than rows`;
  }
  return null;
}
