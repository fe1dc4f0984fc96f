// DCN-v2's cross layers on the GPU: x_{l+1} = x_0 ⊙ (x_l·W_l + b_l) + x_l. The first layer's product lies in the shared
// projection, which works by unique ids; the later ones multiply row by row. B rows, F fields, D embedding size.

import { type CrossLayerPlan, type CrossPlan, inputColumns } from "../plan.ts";
import { multiplyBackward } from "./dense.ts";
import { headBackward, headForward } from "./head.ts";
import { crossBackward, crossForward } from "./kernels/cross.ts";
import { addFieldGradients, lookupFields } from "./kernels/embedding.ts";
import { clear } from "./kernels/gating.ts";
import type { Place } from "./memory.ts";
import type { Loaded } from "./upload.ts";
import { dispatchProduct, fromColumn, parameterPlace, type Workspace } from "./workspace.ts";

/** Lays out x_0, the whole input of every row, for the branches that need it. */
export function loadInput({ recorder, plan, floats, integers }: Workspace, { B, groups }: Loaded): void {
  const { fields, embeddingDim } = plan;
  const { x } = floats.input!;
  const columns = inputColumns(plan);
  recorder.dispatch(
    lookupFields,
    {
      rows: B,
      fields,
      first: 0,
      count: fields,
      columns,
      embeddingDim,
      slots: integers.slots,
      weights: floats.weights,
      weighted: groups.unitWeights ? 0 : 1,
      embeddings: floats.embeddings.at,
      embeddingsStride: floats.embeddings.stride,
      out: x.at,
      outStride: x.stride,
    },
    { threads: B * columns },
  );
}

/** The logits of branch `b`: all cross layers, then its head. */
export function forwardCross(w: Workspace, B: number, b: number, branch: CrossPlan): void {
  const { recorder, plan, floats } = w;
  const { products, outputs } = floats.branches[b]!.cross!;
  const columns = inputColumns(plan);
  let x = floats.input!.x;
  for (const [l, layer] of branch.layers.entries()) {
    const { weight, bias } = layer;
    const u = productOf(w, layer, products[l]!);
    const out = outputs[l]!;
    if (weight)
      dispatchProduct(w, "rows", [B, weight.rows, weight.columns], [x, parameterPlace(w, weight), u], {
        bias: floats.parameters + bias.at,
      });
    recorder.dispatch(
      crossForward,
      { ...sizes(w, B, u), x: x.at, out: out.at },
      { threads: (B * columns) / 4 },
    );
    x = out;
  }
  headForward(w, B, b, branch.head, x);
}

/** Sets x_0's gradient to zero; each cross branch adds to it. */
export function clearInputGradient({ recorder, floats }: Workspace, B: number): void {
  const { at, stride } = floats.input!.dx;
  recorder.dispatch(clear, { count: B * stride, matrix: at }, { threads: B * stride });
}

/** Gradients of the layers' and the head's parameters, of the shared projection in its place, and of x_0. */
export function backwardCross(w: Workspace, B: number, b: number, branch: CrossPlan): void {
  const { recorder, plan, floats } = w;
  const { products, outputs } = floats.branches[b]!.cross!;
  const columns = inputColumns(plan);
  const d = { at: floats.outputGradients[0].at, stride: columns };
  headBackward(w, B, b, branch.head, outputs.at(-1)!, d);
  for (let l = branch.layers.length - 1; l >= 0; l--) {
    const layer = branch.layers[l]!;
    const { weight, bias } = layer;
    const u = productOf(w, layer, products[l]!);
    recorder.dispatch(
      crossBackward,
      // x_0 itself is the first layer's input.
      { ...sizes(w, B, u), isFirst: weight ? 0 : 1, d: d.at, dx0: floats.input!.dx.at },
      { threads: (B * columns) / 4 },
    );
    if (weight) multiplyBackward(w, B, { weight, bias }, u, outputs[l - 1]!, d, true);
  }
}

/** What the rows' inputs got beside the shared projection reaches the table by slot. */
export function addInputGradients(
  { recorder, plan, floats, integers, meter }: Workspace,
  { B, groups }: Loaded,
): void {
  const { fields: F, embeddingDim: D } = plan;
  const { at: de, stride: rowStride } = floats.input!.dx;
  const { at: out, stride: outStride } = floats.embeddingGradients;
  const count = groups.slotIds.length;
  recorder.dispatch(
    addFieldGradients,
    {
      first: 0,
      count,
      embeddingDim: D,
      starts: integers.positionStarts,
      positions: integers.positions,
      weights: floats.positionWeights,
      weighted: groups.unitWeights ? 0 : 1,
      fieldOf: integers.slotFields,
      de,
      fieldStride: D,
      rowStride,
      accumulate: 1,
      out,
      outStride,
    },
    { threads: count * D },
  );
  meter.additions(B * F * D);
}

/** x_l·W_l + b_l, which in the backward pass becomes its gradient. */
function productOf({ floats }: Workspace, { weight, sharedColumn }: CrossLayerPlan, own: Place): Place {
  return weight ? own : fromColumn(floats.shared, sharedColumn);
}

/** What both kernels take: all matrices but u have the input's stride. */
function sizes({ floats, plan }: Workspace, B: number, u: Place): Record<string, number> {
  const { at: x0, stride } = floats.input!.x;
  return { rows: B, columns: inputColumns(plan), x0, stride, u: u.at, uStride: u.stride };
}
