// The classics that FINAL is compared with, in the settings that FuxiCTR's authors published for Criteo_x1 and Criteo_x4 (BARS,
// `ranking/ctr/*/…_criteo_x1` and `…_criteo_x4_001`), and each that has an MLP with FINAL units in its place: the same widths,
// batch norm, dropout and number of parameters, but half of each layer is multiplied with the other half.

import type { BranchInput, ConfigInput } from "./config.ts";

/** What all models of one benchmark share. */
interface Benchmark {
  embeddingDim: number;
  integers: "log" | "bucket";
  batchSize: number;
}

/** An MLP of ReLU layers. */
interface Mlp {
  sizes: number[];
  batchNorm: boolean;
  dropout: number;
}

const CRITEO_X1: Benchmark = { embeddingDim: 10, integers: "log", batchSize: 4096 };
const CRITEO_X4: Benchmark = { embeddingDim: 16, integers: "bucket", batchSize: 10000 };

function configuration(benchmark: Benchmark, l2Embedding: number, branches: BranchInput[]): ConfigInput {
  return {
    ...benchmark,
    branches,
    fusion: "sum",
    // None of them distils; a person may.
    distillationWeight: 0,
    l2Embedding,
    initialization: "fuxictr",
    optimizer: { learningRate: 1e-3, epsilon: 1e-8, epsilonHat: false },
    schedule: { type: "plateau", patience: 2, factor: 0.1 },
    epochs: 100,
  };
}

function mlp({ sizes, batchNorm, dropout }: Mlp): BranchInput {
  return { units: sizes.map((size) => ({ size, order: 1, activation: "relu", batchNorm, dropout })) };
}

/** FuxiCTR's factorised unit, concat of order 2 with a linear gate, which has as many weights as a dense layer. */
function finalUnits({ sizes, batchNorm, dropout }: Mlp): BranchInput {
  return {
    units: sizes.map((size) => ({
      size,
      order: 2,
      interaction: "concat",
      gate: "linear",
      activation: "relu",
      batchNorm,
      dropout,
    })),
  };
}

const X1_MLP: Mlp = { sizes: [400, 400, 400], batchNorm: true, dropout: 0.1 };
const X1_DCN_MLP: Mlp = { sizes: [500, 500, 500], batchNorm: false, dropout: 0.1 };
const X4_MLP: Mlp = { sizes: [1000, 1000, 1000, 1000, 1000], batchNorm: false, dropout: 0.2 };
const X4_DCN_MLP: Mlp = { sizes: [1000, 1000, 1000, 1000, 1000], batchNorm: true, dropout: 0.1 };
const CROSS: BranchInput = { kind: "cross", layers: 3 };

export const baselines = {
  "lr-x1": configuration(CRITEO_X1, 5e-7, [{ kind: "linear" }]),
  "fm-x1": configuration(CRITEO_X1, 5e-6, [{ kind: "fm" }]),
  "wide-deep-x1": configuration(CRITEO_X1, 1e-5, [{ kind: "linear" }, mlp(X1_MLP)]),
  "wide-deep-final-x1": configuration(CRITEO_X1, 1e-5, [{ kind: "linear" }, finalUnits(X1_MLP)]),
  "deepfm-x1": configuration(CRITEO_X1, 1e-5, [{ kind: "fm" }, mlp(X1_MLP)]),
  "deepfm-final-x1": configuration(CRITEO_X1, 1e-5, [{ kind: "fm" }, finalUnits(X1_MLP)]),
  "dcn-v2-x1": configuration(CRITEO_X1, 1e-5, [CROSS, mlp(X1_DCN_MLP)]),
  "dcn-v2-final-x1": configuration(CRITEO_X1, 1e-5, [CROSS, finalUnits(X1_DCN_MLP)]),
  "lr-x4": configuration(CRITEO_X4, 1e-7, [{ kind: "linear" }]),
  "fm-x4": configuration(CRITEO_X4, 1e-5, [{ kind: "fm" }]),
  "wide-deep-x4": configuration(CRITEO_X4, 1e-5, [{ kind: "linear" }, mlp(X4_MLP)]),
  "wide-deep-final-x4": configuration(CRITEO_X4, 1e-5, [{ kind: "linear" }, finalUnits(X4_MLP)]),
  "deepfm-x4": configuration(CRITEO_X4, 1e-5, [{ kind: "fm" }, mlp(X4_MLP)]),
  "deepfm-final-x4": configuration(CRITEO_X4, 1e-5, [{ kind: "fm" }, finalUnits(X4_MLP)]),
  "dcn-v2-x4": configuration(CRITEO_X4, 1e-5, [CROSS, mlp(X4_DCN_MLP)]),
  "dcn-v2-final-x4": configuration(CRITEO_X4, 1e-5, [CROSS, finalUnits(X4_DCN_MLP)]),
} satisfies Record<string, ConfigInput>;
