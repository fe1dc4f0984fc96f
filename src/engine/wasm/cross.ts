// DCN-v2's cross layers on WASM: x_{l+1} = x_0 ⊙ (x_l·W_l + b_l) + x_l. The first layer's product lies in the shared
// projection, which works by unique ids; the later ones multiply row by row. B rows, F fields, D embedding size.

import type { IdGroups } from "../../base/idGroups.ts";
import { type CrossLayerPlan, type CrossPlan, inputColumns } from "../plan.ts";
import { fromRow, rowTasks } from "./blocks.ts";
import { multiply, multiplyBack, outputGradients, transposeWeight, weightGradients } from "./dense.ts";
import { headBackward, headForward } from "./head.ts";
import { fromColumn, type Panels } from "./heap.ts";
import { call } from "./signatures.ts";
import type { Workspace } from "./workspace.ts";

/** Lays out x_0, the whole input of every row, for the branches that need it. */
export function loadInput({ plan, team, state, work }: Workspace, B: number): void {
  const { fields: F, embeddingDim: D, tableWidth: T } = plan;
  team.run(
    Array.from({ length: F }, (_, field) => [
      call("lookupField", {
        B,
        F,
        D,
        T,
        field,
        column: field * D,
        table: state.table,
        ids: work.ids,
        weights: work.weights,
        x: work.input!.x,
      }),
    ]),
  );
}

/** The logits of branch `b`: all cross layers, then its head. */
export function forwardCross(w: Workspace, B: number, b: number, branch: CrossPlan): void {
  const { plan, team, work, meter } = w;
  const { products, outputs } = work.branches[b]!.cross!;
  const x0 = work.input!.x;
  const panels = inputColumns(plan) / 16;
  let x = x0;
  for (const [l, layer] of branch.layers.entries()) {
    const u = productOf(w, layer, products[l]!);
    const [input, out] = [x, outputs[l]!];
    team.run(
      rowTasks(team, B, (row, count) => [
        ...(layer.weight
          ? multiply(w, { weight: layer.weight, bias: layer.bias }, input, u, row, count)
          : []),
        call("crossForward", {
          B: count,
          panels,
          x0: fromRow(x0, row),
          u: fromRow(u, row),
          x: fromRow(input, row),
          out: fromRow(out, row),
        }),
      ]),
    );
    if (layer.weight) meter.product(B, layer.weight.columns, layer.weight.rows);
    x = out;
  }
  headForward(w, B, b, branch.head, x);
}

/** Sets x_0's gradient to zero; each cross branch adds to it. */
export function clearInputGradient({ heap, plan, work }: Workspace, B: number): void {
  const { dx } = work.input!;
  for (let column = 0; column < inputColumns(plan); column += 16) {
    const { at } = fromColumn(dx, column);
    heap.HEAPU8.fill(0, at, fromRow({ at, panel: 0 }, B).at);
  }
}

/** Gradients of the layers' and the head's parameters, of the shared projection in its place, and of x_0. */
export function backwardCross(w: Workspace, B: number, b: number, branch: CrossPlan): void {
  const { plan, team, work } = w;
  const { products, outputs } = work.branches[b]!.cross!;
  const { x: x0, dx: dx0 } = work.input!;
  const panels = inputColumns(plan) / 16;
  const [d] = outputGradients(w);
  headBackward(w, B, b, branch.head, outputs.at(-1)!, d);
  for (let l = branch.layers.length - 1; l >= 0; l--) {
    const layer = branch.layers[l]!;
    const { weight, bias } = layer;
    const u = productOf(w, layer, products[l]!);
    if (weight) transposeWeight(w, weight);
    team.run(
      rowTasks(team, B, (row, count) => [
        call("crossBackward", {
          B: count,
          panels,
          // x_0 itself is the first layer's input.
          isFirst: weight ? 0 : 1,
          x0: fromRow(x0, row),
          u: fromRow(u, row),
          d: fromRow(d, row),
          dx0: fromRow(dx0, row),
        }),
        ...(weight ? [multiplyBack(w, weight, u, d, row, count, 1)] : []),
      ]),
    );
    if (weight) weightGradients(w, B, { weight, bias }, outputs[l - 1]!, u);
  }
}

/** What the rows' inputs got beside the shared projection reaches the table by slot. */
export function addInputGradients({ plan, team, work, meter }: Workspace, groups: IdGroups): void {
  const { fields: F, embeddingDim: D } = plan;
  const { fieldStarts } = groups;
  team.run(
    Array.from({ length: F }, (_, f) => [
      call("segmentSumField", {
        first: fieldStarts[f]!,
        end: fieldStarts[f + 1]!,
        D,
        column: f * D,
        starts: work.positionStarts,
        rows: work.positions,
        weights: work.positionWeights,
        x: work.input!.dx,
        out: work.embeddingGradients,
      }),
    ]),
  );
  meter.additions(groups.rowCount * F * D);
}

/** x_l·W_l + b_l, which in the backward pass becomes its gradient. */
function productOf({ work }: Workspace, { weight, sharedColumn }: CrossLayerPlan, own: Panels): Panels {
  return weight ? own : fromColumn(work.shared, sharedColumn);
}
