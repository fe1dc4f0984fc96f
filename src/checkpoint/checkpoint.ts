// A checkpoint: everything to go on with a run as if nothing had happened, and to evaluate rows with it alone, in one
// safetensors file. Tensors, all row-major:
//
//   NAME                    parameters and running statistics, named as in the golden files      F32
//   adam/m/NAME             Adam's first moments                                                 F32
//   adam/v/NAME             Adam's second moments                                                F32
//   best/NAME               parameters and running statistics at the best evaluation, if kept    F32
//   meter/sums              losses × rows since the last point of the progressive curves         F64
//   meter/logits, labels    the rows of the progressive AUC: [heads, rows], [rows]               F32
//   history/progress        one row a point of the progressive curves                            F64
//   history/evaluations     one row an evaluation                                                F64
//
// The metadata holds `format`, `version` and, as JSON: run, config, dataset (columns and id bases), engine, progress
// (step, epoch, data cursor, schedule, best so far), meter, and the names of the history's columns. A file of weights alone
// has `parts` "weights", the parameters and running statistics, and neither meter nor history.

import type { NamedArrays } from "../base/batch.ts";
import type { NumberModes } from "../base/numberModes.ts";
import { type Problem, problem } from "../base/problem.ts";
import { err, ok, orThrow, type Result } from "../base/result.ts";
import { z } from "../base/zod.ts";
import { BACKENDS, ENGINES, type EngineDescription, type ModelState } from "../engine/engine.ts";
import { type Config, parameterSpecs, parseConfig, runningSpecs } from "../model/config.ts";
import { type CurveKind, neededPaths, type PointMatrix, pointsOf, toMatrix } from "../runs/points.ts";
import type { ByteSource } from "../shards/byteSource.ts";
import type { Dataset } from "../shards/dataset.ts";
import { hash, manifestSchema } from "../shards/manifestSchema.ts";
import type { History } from "./history.ts";
import { type MeterState, meterSchema, progressSchema, type RunProgress } from "./progress.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type OpenedTensorFile,
  peekMetadata,
  readSafetensors,
  type SavedAgain,
  type Tensor,
  type TensorFile,
} from "./safetensors.ts";

const FORMAT = "final-studio-checkpoint";
const VERSION = 1;

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
  engine: engineSchema,
  progress: progressSchema,
});

const metadataSchema = identitySchema.extend({
  meter: meterSchema,
  historyColumns: z.strictObject({ progress: z.array(z.string()), evaluations: z.array(z.string()) }),
});

const weightsSchema = identitySchema.extend({ parts: z.literal("weights") });

type Metadata = z.infer<typeof metadataSchema> | z.infer<typeof weightsSchema>;

/** A model that a schedule keeps: no moments, as FuxiCTR's goes on with the latest ones. */
export interface BestModel {
  parameters: NamedArrays;
  running: NamedArrays;
}

/** All that a run is made of between two of its steps. */
export interface RunSnapshot {
  progress: RunProgress;
  state: ModelState;
  best: BestModel | null;
  meter: MeterState;
  history: History;
}

/** A snapshot, and what it is a snapshot of. */
export interface Checkpoint extends RunSnapshot {
  run: z.infer<typeof runSchema>;
  config: Config;
  dataset: DatasetCard;
  /** What computed it: another engine rounds otherwise (`roundAlike`). */
  engine: EngineDescription;
  /** Weights and what describes them were read, or there is no more in the file: moments are 0, curves empty. */
  weightsOnly?: boolean;
  /** Where another program saved the file again: what came of it. */
  savedAgain?: SavedAgain;
}

/** The card of an open data set, for a run whose integers enter in this way. */
export function datasetCard({ manifest, identity, shape }: Dataset, integers: NumberModes): DatasetCard {
  const { name, splits, columns } = manifest;
  const { rows, sha256 } = manifest.vocabulary;
  return { name, identity, ...shape(integers), splits, columns, vocabulary: { rows, sha256 } };
}

/**
 * The file as pieces that follow each other; arrays are not copied, so they must not change before it is written.
 * `breathe` is awaited every few milliseconds of work.
 */
