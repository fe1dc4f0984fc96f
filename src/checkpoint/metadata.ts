// What the metadata of a checkpoint says: which run, its configuration, data set and engine, and where it stands.

import type { NumberModes } from "../base/numberModes.ts";
import { problem } from "../base/problem.ts";
import { firstFault } from "../base/problems/schemaIssues.ts";
import { err, ok, type Result } from "../base/result.ts";
import { count, z } from "../base/zod.ts";
import { BACKENDS, ENGINES, type EngineDescription, JOB_BACKENDS, type JobEngine } from "../engine/engine.ts";
import { type Config, parseConfig } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import { hash, manifestSchema } from "../shards/manifestSchema.ts";
import { meterSchema, progressSchema } from "./progress.ts";

/** The value of `format`: it distinguishes a checkpoint from other safetensors files. */
export const FORMAT = "final-studio-checkpoint";
export const VERSION = 1;

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

const historyColumns = z.strictObject({ progress: z.array(z.string()), evaluations: z.array(z.string()) });

/** A whole run. */
export const metadataSchema = identitySchema.extend({ meter: meterSchema, historyColumns });

/** Weights alone. */
const weightsSchema = identitySchema.extend({ parts: z.literal("weights") });

/** Curves alone. */
const curvesSchema = identitySchema.extend({ parts: z.literal("curves"), historyColumns });

export type Metadata =
  | z.infer<typeof metadataSchema>
  | z.infer<typeof weightsSchema>
  | z.infer<typeof curvesSchema>;

/**
 * What a file says of itself: its metadata and its configuration, checked. The problem is that it is no checkpoint, of a later
 * version, or contradicts itself; `name` is used in sentences.
 */
export function readMetadata(
  name: string,
  texts: ReadonlyMap<string, string>,
): Result<{ metadata: Metadata; config: Config }> {
  const invalid = (where: string, reason: string) =>
    err(problem("checkpoint-invalid", { name, where, reason: reason.replace(/\.$/, "") }));
  const { format, version, ...rest } = Object.fromEntries(texts);
  if (format !== FORMAT) return err(problem("checkpoint-foreign", { name }));
  if (version !== String(VERSION))
    return err(problem("checkpoint-too-new", { name, version: version ?? "?", supported: VERSION }));
  const values = parseTexts(rest);
  if (!values.ok) return invalid(values.key, "it is not JSON");
  const { parts } = values.value;
  const schema = parts === undefined ? metadataSchema : parts === "curves" ? curvesSchema : weightsSchema;
  const parsed = (schema as z.ZodType<Metadata>).safeParse(values.value, { reportInput: true });
  if (!parsed.success) {
    const { where, reason } = firstFault(parsed.error);
    return invalid(where || "its metadata", reason);
  }
  const config = parseConfig(parsed.data.config);
  return config.ok
    ? ok({ metadata: parsed.data, config: config.value })
    : invalid("config", config.problem.sentence);
}

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
