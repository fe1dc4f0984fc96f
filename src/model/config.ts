// The configuration of a run: the model's shape, how it is trained, and what makes a configuration impossible.
// Its JSON is the `config` of a golden file plus how the run is trained (DESIGN section 3).

import { notJson } from "../base/notJson.ts";
import { DEFAULT_MODE, NUMBER_MODES } from "../base/numberModes.ts";
import { problem } from "../base/problem.ts";
import { firstFault } from "../base/problems/schemaIssues.ts";
import { err, ok, type Result } from "../base/result.ts";
import { z } from "../base/zod.ts";

export const SCHEDULES = ["constant", "plateau", "cosine", "step"] as const;
export const OPTIMIZERS = ["adam", "adamw"] as const;
export const INTERACTIONS = ["cascade", "sum", "concat"] as const;
export const FUNCTIONS = ["linear", "relu", "tanh", "sigmoid"] as const;
/** What a branch may be: FINAL's units (of order 1 an MLP), a wide part, a factorisation machine, a cross network. */
export const BRANCH_KINDS = ["final", "linear", "fm", "cross"] as const;
export const FUSIONS = ["mean", "gate", "sum"] as const;
export const MAX_BRANCHES = 4;

/** A gate σ or an activation. */
export type Activation = (typeof FUNCTIONS)[number];

const mode = z.enum(NUMBER_MODES);
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

const finalBranchSchema = z.strictObject({
  kind: z.literal("final"),
  /** FuxiCTR's feature gating before the first unit. */
  featureGating: z.boolean().default(false),
  units: z.array(unitSchema).min(1).max(16),
});

/** Logistic regression, the wide part of Wide & Deep: one weight an id, and a bias. */
const linearBranchSchema = z.strictObject({ kind: z.literal("linear") });

/** A factorisation machine of order 2 (Rendle 2010): a linear part, and each pair of fields' inner product. */
const fmBranchSchema = z.strictObject({ kind: z.literal("fm") });

/** The cross network of DCN-v2 (Wang et al. 2021): x_{l+1} = x_0 ⊙ (x_l·W_l + b_l) + x_l over the whole input. */
const crossBranchSchema = z.strictObject({ kind: z.literal("cross"), layers: positive.max(16).default(3) });

const branchOfKind = z.discriminatedUnion("kind", [
  finalBranchSchema,
  linearBranchSchema,
  fmBranchSchema,
  crossBranchSchema,
]);

/** A branch that names no kind is one of FINAL's. */
const branchSchema = z.preprocess((input) => {
  const unnamed = typeof input === "object" && input !== null && !("kind" in input);
  return unnamed ? { kind: "final", ...input } : input;
}, branchOfKind);

const optimizerSchema = z.strictObject({
  /** adamw: weight decay beside Adam's step (Loshchilov and Hutter 2019). */
  kind: z.enum(OPTIMIZERS).default("adam"),
  learningRate: z.number().positive().max(10),
  beta1: z.number().min(0).max(0.999999).default(0.9),
  beta2: z.number().min(0).max(0.9999999).default(0.999),
  epsilon: z.number().positive().max(1).default(1e-8),
  /** true: ε beside the uncorrected √v (MindSpore, TensorFlow); false: Kingma and Ba, PyTorch. */
  epsilonHat: z.boolean().default(false),
  /** λ of AdamW: dense weights lose learning rate · λ of themselves a step. Not biases, batch norm, embeddings, linear weights. */
  weightDecay: z.number().min(0).max(100).default(0),
  /** Largest norm of all gradients together; above it they are scaled down (Pascanu et al. 2013). 0: no limit. */
  clipNorm: z.number().min(0).max(1e9).default(0),
});

const scheduleSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("constant") }),
  /** FuxiCTR's: evaluate each epoch, learning rate × factor when AUC does not improve, stop after `patience` such epochs. */
  z.strictObject({
    type: z.literal("plateau"),
    patience: positive.max(100).default(2),
    factor: z.number().positive().max(1).default(0.1),
  }),
  /** Half a cosine from the learning rate down to `floor` of it over the whole run (Loshchilov and Hutter 2017, one period). */
  z.strictObject({ type: z.literal("cosine"), floor: z.number().min(0).max(1).default(0) }),
  /** The learning rate times `factor` after every `every` epochs. */
  z.strictObject({
    type: z.literal("step"),
    every: positive.max(10_000).default(1),
    factor: z.number().positive().max(1).default(0.5),
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
  /** Probability of dropping a value's whole embedding while training (src/engine/embeddingDropout.ts). */
  embeddingDropout: probability.default(0),
  optimizer: optimizerSchema,
  /** mindspore: everything N(0, 0.01²). fuxictr: table N(0, 1e-4²), weights Xavier normal, biases 0. */
  initialization: z.enum(["mindspore", "fuxictr"]).default("fuxictr"),
  /** How columns of numbers enter: one way for all, or a map from column to way, "*" being all that are not named. */
  integers: z.union([mode, z.record(z.string().min(1), mode)]).default(DEFAULT_MODE),
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
  /** Steps over which the learning rate grows in a line from 0 to where the schedule begins (Goyal et al. 2017). */
  warmupSteps: z.number().int().min(0).max(10_000_000).default(0),
  /** Stops after so many epochs without a better AUC on `valid`, and puts the best weights back; `plateau` has its own. */
  earlyStopping: z
    .strictObject({ patience: positive.max(100).default(2) })
    .nullable()
    .default(null),
});

