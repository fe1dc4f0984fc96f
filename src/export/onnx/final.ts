// The model in evaluation mode as an ONNX graph (src/model/final.ts is the same in tfjs). B rows, F fields, D embedding size.

import { type BranchConfig, projectionWidth, type UnitConfig } from "../../model/config.ts";
import { type ExportedModel, valuesOf } from "../model.ts";
import { createGraph, DOUBLE, FLOAT, type GraphBuilder, INT32 } from "./graph.ts";

/** BATCH_NORM_EPSILON of src/model/layers.ts. */
const EPSILON = 1e-5;

export interface Precision {
  /** Numbers of 64 bits instead of 32: the same weights, a more exact sum. */
  float64: boolean;
}

/** What the parts of a graph share. */
export interface Drawing {
  builder: GraphBuilder;
  model: ExportedModel;
  float64: boolean;
  /** An array of the model's as a constant. */
  array(name: string): string;
}

/** Inputs `ids` int32 [B, F] and `weights` [B, F]; outputs as `drawHeads` says. */
export function idsGraph(model: ExportedModel, { float64 }: Precision): GraphBuilder {
  const drawing = createDrawing(model, float64);
  const { builder } = drawing;
  const { fields } = model.shape;
  const ids = builder.input("ids", INT32, ["batch", fields]);
  const weights = builder.input("weights", float64 ? DOUBLE : FLOAT, ["batch", fields]);
  drawHeads(drawing, weightedRows(drawing, ids, weights));
  return builder;
}

/** Rows of the table [B, F, columns] for `ids` [B, F], times `weights` [B, F]; null: all of them are 1. */
export function weightedRows({ builder, array }: Drawing, ids: string, weights: string | null): string {
  const rows = builder.node("Gather", "rows", [array("embedding"), ids], { axis: 0 });
  if (weights === null) return rows;
  const column = builder.node("Unsqueeze", "weight_column", [weights, axesOf(builder, [2])]);
  return builder.node("Mul", "e", [rows, column]);
}

/** A graph in the making, to which a model's arrays are added when they are first named. */
export function createDrawing(model: ExportedModel, float64: boolean): Drawing {
  const builder = createGraph();
  const drawn = new Set<string>();
  return {
    builder,
    model,
    float64,
    array(name) {
      if (drawn.has(name)) return name;
      drawn.add(name);
      const { values, shape } = name === "embedding" ? tableOf(model) : namedArray(model, name);
      return builder.constant(name, float64 ? Float64Array.from(values) : values, shape);
    },
  };
}

function namedArray(model: ExportedModel, name: string): { values: Float32Array; shape: number[] } {
  const { shape } = model.parameters.get(name) ?? model.running.get(name)!;
  return { values: valuesOf(model, name), shape };
}

/** The branches with a linear part, in order. */
function linearNames({ config }: ExportedModel): string[] {
  return config.branches.flatMap(({ kind }, b) =>
    kind === "linear" || kind === "fm" ? [`branch${b}/linear/weight`] : [],
  );
}

/** The table, whose rows are an embedding and behind it a number for each linear part: one gather serves all. */
function tableOf(model: ExportedModel): { values: Float32Array; shape: number[] } {
  const embedding = namedArray(model, "embedding");
  const linear = linearNames(model).map((name) => valuesOf(model, name));
  if (linear.length === 0) return embedding;
  const [rows, D] = embedding.shape as [number, number];
  const width = D + linear.length;
  // Of the same kind as the embedding's values, which tests give in 64 bits.
  const values = new (embedding.values.constructor as Float32ArrayConstructor)(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let d = 0; d < D; d++) values[row * width + d] = embedding.values[row * D + d]!;
    for (const [l, weights] of linear.entries()) values[row * width + D + l] = weights[row]!;
  }
  return { values, shape: [rows, width] };
}

/**
 * From weighted rows of the table, [B, F, columns], to the outputs: `logit` [B], `probability` [B], `branch_logits` [B, branches] and, of a
 * fusion by gate, `fusion_weights` [B, branches].
 */
