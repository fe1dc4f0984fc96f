// Feature gating on WASM (FuxiCTR): g = Wᵀ·e + b by field, and the gated input e⊙g times the first unit's other half of
// weights is added to its z. B rows, F fields, D embedding size.

import type { IdGroups } from "../../base/idGroups.ts";
import { type FinalPlan, padded } from "../plan.ts";
import { fromRow, panelTasks, rowTasks } from "./blocks.ts";
import { transpose } from "./dense.ts";
import { fromColumn, type Panels, ROW } from "./heap.ts";
import { call } from "./signatures.ts";
import { gradientAt, gradientPanels, parameterAt, parameterPanels, type Workspace } from "./workspace.ts";

/** The embeddings field by field, for the branches that have gating. */
export function loadFields({ team, heap, plan, state, work }: Workspace, B: number): void {
  const { fields: F, embeddingDim: D } = plan;
  const e = work.gating!.fields;
  // What lies beyond column B·D in the last panel must be zero: sums run over whole panels.
  const last = fromColumn(e, padded(B * D) - 16);
  heap.HEAPU8.fill(0, last.at, last.at + e.panel);
  team.run(
    rowTasks(team, B, (row, count) => [
      call("lookupByField", {
        begin: row,
        end: row + count,
        F,
        D,
        T: plan.tableWidth,
        table: state.table,
        ids: work.ids,
        weights: work.weights,
        e,
      }),
    ]),
  );
}

/**
 * Feature gating: every embedding times its gate g = e·W + b, and the first unit's product of that added to its z.
 * Formula: `gateFields` in src/model/final.ts.
 */
export function gateForward(w: Workspace, B: number, b: number, branch: FinalPlan): void {
  const { plan, team, work, meter } = w;
  const { fields: F, embeddingDim: D } = plan;
  const { weight, bias } = branch.gating!;
  const unit = branch.units[0]!;
  const gates = work.branches[b]!.gates!;
  const e = work.gating!.fields;
  const v = parameterPanels(w, weight);
  team.run(
    panelTasks(team, padded(B * D) / 16, (p, count) => {
      const [own, g] = [fromColumn(e, 16 * p), fromColumn(gates, 16 * p)];
      return [
        call("fillFields", { F, panels: count, bias: parameterAt(w, bias), g }),
        call("productColumns", { m: F, n: 16 * count, k: F, a: v, b: own, c: g, accumulate: 1 }),
      ];
    }),
  );
  meter.product(F, B * D, F);
  const x = { at: work.branches[b]!.gatedInput, panel: B * ROW };
  const gated = unit.gatedWeight!;
  const u = parameterPanels(w, gated);
  const z = fromColumn(work.shared, unit.sharedColumn);
  team.run(
    rowTasks(team, B, (row, count) => {
      return [
        call("gateFields", { begin: row, end: row + count, F, D, e: e.at, g: gates, x }),
        call("productRows", {
          m: count,
          n: gated.columns,
          k: F * D,
          a: fromRow(x, row),
          b: u,
          c: fromRow(z, row),
          accumulate: 1,
        }),
      ];
    }),
  );
  meter.product(B, gated.columns, F * D);
}

/** Sets the fields' gradients to zero; each branch's gating adds to them. */
export function clearFieldGradients({ heap, plan, work }: Workspace, B: number): void {
  const de = work.gating!.fieldGradients;
  for (let column = 0; column < B * plan.embeddingDim; column += 16) {
    const { at } = fromColumn(de, column);
    heap.HEAPU8.fill(0, at, at + plan.fields * ROW);
  }
}

/** Gradients of the gate's and the gated weights; those of the embeddings are added to the fields' gradients. */
export function gateBackward(w: Workspace, B: number, b: number, branch: FinalPlan): void {
  const { plan, team, work, meter } = w;
  const { fields: F, embeddingDim: D } = plan;
  const unit = branch.units[0]!;
  const gated = unit.gatedWeight!;
  const gates = work.branches[b]!.gates!;
  const { fields: e, fieldGradients: de, transposed, inputGradient } = work.gating!;
  const x = { at: work.branches[b]!.gatedInput, panel: B * ROW };
  const dx = { at: inputGradient, panel: B * ROW };
  const dz = fromColumn(work.shared, unit.sharedColumn);
  const [v, dv] = [parameterPanels(w, gated), gradientPanels(w, gated)];
  const vT = { at: transposed, panel: gated.columns * ROW };
  team.run(
    panelTasks(team, gated.columns / 16, (p, count) => {
      const [own, out] = [fromColumn(dz, 16 * p), fromColumn(dv, 16 * p)];
      return [call("productColumns", { m: F * D, n: 16 * count, k: B, a: x, b: own, c: out, accumulate: 0 })];
    }),
  );
  transpose(team, F * D, gated.columns, v, vT);
  team.run(
    rowTasks(team, B, (row, count) => {
      const [own, out] = [fromRow(dz, row), fromRow(dx, row)];
      return [
        call("productRows", { m: count, n: F * D, k: gated.columns, a: own, b: vT, c: out, accumulate: 0 }),
        call("gateFieldsBackward", { begin: row, end: row + count, F, D, dx, e: e.at, g: gates.at, de }),
      ];
    }),
  );
  meter.product(2 * B, gated.columns, F * D);
  // The gates' place now holds their gradients.
  gatingGradients(w, B, branch, gates, e, de);
}

/** Gradients of the gates' own weights and bias, and what reaches the embeddings through them. */
function gatingGradients(
  w: Workspace,
  B: number,
  branch: FinalPlan,
  dg: Panels,
  e: Panels,
  de: Panels,
): void {
  const { plan, team, meter, work } = w;
  const { fields: F, embeddingDim: D } = plan;
  const { totals } = work.gating!;
  const { weight, bias } = branch.gating!;
  const [v, dv] = [parameterPanels(w, weight), gradientPanels(w, weight)];
  const columns = B * D;
  const dBias = gradientAt(w, bias);
  team.run(
    panelTasks(team, F, (f, count) => [
      call("fieldSums", { begin: f, end: f + count, columns, g: dg, out: dBias }),
      call("fieldProducts", { begin: f, end: f + count, F, columns, e: e.at, dg, totals, out: dv }),
    ]),
  );
  team.run(
    panelTasks(team, padded(B * D) / 16, (p, count) => {
      const [own, out] = [fromColumn(dg, 16 * p), fromColumn(de, 16 * p)];
      return [call("productRows", { m: F, n: 16 * count, k: F, a: v, b: own, c: out, accumulate: 1 })];
    }),
  );
  meter.product(2 * F, B * D, F);
}

/** What gating makes of the embeddings reaches the table by the same slots. */
export function addGatedGradients({ plan, team, work, meter }: Workspace, groups: IdGroups): void {
  const { fields: F, embeddingDim: D } = plan;
  const { embeddingGradients: out, positionStarts, positions, positionWeights } = work;
  const de = work.gating!.fieldGradients;
  const { fieldStarts } = groups;
  team.run(
    Array.from({ length: F }, (_, f) => [
      call("segmentSumGated", {
        first: fieldStarts[f]!,
        end: fieldStarts[f + 1]!,
        D,
        field: f,
        starts: positionStarts,
        rows: positions,
        weights: positionWeights,
        de,
        out,
      }),
    ]),
  );
  meter.additions(groups.rowCount * F * D);
}