export function encodeCheckpoint(
  checkpoint: Checkpoint,
  breathe?: () => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const { run, config, dataset, engine, progress, state, best, meter, history } = checkpoint;
  const { sums, logits, labels, ...meterScalars } = meter;
  const branches = config.branches.length;
  const progressed = toMatrix("progress", history.progress, branches);
  const evaluated = toMatrix("evaluation", history.evaluations, branches);
  const tensors = new Map<string, Tensor>();
  const addAll = (prefix: string, arrays: NamedArrays) => {
    for (const [name, array] of arrays) tensors.set(prefix + name, array);
  };
  addAll("", state.parameters);
  addAll("", state.running);
  addAll("adam/m/", state.firstMoments);
  addAll("adam/v/", state.secondMoments);
  if (best) addAll("best/", new Map([...best.parameters, ...best.running]));
  tensors.set("meter/sums", { shape: [sums.length], values: sums });
  tensors.set("meter/logits", { shape: [branches + 1, labels.length], values: logits });
  tensors.set("meter/labels", { shape: [labels.length], values: labels });
  tensors.set("history/progress", toTensor(progressed));
  tensors.set("history/evaluations", toTensor(evaluated));
  const historyColumns = { progress: progressed.columns, evaluations: evaluated.columns };
  const parts = { run, config, dataset, engine, progress, meter: meterScalars, historyColumns };
  const metadata = new Map([
    ["format", FORMAT],
    ["version", String(VERSION)],
    ...Object.entries(parts).map(([key, value]) => [key, JSON.stringify(value)] as const),
  ]);
  return encodeSafetensors({ metadata, tensors }, breathe);
}

/** One model alone as a file: its weights under their names, and what describes them. */
export function encodeWeights(
  {
    run,
    config,
    dataset,
    engine,
    progress,
  }: Omit<Checkpoint, keyof RunSnapshot> & Pick<Checkpoint, "progress">,
  { parameters, running }: BestModel,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const described = Object.entries({ run, config, dataset, engine, progress, parts: "weights" });
  const metadata = new Map([
    ["format", FORMAT],
    ["version", String(VERSION)],
    ...described.map(([key, value]) => [key, JSON.stringify(value)] as const),
  ]);
  return encodeSafetensors({ metadata, tensors: new Map([...parameters, ...running]) });
}

/** Reads a checkpoint that a person chose; `name` is used in sentences. Arrays are views of `bytes`. */
export function decodeCheckpoint(bytes: Uint8Array<ArrayBuffer>, name: string): Result<Checkpoint> {
  const file = decodeSafetensors(bytes, name);
  return file.ok ? toCheckpoint(file.value, name, false) : file;
}

/**
 * Reads a checkpoint piece by piece, so that it takes no more memory than what is kept of it: everything, or the weights
 * alone. Throws a ProblemError.
 */
export async function openCheckpoint(
  source: ByteSource,
  name: string,
  kept: "all" | "weights",
): Promise<Checkpoint> {
  const weightsOnly = kept === "weights";
  const wanted = (tensor: string) => !weightsOnly || !/^(adam|meter|history)\//.test(tensor);
  return orThrow(toCheckpoint(await readSafetensors(source, name, wanted), name, weightsOnly));
}

/** Why a run cannot go on with this checkpoint, whatever the data; null where it can. */
export function cannotGoOn(name: string, { weightsOnly, savedAgain }: Checkpoint): Problem | null {
  if (weightsOnly) return problem("checkpoint-weights-only", { name });
  if (savedAgain && savedAgain.rounded.length > 0)
    return problem("checkpoint-rounded", { name, tensors: savedAgain.rounded.length });
  return null;
}

function toCheckpoint(file: OpenedTensorFile, name: string, weightsOnly: boolean): Result<Checkpoint> {
  const invalid = (where: string, reason: string) =>
    err(problem("checkpoint-invalid", { name, where, reason }));
  const { format, version, ...texts } = Object.fromEntries(file.metadata);
  if (format !== FORMAT) return err(problem("checkpoint-foreign", { name }));
  if (version !== String(VERSION))
    return err(problem("checkpoint-too-new", { name, version: version ?? "?", supported: VERSION }));

  const values = parseTexts(texts);
  if (!values.ok) return invalid(values.key, "it is not JSON");
  const parsed = ("parts" in values.value ? weightsSchema : metadataSchema).safeParse(values.value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return invalid(issue.path.join(".") || "its metadata", issue.message.replace(/\.$/, ""));
  }
  const config = parseConfig(parsed.data.config);
  if (!config.ok) return invalid("config", config.problem.sentence.replace(/\.$/, ""));

  const reader = createReader(file);
  const alone = weightsOnly || "parts" in parsed.data;
  const arrays = readArrays(reader, config.value, parsed.data, alone);
  const fault = reader.fault ?? reader.leftOver();
  if (fault) return invalid(fault.tensor, fault.reason);
  for (const tensor of notFinite(arrays))
    if (tensor) return err(problem("checkpoint-not-finite", { name, tensor }));
  const { run, dataset, engine, progress } = parsed.data;
  const { savedAgain } = file;
  const how = { ...(alone && { weightsOnly: true }), ...(savedAgain && { savedAgain }) };
  return ok({ run, config: config.value, dataset, engine, progress, ...arrays, ...how });
}

