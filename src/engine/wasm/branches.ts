// The branches on WASM: what each kind makes of the shared projection and of the table's rows, the fusion and the losses,
// forward and backward. B rows.

import { equalWeight } from "../../model/config.ts";
import { lossWeights } from "../lossReport.ts";
import type { Loaded } from "./batch.ts";
import { rowBlocks } from "./blocks.ts";
import { addInputGradients, backwardCross, clearInputGradient, forwardCross, loadInput } from "./cross.ts";
import { addGatedGradients, clearFieldGradients, loadFields } from "./gating.ts";
import { fromColumn, ROW } from "./heap.ts";
import { LOSS_SUMS } from "./memory.ts";
import { call } from "./signatures.ts";
import { backwardFinal, forwardFinal, type Mode } from "./units.ts";
import { backwardWide, forwardWide } from "./wide.ts";
import type { Workspace } from "./workspace.ts";

/** Logits of every branch, losses and the logits' gradients; the shared projection is there already. */
export function forward(w: Workspace, loaded: Loaded, mode: Mode): void {
  const { plan, work } = w;
  const { rowCount: B } = loaded.groups;
  if (work.gating) loadFields(w, B);
  if (work.input) loadInput(w, B);
  for (const [b, branch] of plan.branches.entries()) {
    if (branch.kind === "final") forwardFinal(w, B, b, branch, mode);
    if (branch.kind === "cross") forwardCross(w, B, b, branch);
  }
  if (plan.wide) forwardWide(w, loaded);
  losses(w, B, mode);
}

/** Fuses the logits; the losses' sums, and the logits' gradients. */
function losses({ plan, config, work, state, team, heap }: Workspace, B: number, mode: Mode): void {
  const n = plan.branches.length;
  const weights = lossWeights(config, mode.type === "training" ? mode.source : undefined);
  const scores = plan.fusionColumn === null ? 0 : fromColumn(work.shared, plan.fusionColumn).at;
  const tasks = rowBlocks(B, (row, count, block) => [
    call("lossesAndGradients", {
      B: count,
      n,
      share: 1 / B,
      equalWeight: equalWeight(config),
      ...weights,
      logits: work.logits + 4 * row * (n + 1),
      scores: scores && scores + ROW * row,
      labels: work.labels + 4 * row,
      dLogits: work.logitGradients + 4 * row * n,
      sums: state.sums + 8 * LOSS_SUMS * block,
    }),
  ]);
  team.run(tasks);
  const sums = new Float64Array(heap.HEAPU8.buffer, state.sums, LOSS_SUMS * tasks.length);
  for (let i = LOSS_SUMS; i < sums.length; i++) sums[i % LOSS_SUMS]! += sums[i]!;
}

/**
 * Gradients of everything above the shared projection, whose own takes its place; `first` then continues from that, and
 * leaves every slot's embedding gradient, to which is added what goes another way.
 */
export function backward(w: Workspace, loaded: Loaded, step: number, first: () => void): void {
  const { plan, work } = w;
  const { groups } = loaded;
  const B = groups.rowCount;
  if (work.gating) clearFieldGradients(w, B);
  if (work.input) clearInputGradient(w, B);
  for (const [b, branch] of plan.branches.entries()) {
    if (branch.kind === "final") backwardFinal(w, B, b, branch, step);
    if (branch.kind === "cross") backwardCross(w, B, b, branch);
  }
  first();
  if (work.gating) addGatedGradients(w, groups);
  if (work.input) addInputGradients(w, groups);
  if (plan.wide) backwardWide(w, loaded);
}
