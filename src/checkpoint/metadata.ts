// What the metadata of a checkpoint says: which run, its configuration, data set and engine, and where it stands.

import type { NumberModes } from "../base/numberModes.ts";
import { z } from "../base/zod.ts";
import { BACKENDS, ENGINES, type EngineDescription, JOB_BACKENDS, type JobEngine } from "../engine/engine.ts";
import type { Dataset } from "../shards/dataset.ts";
import { hash, manifestSchema } from "../shards/manifestSchema.ts";
import { meterSchema, progressSchema } from "./progress.ts";

/** The value of `format`: it distinguishes a checkpoint from other safetensors files. */
export const FORMAT = "final-studio-checkpoint";
export const VERSION = 1;

const count = z.number().int().min(0);

const datasetCardSchema = z.strictObject({
  name: z.string(),
  /** SHA-256 over the manifest's content: equal for equal data. */
  identity: hash,
  fields: count,
  tableRows: count,
  splits: manifestSchema.shape.splits,
  columns: manifestSchema.shape.columns,
  /** Names the values behind the ids; checkpoints of old lack it. */
  vocabulary: z.strictObject({ rows: count, sha256: hash }).optional(),
});

/** What a run was trained on: enough to turn other rows into table rows and weights (src/shards/encoding.ts). */
export type DatasetCard = z.infer<typeof datasetCardSchema>;

const originSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("demo"), rows: count, seed: count, edition: z.literal(2).optional() }),
  z.strictObject({ type: z.literal("url"), manifestUrl: z.string() }),
]);

const runSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  name: z.string().max(200),
  /** Steps between evaluations besides those at the ends of epochs; 0: none. */
  evaluateEverySteps: count,
  /** Milliseconds since 1970. */
  savedAt: z.number(),
  /** Where its data set can be opened again; null where only the person can. */
  origin: originSchema.nullable(),
});

const jobEngineSchema: z.ZodType<JobEngine> = z.strictObject({
  engine: z.literal("torch"),
  backend: z.enum(JOB_BACKENDS),
  threads: count.min(1),
});

const engineSchema: z.ZodType<EngineDescription> = z.strictObject({
  engine: z.enum(ENGINES),
  backend: z.enum(BACKENDS),
  threads: count.min(1),
  simd: z.literal("relaxed").optional(),
});

const identitySchema = z.strictObject({
  run: runSchema,
  config: z.unknown(),
  dataset: datasetCardSchema,
  engine: z.union([engineSchema, jobEngineSchema]),
  progress: progressSchema,
});

/** A whole run. */
export const metadataSchema = identitySchema.extend({
  meter: meterSchema,
  historyColumns: z.strictObject({ progress: z.array(z.string()), evaluations: z.array(z.string()) }),
});

/** Weights alone. */
export const weightsSchema = identitySchema.extend({ parts: z.literal("weights") });

export type Metadata = z.infer<typeof metadataSchema> | z.infer<typeof weightsSchema>;

/** Which run a checkpoint is of. */
export type RunCard = z.infer<typeof runSchema>;

/** The card of an open data set, for a run whose integers enter in this way. */
export function datasetCard({ manifest, identity, shape }: Dataset, integers: NumberModes): DatasetCard {
  const { name, splits, columns } = manifest;
  const { rows, sha256 } = manifest.vocabulary;
  return { name, identity, ...shape(integers), splits, columns, vocabulary: { rows, sha256 } };
}

/** The metadata of a file whose parts are these. */
export function encodeMetadata(parts: Record<string, unknown>): Map<string, string> {
  const texts = Object.entries(parts).map(([key, value]) => [key, JSON.stringify(value)] as const);
  return new Map([["format", FORMAT], ["version", String(VERSION)], ...texts]);
}

/** Parses the metadata's JSON; `key` names the first text that is none. */
export function parseTexts(
  texts: Record<string, string>,
): { ok: true; value: Record<string, unknown> } | { ok: false; key: string } {
  const value: [string, unknown][] = [];
  for (const [key, text] of Object.entries(texts)) {
    try {
      value.push([key, JSON.parse(text)]);
    } catch {
      return { ok: false, key };
    }
  }
  return { ok: true, value: Object.fromEntries(value) };
}