/**
 * Looks for a NaN or an infinity in the model's tensors, a few milliseconds at a time: gives the name of the tensor that
 * has one, else null.
 */
export function* notFinite({ state, best }: Pick<RunSnapshot, "state" | "best">): Generator<string | null> {
  const groups: [string, NamedArrays][] = [
    ["", state.parameters],
    ["", state.running],
    ["adam/m/", state.firstMoments],
    ["adam/v/", state.secondMoments],
  ];
  if (best) groups.push(["best/", best.parameters], ["best/", best.running]);
  for (const [prefix, arrays] of groups)
    for (const [name, { values }] of arrays)
      for (let at = 0; at < values.length; at += CHECKED_NUMBERS)
        yield allFinite(values.subarray(at, at + CHECKED_NUMBERS)) ? null : prefix + name;
}

const CHECKED_NUMBERS = 2 ** 21;

function allFinite(values: Float32Array): boolean {
  let sum = 0;
  // 0 × ∞ and 0 × NaN are NaN: a sum that needs no call and no branch an element.
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0;
  return sum === 0;
}

/** What a list shows of a checkpoint, out of its metadata alone. */
export interface CheckpointSummary {
  run: Checkpoint["run"];
  config: Config;
  dataset: { name: string; identity: string; trainRows: number };
  engine: EngineDescription;
  progress: RunProgress;
}

/** Reads the first bytes of a file of `byteLength` bytes; null when they do not begin a whole checkpoint. */
export function peekCheckpoint(head: Uint8Array<ArrayBuffer>, byteLength: number): CheckpointSummary | null {
  const texts = peekMetadata(head, byteLength);
  if (texts?.get("format") !== FORMAT || texts.get("version") !== String(VERSION)) return null;
  const { crc32c: _, contents: __, format: ___, version: ____, ...rest } = Object.fromEntries(texts);
  const values = parseTexts(rest);
  const parsed = values.ok ? metadataSchema.safeParse(values.value) : null;
  const config = parsed?.success ? parseConfig(parsed.data.config) : null;
  return parsed?.success && config?.ok ? toSummary({ ...parsed.data, config: config.value }) : null;
}

/** A whole checkpoint's summary. */
export function toSummary(
  checkpoint: Pick<Checkpoint, "run" | "config" | "dataset" | "engine" | "progress">,
): CheckpointSummary {
  const { run, config, dataset, engine, progress } = checkpoint;
  const { name, identity, splits } = dataset;
  return { run, config, dataset: { name, identity, trainRows: splits.train.rows }, engine, progress };
}

type Parsed = { ok: true; value: Record<string, unknown> } | { ok: false; key: string };

