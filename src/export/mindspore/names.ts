// FINAL as MindSpore's released code (research/recommend/final) names and cuts its arrays: two blocks of four units of
// order 3 with a dense layer for each projection, where ours have one matrix of K blocks of columns.

import type { NamedArrays } from "../../base/batch.ts";
import { ProblemError } from "../../base/result.ts";
import type { Config, FinalBranch } from "../../model/config.ts";
import { type ExportedModel, finalBranches, notHeld, valuesOf } from "../model.ts";

const SIZES = [256, 128, 64, 32];
const ORDER = 3;
const BLOCKS = 2;

export interface MindSporeArray {
  name: string;
  shape: number[];
  values: Float32Array;
}

/** The arrays in the released network's order. Throws a ProblemError for a model of another shape. */
export function mindsporeArrays(model: ExportedModel): MindSporeArray[] {
  refuseOthers(model.config);
  const { embeddingDim } = model.config;
  const { tableRows, fields } = model.shape;
  const arrays: MindSporeArray[] = [
    { name: "embedding", shape: [tableRows, embeddingDim], values: valuesOf(model, "embedding") },
  ];
  for (let b = 0; b < BLOCKS; b++) {
    let width = fields * embeddingDim;
    for (const [u, size] of SIZES.entries()) {
      const name = `block_${b + 1}.unit_${u}`;
      const weight = valuesOf(model, `branch${b}/unit${u}/weight`);
      const bias = valuesOf(model, `branch${b}/unit${u}/bias`);
      for (let k = 0; k < ORDER; k++) {
        const layer = `${name}.dense_layer_${k}`;
        arrays.push({
          name: `${layer}.weight`,
          shape: [width, size],
          values: columnBlock(weight, width, k, size),
        });
        arrays.push({ name: `${layer}.bias`, shape: [size], values: bias.slice(k * size, (k + 1) * size) });
      }
      arrays.push(...unusedBatchNorm(name, size));
      width = size;
    }
    const head = `block_${b + 1}.final_block_out`;
    arrays.push({
      name: `${head}.weight`,
      shape: [width, 1],
      values: valuesOf(model, `branch${b}/head/weight`),
    });
    arrays.push({ name: `${head}.bias`, shape: [1], values: valuesOf(model, `branch${b}/head/bias`) });
  }
  return arrays;
}

/** The same arrays read back, under our names. A name that is missing is given by name. */
export function fromMindspore(
  arrays: ReadonlyMap<string, { shape: number[]; values: Float32Array }>,
): { parameters: NamedArrays } | { missing: string } {
  const parameters: NamedArrays = new Map();
  const embedding = arrays.get("embedding") ?? arrays.get("embedding_table");
  if (!embedding) return { missing: "embedding" };
  parameters.set("embedding", embedding);
  for (let b = 0; b < BLOCKS; b++) {
    for (const [u, size] of SIZES.entries()) {
      const layers = Array.from({ length: ORDER }, (_, k) => `block_${b + 1}.unit_${u}.dense_layer_${k}`);
      const missing = layers
        .flatMap((layer) => [`${layer}.weight`, `${layer}.bias`])
        .find((name) => !arrays.has(name));
      if (missing) return { missing };
      const weights = layers.map((layer) => arrays.get(`${layer}.weight`)!);
      const width = weights[0]!.shape[0]!;
      const weight = new Float32Array(width * ORDER * size);
      const bias = new Float32Array(ORDER * size);
      for (const [k, { values }] of weights.entries()) {
        for (let row = 0; row < width; row++)
          weight.set(values.subarray(row * size, (row + 1) * size), (row * ORDER + k) * size);
        bias.set(arrays.get(`${layers[k]}.bias`)!.values, k * size);
      }
      const name = `branch${b}/unit${u}`;
      parameters.set(`${name}/weight`, { shape: [width, ORDER * size], values: weight });
      parameters.set(`${name}/bias`, { shape: [ORDER * size], values: bias });
    }
    for (const part of ["weight", "bias"]) {
      const name = `block_${b + 1}.final_block_out.${part}`;
      const array = arrays.get(name);
      if (!array) return { missing: name };
      parameters.set(`branch${b}/head/${part}`, array);
    }
  }
  return { parameters };
}

/** Throws a ProblemError that says in what the model differs from the released network. */
function refuseOthers(config: Config): void {
  const { fusion } = config;
  const branches = finalBranches(config);
  const reason = !Array.isArray(branches)
    ? `it has a branch of the kind ${branches.other}`
    : branches.length !== BLOCKS
      ? `it has ${branches.length} ${branches.length === 1 ? "branch" : "branches"}`
      : fusion !== "mean"
        ? `its fusion is ${fusion}`
        : branches.map(differenceOf).find((found) => found !== null);
  if (reason)
    throw new ProblemError(
      notHeld(
        "MindSpore's released network",
        reason,
        "two branches of cascade units of order 3 with the sizes 256, 128, 64 and 32, gate tanh, and their mean (the preset mindspore)",
      ),
    );
}

function differenceOf(branch: FinalBranch): string | null {
  const { units, featureGating } = branch;
  if (featureGating) return "a branch has feature gating";
  const sizes = units.map(({ size }) => size);
  if (sizes.join() !== SIZES.join()) return `a branch's units have the sizes ${sizes.join(", ")}`;
  for (const { order, interaction, gate, activation, batchNorm } of units) {
    if (order !== ORDER) return `a unit has the order ${order}`;
    if (interaction !== "cascade") return `a unit's interaction is ${interaction}`;
    if (gate !== "tanh") return `a unit's gate is ${gate}`;
    if (activation !== "linear") return `a unit's activation is ${activation}`;
    if (batchNorm) return "a unit has batch norm";
  }
  return null;
}

/** Columns [k·size, (k + 1)·size) of a matrix [rows, K·size]. */
function columnBlock(values: Float32Array, rows: number, k: number, size: number): Float32Array {
  const columns = values.length / rows;
  const block = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) {
    const start = row * columns + k * size;
    block.set(values.subarray(start, start + size), row * size);
  }
  return block;
}

/** The released units make a batch norm that they never call; a strict load asks for it. */
function unusedBatchNorm(unit: string, size: number): MindSporeArray[] {
  const filled = (part: string, value: number): MindSporeArray => ({
    name: `${unit}.BatchNorm.${part}`,
    shape: [size],
    values: new Float32Array(size).fill(value),
  });
  return [filled("moving_mean", 0), filled("moving_variance", 1), filled("gamma", 1), filled("beta", 0)];
}
