// A run as the page keeps it: what it was, how it went, and what the person wrote on it. Its curves are kept beside it.

import { count, z } from "../base/zod.ts";
import { type Config, parseConfig } from "../model/config.ts";
import { EVALUATED_SPLITS, type RunCurves } from "./curves.ts";
import { runEvaluationSchema } from "./runEvaluation.ts";
import { runInsightSchema } from "./runInsight.ts";
import { runInspectionSchema } from "./runInspection.ts";

/**
 * Looks that runs take in turn: eight hues (`--run-0` … in palette.css), then the same with a sign along the line,
 * another one for each further eight. Enough for fifty runs.
 */
export const RUN_HUES = 8;
export const RUN_LOOKS = 7 * RUN_HUES;

/** Evaluations that a run keeps; older ones give way. */
export const MOST_EVALUATIONS = 50;

export const configurationSchema: z.ZodType<Config> = z.unknown().transform((input, context) => {
  const parsed = parseConfig(input);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: "custom", message: parsed.problem.sentence });
  return z.NEVER;
});

const edition = z.literal(2).optional();

/** Which data, and where it can be had again; null for files that somebody picked. */
export const dataSchema = z.strictObject({
  name: z.string().max(500),
  identity: z.string().max(100),
  /** How many rows each split has, and how they were dealt; earlier versions did not keep it. */
  rows: z.strictObject({ train: count, valid: count, test: count }).optional(),
  rules: z.string().max(500).optional(),
  location: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("demo"), rows: count.max(100_000_000), seed: count, edition }),
      z.strictObject({ type: z.literal("url"), manifestUrl: z.url({ protocol: /^https?$/ }) }),
    ])
    .nullable(),
});

const lossAtSchema = z.strictObject({ split: z.enum(EVALUATED_SPLITS), step: count, logLoss: z.number() });

const resultsSchema = z.strictObject({
  /** Lowest fused log loss of `of` evaluations (version 0.1.0 did not count), on `valid` where there is one. */
  best: lossAtSchema.extend({ of: count.optional() }).nullable(),
  last: lossAtSchema.nullable(),
  /** Fused AUC at the last evaluation of the test split, and its 95 % interval. */
  testAuc: z
    .strictObject({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })
    .nullable(),
});

export const recordSchema = z.strictObject({
  runId: z.string().regex(/^[\w-]{1,80}$/),
  name: z.string().min(1).max(200),
  note: z.string().max(10_000),
  tags: z.array(z.string().min(1).max(40)).max(20),
  /** One of the `RUN_LOOKS`, for as long as the run is kept. */
  color: count.max(RUN_LOOKS - 1),
  /** Whether the charts draw it. */
  shown: z.boolean(),
  /** Other runs are described by how their configuration differs from this one's. */
  isBaseline: z.boolean(),
  startedAt: z.number(),
  /** The arena that it was a member of; null for a run of its own. */
  arenaId: z.string().max(80).nullable().default(null),
  config: configurationSchema,
  data: dataSchema,
  /** "running" in a page that was closed means that the run was cut off. */
  status: z.enum(["running", "completed", "stopped", "early-stopped", "failed"]),
  backend: z.enum(["webgpu", "wasm", "cpu", "cuda", "npu"]).nullable(),
  parameterCount: count,
  step: count,
  totalSteps: count,
  rowsSeen: count,
  activeSeconds: z.number().min(0),
  rowsPerSecond: z.number().min(0),
  results: resultsSchema,
  /** Its model on rows of any data set, in the order in which they were made. */
  evaluations: z.array(runEvaluationSchema).max(MOST_EVALUATIONS).default([]),
  /** What its model had learned at the last evaluation; left out where nobody looked. */
  insight: runInsightSchema.optional(),
  /** Its branches at the last evaluation of the test split; left out where there was none. */
  inspection: runInspectionSchema.optional(),
});

export type RunRecord = z.infer<typeof recordSchema>;
export type RunData = z.infer<typeof dataSchema>;
type Results = z.infer<typeof resultsSchema>;

/** `record` as a run has come to be, with what was added to it since from `written`: notes, its look, evaluations, insight. */
export function withWritten(record: RunRecord, written: RunRecord): RunRecord {
  const { name, note, tags, color, shown, isBaseline, startedAt, evaluations } = written;
  const { insight = record.insight } = written;
  const { inspection = written.inspection } = record;
  const kept = { name, note, tags, color, shown, isBaseline, startedAt, evaluations };
  return { ...record, ...kept, ...(insight && { insight }), ...(inspection && { inspection }) };
}

/** The look that the fewest of the runs have: while there are less than `RUN_LOOKS`, one of its own. */
export function nextColor(records: readonly Pick<RunRecord, "color">[]): number {
  const uses = Array.from({ length: RUN_LOOKS }, () => 0);
  for (const { color } of records) uses[color]!++;
  return uses.indexOf(Math.min(...uses));
}

/** What the table says of a run's evaluations. */
export function resultsOf(curves: RunCurves): Results {
  const split = EVALUATED_SPLITS.find((candidate) => curves.evaluations[candidate].length > 0);
  if (!split) return { best: null, last: null, testAuc: null };
  const evaluations = curves.evaluations[split];
  const losses = evaluations.column("logLossFused");
  const steps = evaluations.column("step");
  const at = (i: number) => ({ split, step: steps[i]!, logLoss: losses[i]! });
  let best = 0;
  for (let i = 1; i < losses.length; i++) if (losses[i]! < losses[best]!) best = i;
  return {
    best: { ...at(best), of: losses.length },
    last: at(losses.length - 1),
    testAuc: testAucOf(curves),
  };
}

/** How the best evaluation was chosen: "validation", or for lack of it "test, best of 5", which flatters the model. */
export function chosenOn({ split, of }: NonNullable<Results["best"]>): string {
  if (split === "valid") return "validation";
  return of === 1 ? "test" : `test, best of ${of ?? "several"}`;
}

function testAucOf({ evaluations: { test } }: RunCurves): Results["testAuc"] {
  const value = (column: string) => test.column(column).at(-1) ?? Number.NaN;
  const known = (column: string) => (Number.isNaN(value(column)) ? null : value(column));
  const auc = known("aucFused");
  return auc === null ? null : { value: auc, low: known("aucLow"), high: known("aucHigh") };
}

/** What a run keeps of the data set that is open; null for a place that is not known elsewhere or tomorrow. */
export function dataOf({ location, summary }: OpenData): RunData {
  const { type } = location;
  const lasting = type === "demo" || type === "url" ? (location as RunData["location"]) : null;
  const { name, identity, rows, rules } = summary;
  return { name, identity, rows, rules, location: lasting };
}

/** "80,010 train, 10,082 valid, 9,908 test; dealt by a hash …"; null where that was not kept. */
export function splitsInWords({ rows, rules }: RunData): string | null {
  if (!rows) return null;
  const sizes = EVERY_SPLIT.filter((split) => rows[split] > 0)
    .map((split) => `${rows[split].toLocaleString("en-US")} ${split}`)
    .join(", ");
  return rules ? `${sizes}; ${rules}` : sizes;
}

const EVERY_SPLIT = ["train", "valid", "test"] as const;

/** The open data set, as far as a run keeps it. */
interface OpenData {
  location: { type: string };
  summary: { name: string; identity: string; rows: NonNullable<RunData["rows"]>; rules: string };
}