function parseTexts(texts: Record<string, string>): Parsed {
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

type Arrays = Omit<RunSnapshot, "progress">;

function readArrays(reader: Reader, config: Config, metadata: Metadata, weightsOnly: boolean): Arrays {
  const { dataset, progress } = metadata;
  const trained = parameterSpecs(config, dataset);
  const counted = runningSpecs(config);
  const best = reader.has("best/embedding")
    ? { parameters: reader.named("best/", trained), running: reader.named("best/", counted) }
    : null;
  const zeros = weightsOnly ? zeroArrays(trained) : null;
  return {
    state: {
      step: progress.step,
      parameters: reader.named("", trained),
      running: reader.named("", counted),
      firstMoments: zeros ?? reader.named("adam/m/", trained),
      secondMoments: zeros ?? reader.named("adam/v/", trained),
    },
    best,
    ...("meter" in metadata && !weightsOnly
      ? readCurves(reader, config.branches.length, metadata)
      : { meter: emptyMeter(config.branches.length), history: { progress: [], evaluations: [] } }),
  };
}

function readCurves(
  reader: Reader,
  branches: number,
  { meter, historyColumns }: z.infer<typeof metadataSchema>,
): Pick<Arrays, "meter" | "history"> {
  const held = reader.rows("meter/labels");
  const matrix = (tensor: string, kind: CurveKind, columns: string[]) =>
    readMatrix(reader, { tensor, kind, columns, branches });
  const progressed = matrix("history/progress", "progress", historyColumns.progress);
  const evaluated = matrix("history/evaluations", "evaluation", historyColumns.evaluations);
  return {
    meter: {
      ...meter,
      sums: reader.take("meter/sums", [2 * branches + 5], Float64Array),
      logits: reader.take("meter/logits", [branches + 1, held], Float32Array),
      labels: reader.take("meter/labels", [held], Float32Array),
    },
    history: {
      progress: pointsOf("progress", progressed, branches),
      evaluations: pointsOf("evaluation", evaluated, branches),
    },
  };
}

/** Moments that were not read: views of one array of zeros, whose pages a system does not even provide. */
function zeroArrays(specs: { name: string; shape: number[] }[]): NamedArrays {
  const sizes = specs.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  const zeros = new Float32Array(Math.max(...sizes));
  return new Map(specs.map(({ name, shape }, i) => [name, { shape, values: zeros.subarray(0, sizes[i]) }]));
}

function emptyMeter(branches: number): MeterState {
  const counts = { steps: 0, rows: 0, rowsSinceAuc: 0, auc: null, last: null, pushed: 0 };
  const none = new Float32Array(0);
  return { ...counts, sums: new Float64Array(2 * branches + 5), logits: none, labels: none };
}

interface MatrixRequest {
  tensor: string;
  kind: CurveKind;
  /** As the file names them: another version may have more or fewer. */
  columns: string[];
  branches: number;
}

function readMatrix(reader: Reader, { tensor, kind, columns, branches }: MatrixRequest): PointMatrix {
  const values = reader.take(tensor, [reader.rows(tensor), columns.length], Float64Array);
  const needed = new Set(neededPaths(kind, branches));
  const missing = [...needed].find((path) => !columns.includes(path));
  if (missing !== undefined) reader.fail(tensor, `it has no column ${missing}`);
  if (!values.every((value, i) => Number.isFinite(value) || !needed.has(columns[i % columns.length]!)))
    reader.fail(tensor, "it holds numbers that are not finite");
  return { columns, values };
}

interface Reader {
  /** The first thing found wrong. */
  readonly fault: { tensor: string; reason: string } | null;
  fail(tensor: string, reason: string): void;
  has(name: string): boolean;
  /** The first dimension as the file has it; 0 where there is none. */
  rows(name: string): number;
  /** The values of a tensor that must have this shape and type; empty ones when it does not. */
  take<T extends Tensor["values"]>(name: string, shape: number[], type: new () => T): T;
  named(prefix: string, specs: { name: string; shape: number[] }[]): NamedArrays;
  /** A tensor that nobody took. */
  leftOver(): { tensor: string; reason: string } | null;
}

function createReader({ tensors }: TensorFile): Reader {
  const taken = new Set<string>();
  let fault: Reader["fault"] = null;

  function fail(tensor: string, reason: string): void {
    fault ??= { tensor, reason };
  }
  function take<T extends Tensor["values"]>(name: string, shape: number[], type: new () => T): T {
    const tensor = tensors.get(name);
    taken.add(name);
    if (!tensor) fail(name, "it is missing");
    else if (!(tensor.values instanceof type)) fail(name, "it has another type of numbers");
    else if (tensor.shape.join() !== shape.join())
      fail(name, `its shape is [${tensor.shape.join(", ")}], not [${shape.join(", ")}]`);
    else return tensor.values;
    return new type();
  }

  return {
    get fault() {
      return fault;
    },
    fail,
    has: (name) => tensors.has(name),
    rows: (name) => tensors.get(name)?.shape[0] ?? 0,
    take,
    named: (prefix, specs) =>
      new Map(
        specs.map(({ name, shape }) => [name, { shape, values: take(prefix + name, shape, Float32Array) }]),
      ),
    leftOver() {
      const name = [...tensors.keys()].find((key) => !taken.has(key));
      return name === undefined ? null : { tensor: name, reason: "its configuration has no such tensor" };
    },
  };
}

function toTensor({ columns, values }: PointMatrix): Tensor {
  return { shape: [values.length / columns.length, columns.length], values };
}
