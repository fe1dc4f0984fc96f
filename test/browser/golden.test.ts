// The golden files of models on WebGPU, which only a browser has. The same files on CPU and WASM: test/model.

import { expect, it } from "vitest";
import { runCommand } from "../cli/command.ts";

/** In this order no model finds a kernel that it lacks compiled by one before: units, batch norm, cross layers, linear parts. */
const models = [
  "single-branch",
  "mindspore-two-branches",
  "mlp-beside-order-3",
  "paper-sum-order-2-and-4",
  "three-branches-gated-fusion",
  "fuxictr-concat-batchnorm",
  "fuxictr-feature-gating",
  "dcn-v2-parallel",
  "logistic-regression",
  "wide-and-final",
  "cross-beside-final-gated",
  "deepfm",
];

/** Every operation of the reference, which tfjs computes: each model more is seconds of compilation in a software GPU. */
const operations = [
  "cross-beside-final-gated",
  "deepfm",
  "fuxictr-concat-batchnorm",
  "fuxictr-feature-gating",
  "mindspore-two-branches",
  "paper-sum-order-2-and-4",
];

it.each([
  ["reference", operations],
  ["fast", models],
])(
  "the %s engine keeps the limits on WebGPU",
  async (engine, names) => {
    const files = names.map((name) => `test/golden/${name}.json`);
    const { code, result, stderr } = await runCommand("golden", [
      ...files,
      "--backend=webgpu",
      `--engine=${engine}`,
    ]);
    expect(code, stderr).toBe(0);
    expect(result.files).toHaveLength(names.length);
    expect(result.passed).toBe(true);
  },
  120_000,
);
