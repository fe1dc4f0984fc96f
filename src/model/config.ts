// The configuration of a run: the model's shape, how it is trained, and what makes a configuration impossible.
// Its JSON is the `config` of a golden file plus how the run is trained (DESIGN section 3).

import { problem } from "../base/problem.ts";
import { faultOf, type SchemaIssue } from "../base/problems/schemaIssues.ts";
import { err, ok, type Result } from "../base/result.ts";
import { z } from "../base/zod.ts";

export const INTERACTIONS = ["cascade", "sum", "concat"] as const;
export const FUNCTIONS = ["linear", "relu", "tanh", "sigmoid"] as const;
export const FUSIONS = ["mean", "gate"] as const;
export const INTEGER_MODES = ["max", "log", "bucket"] as const;
export const MAX_BRANCHES = 4;

/** A gate σ or an activation. */
export type Activation = (typeof FUNCTIONS)[number];
/** How integer columns enter the model (DESIGN section 4). */
export type IntegerMode = (typeof INTEGER_MODES)[number];

const positive = z.number().int().min(1);
const probability = z.number().min(0).max(0.99);

const unitSchema = z.strictObject({
  /** Width of the unit's output. */
  size: positive.max(16384),
  /** K, how many projections are multiplied; 1 is a plain dense layer. */
  order: positive.max(8),
  interaction: z.enum(INTERACTIONS).default("cascade"),
  /** σ, applied to every projection but the first. */
  gate: z.enum(FUNCTIONS).default("tanh"),
  activation: z.enum(FUNCTIONS).default("linear"),
  batchNorm: z.boolean().default(false),
  /** Probability of dropping an output while training; survivors are scaled up. */
  dropout: probability.default(0),
});

const branchSchema = z.strictObject({
  /** FuxiCTR's feature gating before the first unit. */
  featureGating: z.boolean().default(false),
  units: z.array(unitSchema).min(1).max(16),
});

const optimizerSchema = z.strictObject({
  kind: z.literal("adam").default("adam"),
  learningRate: z.number().positive().max(10),
  beta1: z.number().min(0).max(0.999999).default(0.9),
  beta2: z.number().min(0).max(0.9999999).default(0.999),
  epsilon: z.number().positive().max(1).default(1e-8),
  /** true: ε beside the uncorrected √v (MindSpore, TensorFlow); false: Kingma and Ba, PyTorch. */
  epsilonHat: z.boolean().default(false),
});

const scheduleSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("constant") }),
  /** FuxiCTR's: evaluate each epoch, learning rate × factor when AUC does not improve, stop after `patience` such epochs. */
  z.strictObject({
    type: z.literal("plateau"),
    patience: positive.max(100).default(2),
    factor: z.number().positive().max(1).default(0.1),
  }),
]);

const configSchema = z.strictObject({
  /** F. Known from the data set; a file may state it, then it must agree. */
  fields: positive.max(4096).optional(),
  /** V, all rows of the embedding table. Known from the data set; a file may state it, then it must agree. */
  vocabSize: positive.max(2 ** 31 - 1).optional(),
  /** D. */
  embeddingDim: positive.max(1024),
  branches: z.array(branchSchema).min(1).max(MAX_BRANCHES),
  fusion: z.enum(FUSIONS).default("mean"),
  distillationWeight: z.number().min(0).max(1000).default(1),
  l2Embedding: z.number().min(0).max(10).default(0),
  optimizer: optimizerSchema,
  /** mindspore: everything N(0, 0.01²). fuxictr: table N(0, 1e-4²), weights Xavier normal, biases 0. */
  initialization: z.enum(["mindspore", "fuxictr"]).default("fuxictr"),
  integers: z.enum(INTEGER_MODES).default("bucket"),
  batchSize: positive.max(1_000_000).default(4096),
  epochs: positive.max(10_000).default(1),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(2020),
  /** dense: Adam moves every row of the table at every step. lazy: only the batch's rows (another algorithm). */
  updates: z.enum(["dense", "lazy"]).default("dense"),
  schedule: scheduleSchema.default({ type: "constant" }),
});

export type Config = z.infer<typeof configSchema>;
/** What a person may write: every field with a default may be left out. */
export type ConfigInput = z.input<typeof configSchema>;
export type BranchConfig = Config["branches"][number];
export type UnitConfig = BranchConfig["units"][number];
export type OptimizerConfig = Config["optimizer"];
export type ScheduleConfig = Config["schedule"];

/** What a configuration needs to know of the data to become a model. */
export interface InputShape {
  /** F. */
  fields: number;
  /** V, all rows of the one embedding table, integer rows included. */
  tableRows: number;
}

/** Parses what came from outside. The problem's `control` is the path of the first field at fault. */
export function parseConfig(input: unknown): Result<Config> {
  const parsed = configSchema.safeParse(input, { reportInput: true });
  if (!parsed.success) {
    const { where, reason, remedy } = faultOf(parsed.error.issues[0] as SchemaIssue);
    return invalid(where, reason, remedy);
  }
  const config = parsed.data;
  for (const [b, branch] of config.branches.entries()) {
    for (const [u, unit] of branch.units.entries()) {
      const where = `branches.${b}.units.${u}`;
      if (unit.interaction === "concat" && unit.size % unit.order !== 0)
        return invalid(
          `${where}.size`,
          `a concat unit of order ${unit.order} cannot cut ${unit.size} columns into ${unit.order} equal blocks`,
          `Choose a size that ${unit.order} divides, for example ${Math.max(1, Math.round(unit.size / unit.order)) * unit.order}.`,
        );
    }
  }
  if (config.batchSize === 1 && config.branches.some((branch) => branch.units.some((unit) => unit.batchNorm)))
    return invalid(
      "batchSize",
      "batch norm of one-row batches is constant",
      "Choose a batch size of 2 or more.",
    );
  return ok(config);
}

