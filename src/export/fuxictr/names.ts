// FINAL as FuxiCTR's FinalNet (model_zoo/FinalNet) names and lays out its arrays: an embedding table a feature, matrices
// `[out, in]`.

import { ProblemError } from "../../base/result.ts";
import type { Config, FinalBranch, UnitConfig } from "../../model/config.ts";
import { columnEncoders } from "../../shards/encoding.ts";
import type { Column } from "../../shards/manifest.ts";
import { type ExportedModel, finalBranches, notHeld, valuesOf } from "../model.ts";

export interface TorchTensor {
  name: string;
  shape: number[];
  values: Float32Array | BigInt64Array;
}

/** What FuxiCTR's configuration says of the network. */
export interface FinalNetShape {
  blockType: "1B" | "2B";
  batchNorm: boolean;
  featureGating: boolean;
  residual: "concat" | "sum";
}

const HOLDS =
  "one or two branches of units of order 2 with linear gates, all concat or all of them sum or cascade, batch norm in all or in none, feature gating on the first branch alone, fused by their mean";

/** How FinalNet says it. Throws a ProblemError for a model that it cannot say. */
export function finalNetShape(config: Config): FinalNetShape & { branches: FinalBranch[] } {
  const { fusion } = config;
  const refuse = (reason: string) => new ProblemError(notHeld("FuxiCTR's FinalNet", reason, HOLDS));
  const branches = finalBranches(config);
  if (!Array.isArray(branches)) throw refuse(`it has a branch of the kind ${branches.other}`);
  const units = branches.flatMap((branch) => branch.units);
  if (branches.length > 2) throw refuse(`it has ${branches.length} branches`);
  if (branches.length === 2 && fusion !== "mean") throw refuse(`its fusion is ${fusion}`);
  if (branches[1]?.featureGating) throw refuse("its second branch has feature gating");
  const odd = units.map(oddity).find((found) => found !== null);
  if (odd) throw refuse(odd);
  const residuals = new Set(units.map(residualOf));
  if (residuals.size > 1) throw refuse("its units have several interactions");
  const [{ batchNorm }] = units as [UnitConfig];
  if (units.some((unit) => unit.batchNorm !== batchNorm))
    throw refuse("only some of its units have batch norm");
  return {
    branches,
    blockType: branches.length === 1 ? "1B" : "2B",
    batchNorm,
    featureGating: branches[0]!.featureGating,
    residual: [...residuals][0]!,
  };
}

function oddity({ order, gate }: UnitConfig): string | null {
  if (order !== 2) return `a unit has the order ${order}`;
  return gate === "linear" ? null : `a unit's gate is ${gate}`;
}

/** h0 + h0⊙z1 is what `sum` and `cascade` of order 2 both are. */
function residualOf({ interaction }: UnitConfig): "concat" | "sum" {
  return interaction === "concat" ? "concat" : "sum";
}

/** The state of the network, in FinalNet's own order; `columns` are those of the data set. */
export function finalNetTensors(model: ExportedModel, columns: Column[]): TorchTensor[] {
  const shape = finalNetShape(model.config);
  const tensors = embeddingTensors(model, columns);
  if (shape.featureGating) {
    const fields = columns.length;
    tensors.push(transposed("feature_gating.linear.weight", model, "branch0/gating/weight", fields, fields));
    tensors.push(plain("feature_gating.linear.bias", [fields], model, "branch0/gating/bias"));
  }
  for (const [b, branch] of shape.branches.entries()) {
    let width = columns.length * model.config.embeddingDim * (branch.featureGating ? 2 : 1);
    const norms: TorchTensor[] = [];
    for (const [u, unit] of branch.units.entries()) {
      const [ours, theirs] = [`branch${b}/unit${u}`, `block${b + 1}.layer.${u}.linear`];
      const out = unit.interaction === "concat" ? unit.size : 2 * unit.size;
      tensors.push(transposed(`${theirs}.weight`, model, `${ours}/weight`, width, out));
      tensors.push(plain(`${theirs}.bias`, [out], model, `${ours}/bias`));
      if (shape.batchNorm) norms.push(...normTensors(model, ours, `block${b + 1}.norm.${u}`, unit.size));
      width = unit.size;
    }
    tensors.push(...norms);
    tensors.push(transposed(`fc${b + 1}.weight`, model, `branch${b}/head/weight`, width, 1));
    tensors.push(plain(`fc${b + 1}.bias`, [1], model, `branch${b}/head/bias`));
  }
  return tensors;
}

/** A table of ids: padding 0, its values, OOV last. That of a column that enters as a number: one row, as a column. */
function embeddingTensors(model: ExportedModel, columns: Column[]): TorchTensor[] {
  const D = model.config.embeddingDim;
  const table = valuesOf(model, "embedding");
  const encoders = columnEncoders({ columns }, model.config.integers);
  return columns.map(({ name: column }, c) => {
    const name = `embedding_layer.embedding_layer.embedding_layers.${column}.weight`;
    const { Values, oovRow, base } = encoders[c]!;
    const own = table.subarray(oovRow * D, (oovRow + 1) * D);
    if (Values === Float32Array) return { name, shape: [D, 1], values: own.slice() };
    const ids = (encoders[c + 1]?.base ?? model.shape.tableRows) - base;
    const values = new Float32Array((ids + 2) * D);
    values.set(table.subarray(base * D, (base + ids) * D), D);
    values.set(own, (ids + 1) * D);
    return { name, shape: [ids + 2, D], values };
  });
}

function normTensors(model: ExportedModel, ours: string, theirs: string, size: number): TorchTensor[] {
  return [
    plain(`${theirs}.weight`, [size], model, `${ours}/gamma`),
    plain(`${theirs}.bias`, [size], model, `${ours}/beta`),
    plain(`${theirs}.running_mean`, [size], model, `${ours}/mean`),
    plain(`${theirs}.running_var`, [size], model, `${ours}/variance`),
    { name: `${theirs}.num_batches_tracked`, shape: [], values: BigInt64Array.of(BigInt(model.step)) },
  ];
}

function plain(name: string, shape: number[], model: ExportedModel, ours: string): TorchTensor {
  return { name, shape, values: valuesOf(model, ours) };
}

/** Ours is [rows, columns], theirs [columns, rows]. */
function transposed(
  name: string,
  model: ExportedModel,
  ours: string,
  rows: number,
  columns: number,
): TorchTensor {
  const values = valuesOf(model, ours);
  const turned = new Float32Array(values.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) turned[c * rows + r] = values[r * columns + c]!;
  return { name, shape: [columns, rows], values: turned };
}