export function drawHeads(drawing: Drawing, rows: string): void {
  const { builder, model, float64 } = drawing;
  const { config } = model;
  const branches = config.branches.length;
  const type = float64 ? DOUBLE : FLOAT;
  const hasLinear = linearNames(model).length > 0;
  const e = hasLinear ? columns(builder, rows, 2, 0, config.embeddingDim, "e_only") : rows;
  const sums = hasLinear
    ? builder.node("ReduceSum", "row_sums", [rows, axesOf(builder, [1])], { keepdims: 0 })
    : "";
  const x = builder.node("Flatten", "x", [e], { axis: 1 });
  const logits = config.branches.map((branch, b) => drawBranch(drawing, branch, b, { e, x, sums }));
  const joined = branches === 1 ? logits[0]! : builder.node("Concat", "all_logits", logits, { axis: 1 });
  const gate =
    config.fusion === "gate"
      ? builder.node("Softmax", "gate", [gemm(drawing, x, "fusion")], { axis: 1 })
      : null;
  const fused = gate
    ? builder.node(
        "ReduceSum",
        "fused",
        [builder.node("Mul", "weighted", [joined, gate]), axesOf(builder, [1])],
        { keepdims: 0 },
      )
    : config.fusion === "sum"
      ? builder.node("ReduceSum", "fused", [joined, axesOf(builder, [1])], { keepdims: 0 })
      : builder.node("ReduceMean", "fused", [joined], { axes: [1], keepdims: 0 });
  builder.output("logit", fused, type, ["batch"]);
  builder.output("probability", builder.node("Sigmoid", "sigmoid", [fused]), type, ["batch"]);
  builder.output("branch_logits", joined, type, ["batch", branches]);
  if (gate) builder.output("fusion_weights", gate, type, ["batch", branches]);
}

/** What branches are drawn from: embeddings [B, F, D], the same as rows [B, F·D], and the sums of the table's rows [B, columns]. */
interface Inputs {
  e: string;
  x: string;
  sums: string;
}

/** A branch's logit, [B, 1]. */
function drawBranch(drawing: Drawing, branch: BranchConfig, b: number, { e, x, sums }: Inputs): string {
  const name = `branch${b}`;
  switch (branch.kind) {
    case "linear":
      return drawLinear(drawing, sums, name);
    case "fm":
      return drawing.builder.node("Add", `${name}/logit`, [
        drawLinear(drawing, sums, name),
        drawPairs(drawing, e, name),
      ]);
    case "cross":
      return drawCross(drawing, x, branch.layers, name);
    case "final": {
      let h = branch.featureGating ? drawGating(drawing, e, `${name}/gating`) : x;
      for (const [u, unit] of branch.units.entries()) h = drawUnit(drawing, h, unit, `${name}/unit${u}`);
      return gemm(drawing, h, `${name}/head`);
    }
  }
}

/** The wide part: the sum of its column of the table, and a bias. */
function drawLinear({ builder, model, array }: Drawing, sums: string, name: string): string {
  const at = model.config.embeddingDim + linearNames(model).indexOf(`${name}/linear/weight`);
  const sum = columns(builder, sums, 1, at, at + 1, `${name}/linear/sum`);
  return builder.node("Add", `${name}/linear`, [sum, array(`${name}/linear/bias`)]);
}

/** ½·Σ_d [(Σ_f e)² − Σ_f e²] */
function drawPairs({ builder, float64 }: Drawing, e: string, name: string): string {
  const fields = axesOf(builder, [1]);
  const sum = builder.node("ReduceSum", `${name}/sum`, [e, fields], { keepdims: 0 });
  const squareOfSum = builder.node("Mul", `${name}/square_of_sum`, [sum, sum]);
  const squares = builder.node("Mul", `${name}/squares`, [e, e]);
  const sumOfSquares = builder.node("ReduceSum", `${name}/sum_of_squares`, [squares, fields], {
    keepdims: 0,
  });
  const pairs = builder.node("Sub", `${name}/pairs`, [squareOfSum, sumOfSquares]);
  const all = builder.node("ReduceSum", `${name}/all_pairs`, [pairs, fields], { keepdims: 1 });
  const half = builder.constant(`${name}/half`, float64 ? Float64Array.of(0.5) : Float32Array.of(0.5), [1]);
  return builder.node("Mul", `${name}/half_pairs`, [all, half]);
}

/** DCN-v2's cross layers x_{l+1} = x_0 ⊙ (x_l·W_l + b_l) + x_l, and a head. */
function drawCross(drawing: Drawing, x: string, layers: number, name: string): string {
  const { builder } = drawing;
  let h = x;
  for (let l = 0; l < layers; l++) {
    const crossed = builder.node("Mul", `${name}/cross${l}/crossed`, [
      x,
      gemm(drawing, h, `${name}/cross${l}`),
    ]);
    h = builder.node("Add", `${name}/cross${l}/x`, [crossed, h]);
  }
  return gemm(drawing, h, `${name}/head`);
}

