// Linear and fm branches on WASM. Their weights are further columns of the table behind the embedding, so one gather by
// slot gives each row's sums of all of them, and for fm half the square of the sum less the sum of squares.
// B rows, F fields, D embedding size, T columns of the table.

import { wideBranches } from "../plan.ts";
import type { Loaded } from "./batch.ts";
import { fromRow, rowTasks } from "./blocks.ts";
import { fromColumn } from "./heap.ts";
import { call, invoke } from "./signatures.ts";
import { gradientAt, parameterAt, type Workspace } from "./workspace.ts";

// How a kernel is given what each branch is: two bits a branch.
const WIDE = 1;
const WITH_PAIRS = 2;

/** The logits of all linear and fm branches. */
export function forwardWide(w: Workspace, loaded: Loaded): void {
  const { plan, team, work, meter } = w;
  const { rowCount: B } = loaded.groups;
  const { fields: F, embeddingDim: D, branches } = plan;
  const { bias, pairs } = plan.wide!;
  const { sums, pairSums } = work.wide!;
  const n = branches.length;
  team.run(
    rowTasks(team, B, (row, count) => [
      call("wideSums", {
        begin: row,
        end: row + count,
        F,
        D,
        ...panelsOf(w),
        slots: loaded.allSlots,
        weights: loaded.groups.unitWeights ? 0 : work.weights,
        e: work.embeddings,
        sums,
        pairSums,
      }),
      ...wideBranches(plan).map(([b, { kind, tableColumn, biasColumn }]) =>
        call("wideLogits", {
          begin: row,
          end: row + count,
          column: tableColumn,
          bias: parameterAt(w, bias) + 4 * biasColumn,
          sums,
          pairSums: kind === "fm" ? pairSums : 0,
          logits: work.logits + 4 * b,
          stride: 4 * (n + 1),
        }),
      ),
    ]),
  );
  meter.additions(B * F * (pairs ? 2 * plan.tableWidth : plan.tableWidth - D));
}

/** From the logits' gradients: those of the biases, and of every slot's columns of the table. */
export function backwardWide(w: Workspace, loaded: Loaded): void {
  const { plan, team, work, meter } = w;
  const { groups } = loaded;
  const { rowCount: B, fieldStarts } = groups;
  const { fields: F, embeddingDim: D, branches } = plan;
  const { sums, pairSums } = work.wide!;
  const n = branches.length;
  const { pairs, skippedPanels, panels } = panelsOf(w);
  let kinds = 0;
  for (const [b, { kind, biasColumn }] of wideBranches(plan)) {
    kinds |= (kind === "fm" ? WIDE | WITH_PAIRS : WIDE) << (2 * b);
    const out = gradientAt(w, plan.wide!.bias) + 4 * biasColumn;
    invoke(team.kernels, "sumStrided", { count: B, x: work.logitGradients + 4 * b, stride: 4 * n, out });
  }
  team.run(
    rowTasks(team, B, (row, count) => [
      call("wideGradients", {
        begin: row,
        end: row + count,
        D,
        skippedPanels,
        panels,
        n,
        kinds,
        dLogits: work.logitGradients,
        sums,
        pairGradients: pairSums,
      }),
    ]),
  );
  // Without a product over the embeddings nothing has written their gradients.
  const accumulate = plan.shared.weight.columns > 0 ? 1 : 0;
  if (!accumulate) clearBelow(w, skippedPanels, groups.slotIds.length);
  team.run(
    Array.from({ length: F }, (_, f) => [
      call("wideSegments", {
        first: fieldStarts[f]!,
        end: fieldStarts[f + 1]!,
        D,
        pairs,
        skippedPanels,
        panels,
        accumulate,
        starts: work.positionStarts,
        rows: work.positions,
        weights: loaded.positionWeights,
        sums,
        pairGradients: pairSums,
        e: work.embeddings,
        out: work.embeddingGradients,
      }),
    ]),
  );
  meter.additions(B * F * (pairs ? plan.tableWidth : plan.tableWidth - D));
}

/** The table's panels that matter: without fm only those that hold linear weights. */
function panelsOf({ plan }: Workspace): { pairs: number; skippedPanels: number; panels: number } {
  const pairs = plan.wide!.pairs ? 1 : 0;
  return {
    pairs,
    skippedPanels: pairs ? 0 : plan.embeddingDim >> 4,
    panels: Math.ceil(plan.tableWidth / 16),
  };
}

function clearBelow({ heap, work }: Workspace, panel: number, slots: number): void {
  for (let p = 0; p < panel; p++) {
    const { at } = fromColumn(work.embeddingGradients, 16 * p);
    heap.HEAPU8.fill(0, at, fromRow({ at, panel: 0 }, slots).at);
  }
}