/** Parses a configuration file's text; `name` is used in the sentence. */
export function parseConfigText(text: string, name: string): Result<Config> {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    return err(problem("configuration-not-json", { name, reason: (cause as Error).message }));
  }
  return parseConfig(input);
}

/** The model's input for a data set of `shape`, or the problem where the configuration states another one. */
export function inputShape(config: Config, shape: InputShape): Result<InputShape> {
  if (config.fields !== undefined && config.fields !== shape.fields)
    return invalid("fields", `it says ${config.fields} fields, the data set has ${shape.fields}`);
  if (config.vocabSize !== undefined && config.vocabSize !== shape.tableRows)
    return invalid(
      "vocabSize",
      `it says ${config.vocabSize} table rows, the data set needs ${shape.tableRows}`,
    );
  return ok(shape);
}

/** Columns of one of the unit's K projections. */
export function projectionWidth(unit: UnitConfig): number {
  return unit.interaction === "concat" ? unit.size / unit.order : unit.size;
}

export interface ParameterSpec {
  name: string;
  shape: number[];
  kind: "embedding" | "weight" | "bias" | "gamma" | "beta" | "gatingWeight" | "gatingBias";
}

/** Every trained parameter in a fixed order, named as in the golden files; weights are `[in, out]`. */
export function parameterSpecs(config: Config, { fields, tableRows }: InputShape): ParameterSpec[] {
  const D = config.embeddingDim;
  const specs: ParameterSpec[] = [{ name: "embedding", shape: [tableRows, D], kind: "embedding" }];
  for (const [b, branch] of config.branches.entries()) {
    let width = fields * D;
    if (branch.featureGating) {
      specs.push({ name: `branch${b}/gating/weight`, shape: [fields, fields], kind: "gatingWeight" });
      specs.push({ name: `branch${b}/gating/bias`, shape: [fields], kind: "gatingBias" });
      width *= 2;
    }
    for (const [u, unit] of branch.units.entries()) {
      const out = projectionWidth(unit) * unit.order;
      specs.push({ name: `branch${b}/unit${u}/weight`, shape: [width, out], kind: "weight" });
      specs.push({ name: `branch${b}/unit${u}/bias`, shape: [out], kind: "bias" });
      if (unit.batchNorm) {
        specs.push({ name: `branch${b}/unit${u}/gamma`, shape: [unit.size], kind: "gamma" });
        specs.push({ name: `branch${b}/unit${u}/beta`, shape: [unit.size], kind: "beta" });
      }
      width = unit.size;
    }
    specs.push({ name: `branch${b}/head/weight`, shape: [width, 1], kind: "weight" });
    specs.push({ name: `branch${b}/head/bias`, shape: [1], kind: "bias" });
  }
  if (config.fusion === "gate") {
    specs.push({ name: "fusion/weight", shape: [fields * D, config.branches.length], kind: "weight" });
    specs.push({ name: "fusion/bias", shape: [config.branches.length], kind: "bias" });
  }
  return specs;
}

/** Running statistics of batch norm, in the order of their units. */
export function runningSpecs(config: Config): { name: string; shape: number[]; initial: number }[] {
  return config.branches.flatMap((branch, b) =>
    branch.units.flatMap((unit, u) =>
      unit.batchNorm
        ? [
            { name: `branch${b}/unit${u}/mean`, shape: [unit.size], initial: 0 },
            { name: `branch${b}/unit${u}/variance`, shape: [unit.size], initial: 1 },
          ]
        : [],
    ),
  );
}

/** All trained numbers of the model. */
export function parameterCount(config: Config, shape: InputShape): number {
  return parameterSpecs(config, shape).reduce((sum, spec) => sum + spec.shape.reduce((a, b) => a * b, 1), 0);
}

/** Bytes of parameters and both Adam moments, and of one step's activations (forward kept for backward), in float32. */
export function memoryBytes(config: Config, shape: InputShape): { state: number; activations: number } {
  const state = parameterCount(config, shape) * 3 * 4;
  let columns = shape.fields * config.embeddingDim * 2;
  for (const branch of config.branches) {
    if (branch.featureGating) columns += shape.fields * config.embeddingDim * 4;
    for (const unit of branch.units) columns += projectionWidth(unit) * unit.order * 2 + unit.size * 4;
  }
  return { state, activations: columns * config.batchSize * 4 };
}

/** The degree that a branch reaches: K^L over its units, twice that with feature gating ("up to" unless all is linear). */
export function polynomialDegree(branch: BranchConfig): { degree: number; exact: boolean } {
  const degree = branch.units.reduce((product, unit) => product * unit.order, branch.featureGating ? 2 : 1);
  const exact = branch.units.every(
    (unit) => (unit.order === 1 || unit.gate === "linear") && unit.activation === "linear",
  );
  return { degree, exact };
}

function invalid(
  where: string,
  reason: string,
  remedy?: string,
): { ok: false; problem: ReturnType<typeof problem> } {
  return err(problem("configuration-invalid", { where, reason, ...(remedy ? { remedy } : {}) }));
}