export type Config = z.infer<typeof configSchema>;
/** What a person may write: every field with a default may be left out. */
export type ConfigInput = Omit<z.input<typeof configSchema>, "branches"> & { branches: BranchInput[] };
export type BranchInput =
  | (Omit<z.input<typeof finalBranchSchema>, "kind"> & { kind?: "final" })
  | Exclude<z.input<typeof branchOfKind>, { kind: "final" }>;
export type BranchConfig = Config["branches"][number];
export type BranchKind = BranchConfig["kind"];
/** A stack of FINAL's units. */
export type FinalBranch = Extract<BranchConfig, { kind: "final" }>;
export type UnitConfig = FinalBranch["units"][number];
/** The unit of a branch that had none. */
export const FIRST_UNIT: UnitConfig = unitSchema.parse({ size: 64, order: 2 });
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
    const { where, reason, remedy } = firstFault(parsed.error);
    return invalid(where, reason, remedy);
  }
  const config = parsed.data;
  for (const [b, branch] of config.branches.entries()) {
    for (const [u, unit] of unitsOf(branch).entries()) {
      const where = `branches.${b}.units.${u}`;
      if (unit.interaction === "concat" && unit.size % unit.order !== 0)
        return invalid(
          `${where}.size`,
          `a concat unit of order ${unit.order} cannot cut ${unit.size} columns into ${unit.order} equal blocks`,
          `Choose a size that ${unit.order} divides, for example ${Math.max(1, Math.round(unit.size / unit.order)) * unit.order}.`,
        );
    }
  }
  if (config.optimizer.kind === "adam" && config.optimizer.weightDecay > 0)
    return invalid(
      "optimizer.weightDecay",
      "Adam has no weight decay of its own",
      'Choose "adamw" as the optimiser, or a weight decay of 0.',
    );
  if (config.schedule.type === "plateau" && config.earlyStopping)
    return invalid(
      "earlyStopping",
      "the plateau schedule stops by its own patience",
      "Choose another schedule, or leave early stopping off.",
    );
  if (
    config.batchSize === 1 &&
    config.branches.some((branch) => unitsOf(branch).some((unit) => unit.batchNorm))
  )
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
    return err(problem("configuration-not-json", { name, reason: notJson(text, cause) }));
  }
  const parsed = parseConfig(input);
  return parsed.ok ? parsed : err(problem("configuration-file-invalid", { name, found: parsed.problem }));
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

/** A branch's units; other kinds than FINAL's have none. */
export function unitsOf(branch: BranchConfig): readonly UnitConfig[] {
  return branch.kind === "final" ? branch.units : [];
}

/** A branch's weight in the fused logit where all weigh the same: 1/branches in `mean`, 1 in `sum`. */
export function equalWeight({ fusion, branches }: Config): number {
  return fusion === "sum" ? 1 : 1 / branches.length;
}

/**
 * Whether batch norm takes a unit's bias away again: y = z₀ is shifted by it, and normalising removes the shift. Its gradient
 * is exactly 0 then; summed up in float32 it would be rounding, which Adam turns into steps.
 */
export function biasCancels(unit: UnitConfig): boolean {
  return unit.batchNorm && unit.order === 1;
}

/** Columns of one of the unit's K projections. */
export function projectionWidth(unit: UnitConfig): number {
  return unit.interaction === "concat" ? unit.size / unit.order : unit.size;
}

/** Whether the best weights of a run are kept, and put back at its end. */
export function keepsBest({ schedule, earlyStopping }: Config): boolean {
  return schedule.type === "plateau" || earlyStopping !== null;
}

/**
 * The degree that a branch reaches in its inputs. FINAL: K^L over its units, twice that with feature gating ("up to" unless
 * all is linear); a linear part has degree 1, a factorisation machine 2, L cross layers L + 1.
 */
export function polynomialDegree(branch: BranchConfig): { degree: number; exact: boolean } {
  switch (branch.kind) {
    case "linear":
      return { degree: 1, exact: true };
    case "fm":
      return { degree: 2, exact: true };
    case "cross":
      return { degree: branch.layers + 1, exact: true };
    case "final": {
      const degree = branch.units.reduce(
        (product, unit) => product * unit.order,
        branch.featureGating ? 2 : 1,
      );
      const exact = branch.units.every(
        (unit) => (unit.order === 1 || unit.gate === "linear") && unit.activation === "linear",
      );
      return { degree, exact };
    }
  }
}

function invalid(
  where: string,
  reason: string,
  remedy?: string,
): { ok: false; problem: ReturnType<typeof problem> } {
  return err(problem("configuration-invalid", { where, reason, ...(remedy ? { remedy } : {}) }));
}