/** Elements `from` to `to` along an axis. */
function columns(
  builder: GraphBuilder,
  x: string,
  axis: number,
  from: number,
  to: number,
  label: string,
): string {
  const bounds = [from, to].map((at, i) =>
    builder.constant(`${label}/${i === 0 ? "from" : "to"}`, BigInt64Array.of(BigInt(at)), [1]),
  );
  return builder.node("Slice", label, [x, ...bounds, axesOf(builder, [axis])]);
}

/** FuxiCTR's feature gating: g = e·W + b across fields, [e, e⊙g] flattened. */
function drawGating({ builder, array }: Drawing, e: string, name: string): string {
  const turned = builder.node("Transpose", `${name}/turned`, [e], { perm: [0, 2, 1] });
  const product = builder.node("MatMul", `${name}/product`, [turned, array(`${name}/weight`)]);
  const sum = builder.node("Add", `${name}/sum`, [product, array(`${name}/bias`)]);
  const gate = builder.node("Transpose", `${name}/gate`, [sum], { perm: [0, 2, 1] });
  const gated = builder.node("Mul", `${name}/gated`, [e, gate]);
  const both = builder.node("Concat", `${name}/both`, [e, gated], { axis: 1 });
  return builder.node("Flatten", `${name}/x`, [both], { axis: 1 });
}

/** Interaction, then batch norm and activation where the unit has them. */
function drawUnit(drawing: Drawing, x: string, unit: UnitConfig, name: string): string {
  const { builder, array } = drawing;
  let y = drawInteraction(drawing, gemm(drawing, x, name), unit, name);
  if (unit.batchNorm) {
    const statistics = ["gamma", "beta", "mean", "variance"].map((part) => array(`${name}/${part}`));
    y = builder.node("BatchNormalization", `${name}/normed`, [y, ...statistics], {
      epsilon: { float: EPSILON },
    });
  }
  return drawActivation(builder, y, unit.activation, `${name}/activated`);
}

function drawInteraction({ builder }: Drawing, z: string, unit: UnitConfig, name: string): string {
  const { order, gate, interaction } = unit;
  if (order === 1) return z;
  const width = projectionWidth(unit);
  const sizes = builder.constant(
    `${name}/sizes`,
    BigInt64Array.from({ length: order }, () => BigInt(width)),
    [order],
  );
  const labels = Array.from({ length: order }, (_, k) => `${name}/z${k}`);
  const blocks = builder.nodes("Split", labels, [z, sizes], { axis: 1 });
  const h = [blocks[0]!];
  for (let k = 1; k < order; k++) {
    const last = h.at(-1)!;
    const activated = drawActivation(builder, blocks[k]!, gate, `${name}/gate${k}`);
    const gated = builder.node("Mul", `${name}/h${k}`, [last, activated]);
    h.push(interaction === "cascade" ? builder.node("Add", `${name}/y${k}`, [last, gated]) : gated);
  }
  if (interaction === "cascade") return h.at(-1)!;
  if (interaction === "sum") return builder.node("Sum", `${name}/y`, h);
  return builder.node("Concat", `${name}/y`, h, { axis: 1 });
}

const OPERATORS = { relu: "Relu", tanh: "Tanh", sigmoid: "Sigmoid" } as const;

function drawActivation(
  builder: GraphBuilder,
  x: string,
  activation: UnitConfig["activation"],
  label: string,
): string {
  return activation === "linear" ? x : builder.node(OPERATORS[activation], label, [x]);
}

/** x·W + b with the weight and bias of that name. */
function gemm({ builder, array }: Drawing, x: string, name: string): string {
  return builder.node("Gemm", `${name}/z`, [x, array(`${name}/weight`), array(`${name}/bias`)]);
}

/** Axes as an input, one array for each list of them. */
export function axesOf(builder: GraphBuilder, axes: number[]): string {
  const name = `axes_${axes.join("_")}`;
  if (!builder.graph.initializers.some((array) => array.name === name))
    builder.constant(name, BigInt64Array.from(axes, BigInt), [axes.length]);
  return name;
}
