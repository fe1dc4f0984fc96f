// The parameters that a configuration's model has: their names, shapes and kinds, and the memory that they take.

import {
  type BranchConfig,
  type Config,
  type FinalBranch,
  type InputShape,
  projectionWidth,
  unitsOf,
} from "./config.ts";

export interface ParameterSpec {
  name: string;
  shape: number[];
  /** `linear`: a wide part's weights, one a table row. L2 acts on these and on the embeddings. */
  kind: "embedding" | "linear" | "weight" | "bias" | "gamma" | "beta" | "gatingWeight" | "gatingBias";
}

/** Every trained parameter in a fixed order, named as in the golden files; weights are `[in, out]`. */
export function parameterSpecs(config: Config, shape: InputShape): ParameterSpec[] {
  const D = config.embeddingDim;
  const specs: ParameterSpec[] = [{ name: "embedding", shape: [shape.tableRows, D], kind: "embedding" }];
  for (const [b, branch] of config.branches.entries())
    specs.push(...branchSpecs(branch, `branch${b}`, D, shape));
  if (config.fusion === "gate") specs.push(...denseSpecs("fusion", shape.fields * D, config.branches.length));
  return specs;
}

function branchSpecs(
  branch: BranchConfig,
  name: string,
  D: number,
  { fields, tableRows }: InputShape,
): ParameterSpec[] {
  const input = fields * D;
  switch (branch.kind) {
    case "linear":
    case "fm":
      return [
        { name: `${name}/linear/weight`, shape: [tableRows, 1], kind: "linear" },
        { name: `${name}/linear/bias`, shape: [1], kind: "bias" },
      ];
    case "cross":
      return [
        ...Array.from({ length: branch.layers }, (_, l) =>
          denseSpecs(`${name}/cross${l}`, input, input),
        ).flat(),
        ...denseSpecs(`${name}/head`, input, 1),
      ];
    case "final":
      return finalSpecs(branch, name, input, fields);
  }
}

function finalSpecs(branch: FinalBranch, name: string, input: number, fields: number): ParameterSpec[] {
  const specs: ParameterSpec[] = [];
  let width = input;
  if (branch.featureGating) {
    specs.push({ name: `${name}/gating/weight`, shape: [fields, fields], kind: "gatingWeight" });
    specs.push({ name: `${name}/gating/bias`, shape: [fields], kind: "gatingBias" });
    width *= 2;
  }
  for (const [u, unit] of branch.units.entries()) {
    specs.push(...denseSpecs(`${name}/unit${u}`, width, projectionWidth(unit) * unit.order));
    if (unit.batchNorm) {
      specs.push({ name: `${name}/unit${u}/gamma`, shape: [unit.size], kind: "gamma" });
      specs.push({ name: `${name}/unit${u}/beta`, shape: [unit.size], kind: "beta" });
    }
    width = unit.size;
  }
  return [...specs, ...denseSpecs(`${name}/head`, width, 1)];
}

function denseSpecs(name: string, width: number, out: number): ParameterSpec[] {
  return [
    { name: `${name}/weight`, shape: [width, out], kind: "weight" },
    { name: `${name}/bias`, shape: [out], kind: "bias" },
  ];
}

/** Running statistics of batch norm, in the order of their units. */
export function runningSpecs(config: Config): { name: string; shape: number[]; initial: number }[] {
  return config.branches.flatMap((branch, b) =>
    unitsOf(branch).flatMap((unit, u) =>
      unit.batchNorm
        ? [
            { name: `branch${b}/unit${u}/mean`, shape: [unit.size], initial: 0 },
            { name: `branch${b}/unit${u}/variance`, shape: [unit.size], initial: 1 },
          ]
        : [],
    ),
  );
}

/** Whether AdamW's weight decay acts on a parameter: dense weights alone. */
export function decays({ kind }: ParameterSpec): boolean {
  return kind === "weight" || kind === "gatingWeight";
}

/** All trained numbers of the model. */
export function parameterCount(config: Config, shape: InputShape): number {
  return parameterSpecs(config, shape).reduce((sum, spec) => sum + spec.shape.reduce((a, b) => a * b, 1), 0);
}

/** Bytes of parameters and both Adam moments, and of one step's activations (forward kept for backward), in float32. */
export function memoryBytes(config: Config, shape: InputShape): { state: number; activations: number } {
  const state = parameterCount(config, shape) * 3 * 4;
  const input = shape.fields * config.embeddingDim;
  let columns = input * 2;
  for (const branch of config.branches) {
    if (branch.kind === "cross") columns += input * (2 * branch.layers + 3);
    if (branch.kind === "linear" || branch.kind === "fm") columns += config.embeddingDim + 1;
    if (branch.kind === "final" && branch.featureGating) columns += input * 4;
    for (const unit of unitsOf(branch)) columns += projectionWidth(unit) * unit.order * 2 + unit.size * 4;
  }
  return { state, activations: columns * config.batchSize * 4 };
}
