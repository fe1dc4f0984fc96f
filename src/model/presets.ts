// Ready configurations: the released codes', the paper's, and one that shows something within a minute on a CPU.

import { problem } from "../base/problem.ts";
import { err, ok, orThrow, type Result } from "../base/result.ts";
import { baselines } from "./baselines.ts";
import { type BranchInput, type Config, type ConfigInput, parseConfig } from "./config.ts";

type UnitInput = Extract<BranchInput, { units: unknown }>["units"][number];

function units(sizes: number[], rest: Omit<UnitInput, "size">): UnitInput[] {
  return sizes.map((size) => ({ size, ...rest }));
}

/** FuxiCTR's factorised unit: concat of order 2, linear gate, batch norm, ReLU (BARS' published runs on Criteo_x1 and x4). */
function fuxictrUnits(sizes: number[], dropout: number): UnitInput[] {
  return units(sizes, {
    order: 2,
    interaction: "concat",
    gate: "linear",
    batchNorm: true,
    activation: "relu",
    dropout,
  });
}

/** The same without batch norm. */
function fuxictrPlain(sizes: number[], dropout: number): UnitInput[] {
  return units(sizes, { order: 2, interaction: "concat", gate: "linear", activation: "relu", dropout });
}

const fuxictrTraining = {
  initialization: "fuxictr",
  optimizer: { learningRate: 1e-3, epsilon: 1e-8, epsilonHat: false },
  schedule: { type: "plateau", patience: 2, factor: 0.1 },
} as const;

const inputs = {
  demo: {
    embeddingDim: 8,
    branches: [
      { units: units([64, 32], { order: 2, interaction: "cascade" }) },
      { units: units([32], { order: 3, interaction: "sum" }) },
    ],
    optimizer: { learningRate: 4e-3 },
    l2Embedding: 1e-5,
    integers: "bucket",
    batchSize: 1024,
    epochs: 2,
  },
  // For some ten thousand rows, where the deep branches soon learn rows by heart: a linear part and a factorisation machine
  // beside two small stacks, all taught by their mean, dropout, and few epochs down a cosine. Chosen by races of 96
  // configurations on validation rows of 100,000 real ones.
  "small-data": {
    embeddingDim: 16,
    branches: [
      { kind: "linear" },
      { kind: "fm" },
      { units: units([64, 32], { order: 2, interaction: "sum", dropout: 0.2 }) },
      { units: fuxictrPlain([64, 32], 0.2) },
    ],
    optimizer: { kind: "adamw", learningRate: 2.2e-3, weightDecay: 0.15 },
    schedule: { type: "cosine" },
    l2Embedding: 1e-4,
    embeddingDropout: 0.1,
    integers: "quantile",
    batchSize: 512,
    epochs: 5,
  },
  mindspore: {
    embeddingDim: 80,
    branches: [
      { units: units([256, 128, 64, 32], { order: 3, interaction: "cascade" }) },
      { units: units([256, 128, 64, 32], { order: 3, interaction: "cascade" }) },
    ],
    l2Embedding: 8e-5,
    optimizer: { learningRate: 5e-4, epsilon: 5e-8, epsilonHat: true },
    initialization: "mindspore",
    integers: "max",
    batchSize: 16000,
    epochs: 35,
  },
  "fuxictr-x1-2b": {
    embeddingDim: 10,
    branches: [
      { featureGating: true, units: fuxictrUnits([400, 400], 0.1) },
      { units: fuxictrUnits([400, 400], 0) },
    ],
    l2Embedding: 1e-5,
    ...fuxictrTraining,
    integers: "log",
    batchSize: 4096,
    epochs: 100,
  },
  "fuxictr-x1-1b": {
    embeddingDim: 10,
    branches: [{ featureGating: true, units: fuxictrUnits([1000, 1000], 0.2) }],
    l2Embedding: 1e-5,
    ...fuxictrTraining,
    integers: "log",
    batchSize: 4096,
    epochs: 100,
  },
  "fuxictr-x4-2b": {
    embeddingDim: 16,
    branches: [
      { featureGating: true, units: fuxictrUnits([1000, 1000, 1000], 0.4) },
      { units: fuxictrUnits([512], 0.4) },
    ],
    l2Embedding: 1e-5,
    ...fuxictrTraining,
    integers: "bucket",
    batchSize: 8192,
    epochs: 100,
  },
  "paper-order-2": {
    embeddingDim: 16,
    branches: [
      { units: units([256, 128], { order: 2, interaction: "sum" }) },
      { units: units([256, 128], { order: 2, interaction: "sum" }) },
    ],
    optimizer: { learningRate: 1e-3 },
    l2Embedding: 1e-5,
    integers: "bucket",
    batchSize: 4096,
    epochs: 3,
  },
  "mlp-pair": {
    embeddingDim: 16,
    branches: [
      { units: units([256, 128], { order: 1, activation: "relu" }) },
      { units: units([256, 128], { order: 1, activation: "relu" }) },
    ],
    optimizer: { learningRate: 1e-3 },
    l2Embedding: 1e-5,
    integers: "bucket",
    batchSize: 4096,
    epochs: 3,
  },
} satisfies Record<string, ConfigInput>;

const all = { ...inputs, ...baselines };

export type PresetName = keyof typeof all;
export const PRESET_NAMES = Object.keys(all) as PresetName[];

const classics = Object.keys(baselines) as PresetName[];
const isWithFinal = (name: string) => name.includes("-final-");
/** All presets, by what they are for. */
export const PRESET_GROUPS: { group: string; names: PresetName[] }[] = [
  { group: "FINAL", names: Object.keys(inputs) as PresetName[] },
  { group: "The classics (FuxiCTR’s settings)", names: classics.filter((name) => !isWithFinal(name)) },
  { group: "The classics with FINAL units", names: classics.filter(isWithFinal) },
];
export const DEFAULT_PRESET: PresetName = "demo";

const parsed = new Map<PresetName, Config>();

/** The preset's configuration, complete; the caller's own. */
export function preset(name: PresetName): Config {
  const config = parsed.get(name) ?? orThrow(parseConfig(all[name]));
  parsed.set(name, config);
  return structuredClone(config);
}

/** The preset that a person named, or the problem that lists the names there are. */
export function findPreset(name: string): Result<Config> {
  return Object.hasOwn(all, name)
    ? ok(preset(name as PresetName))
    : err(problem("preset-unknown", { name, known: PRESET_NAMES }));
}
