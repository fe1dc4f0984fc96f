// The shape of manifest.json. Apart from what is asked of a manifest: threads and workers do without the library.

import { SPLITS } from "../base/batch.ts";
import { z } from "../base/zod.ts";
import { MISSING } from "./rows.ts";

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const int32 = z.number().int().min(-2147483648).max(2147483647);
const uint32 = z.number().int().min(0).max(4294967295);
export const hash = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");
const share = z.number().min(0).max(1);
// A name never leads out of the data set's folder.
const fileName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "must be a plain file name");

/** As src/shards/buckets.ts counts them; null is a missing number. */
const bucketSchema = z.strictObject({ value: int32.nullable(), count });

/** Equal shares of the counted rows at most. */
export const MOST_QUANTILES = 64;

/** Of features. */
export const MOST_COLUMNS = 4096;

const statisticsSchema = z.strictObject({
  /** Of the counted rows that have the number; the deviation divides by how many these are. */
  mean: z.number(),
  deviation: z.number().min(0),
  /** Different numbers among them. */
  values: count,
  /** Whether that is an estimate, within about 5 %. */
  estimated: z.boolean(),
  /** Rows with a number below 0. */
  negative: count,
  /** What 0.1, 25, 50, 75 and 99.9 % of the rows do not exceed, within 1 % of the number. */
  percentiles: z.array(z.number()).length(5),
  /** The least number of each of the equal shares of the rows but the first, ascending. */
  quantiles: z.array(z.number()).max(MOST_QUANTILES - 1),
});

const integerColumnSchema = z.strictObject({
  name: z.string().min(1),
  kind: z.literal("integer"),
  missing: count,
  /** null when every row lacks it. */
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  /** Its numbers have fractions, and the shards hold them as float32, NaN where one is missing. */
  fractions: z.literal(true).optional(),
  /** Distinct buckets, a missing number among them. */
  distinct: count,
  /** Buckets with a table row of their own: the rule of the categories. */
  frequent: count,
  /** Table row of the first frequent bucket when all numbers enter as buckets. */
  base: count,
  /** By falling count, ties by value, missing first: the frequent ones are a head of the list. */
  buckets: z.array(bucketSchema),
  /** null when every row lacks it; manifests of version 1 never have it. */
  statistics: statisticsSchema.nullable().optional(),
  /** Version 1, where the source had fractions: its value times this, rounded, is what is stored and described here. */
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
  /** Table row of local id 1 when no column of numbers has ids of its own. */
  base: count,
});

const categoryValuesSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("decimal") }),
  /** Ids of MindSpore's and DeepFM's rows; `firstId`: of their one space, null where each column has its own. */
  z.strictObject({ kind: z.literal("row-ids"), firstId: uint32.nullable() }),
  /** FuxiCTR's ids, whose values it did not give. */
  z.strictObject({ kind: z.literal("fuxictr-ids") }),
]);

const choiceSchema = z.strictObject({
  name: z.string(),
  role: z.enum(["label", "integer", "number", "category", "several", "id", "time", "ignore"]),
  click: z.string().optional(),
  missing: z.array(z.string()).optional(),
  fill: z.string().optional(),
});

const noticedSchema = z.strictObject({
  code: z.string(),
  sentence: z.string(),
  remedy: z.string(),
  control: z.string().optional(),
});

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

/** "1d": a day, "6h": six hours, "0d": none. */
const span = z.string().regex(/^\d{1,6}[dh]$/, "must be a number of days or hours, as in 1d or 6h");

const rulesSchema = z.strictObject({
  /** over: a value is frequent when its count is > threshold (MindSpore); at-least: ≥ threshold (FuxiCTR). */
  rule: z.enum(["over", "at-least"]),
  threshold: count,
  /** How rows were dealt to the splits; given: the source had its own splits. */
  split: z.enum(["hash", "mindspore", "none", "given", "random", "time"]),
  seed: uint32,
  validShare: share,
  testShare: share,
  /** Rows that counts, minima and maxima were taken from; given: an existing data set's were used. */
  fittedOn: z.enum(["all", "train", "given"]),
  /** given: as the numbers that the source has for its values. */
  idOrder: z.enum(["count", "first-seen", "given"]),
  /** random: rows that the shares are of, so that each split has exactly its share. */
  splitRows: count.optional(),
  /** time: the last days (d) or hours (h) that are test rows, those before them that are validation rows. */
  times: z
    .strictObject({
      valid: span,
      test: span,
      /** Seconds since 1970 where these begin; null before the rows were looked at. */
      validFrom: z.number().nullable(),
      testFrom: z.number().nullable(),
      /** Lines without a time that can be read: their rows are training rows. Left out where all have one. */
      untimed: count.optional(),
    })
    .optional(),
});

export const manifestSchema = z.strictObject({
  format: z.literal("final-studio-dataset"),
  /** 2 says more of columns of numbers, may have fractions, and has wide buckets far below 0. */
  version: z.union([z.literal(1), z.literal(2)]),
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
  /** Columns of numbers first. */
  columns: z
    .array(z.discriminatedUnion("kind", [integerColumnSchema, categoryColumnSchema]))
    .min(1)
    .max(MOST_COLUMNS),
  /** What the categories' values are, where they are not a log's texts; manifests of old never say it. */
  categoryValues: categoryValuesSchema.optional(),
  /** What each column of the source's table was read as, in its order; not said of Criteo's own log. */
  table: z.strictObject({ columns: z.array(choiceSchema).min(1) }).optional(),
  /** What was odd in how the source's first rows are read, as problems that stop nothing. */
  noticed: z.array(noticedSchema).min(1).optional(),
  vocabulary: z.strictObject({ file: fileName, rows: count, bytes: count, sha256: hash }),
  shards: z.array(shardSchema),
  /** Synthetic data only: AUC of the true click probabilities on the test split. */
  bestReachableAuc: z.number().min(0).max(1).optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Rules = Manifest["rules"];
export type Column = Manifest["columns"][number];
export type IntegerColumn = Extract<Column, { kind: "integer" }>;
export type NumberStatistics = z.infer<typeof statisticsSchema>;
export type CategoryColumn = Extract<Column, { kind: "category" }>;
export type CategoryValues = z.infer<typeof categoryValuesSchema>;

export type Shard = Manifest["shards"][number];
export type RowGroup = Shard["rowGroups"][number];
