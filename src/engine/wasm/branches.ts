// The branches on WASM: what each kind makes of the shared projection and of the table's rows, the fusion and the losses,
// forward and backward. B rows.

import { equalWeight } from "../../model/config.ts";
import { lossWeights } from "../lossReport.ts";
import type { Loaded } from "./batch.ts";
import { addInputGradients, backwardCross, clearInputGradient, forwardCross, loadInput } from "./cross.ts";
import { addGatedGradients, clearFieldGradients, loadFields } from "./gating.ts";
import { fromColumn } from "./heap.ts";
import { invoke } from "./signatures.ts";
import { backwardFinal, forwardFinal, type Mode } from "./units.ts";
import { backwardWide, forwardWide } from "./wide.ts";
import type { Workspace } from "./workspace.ts";

/** Logits of every branch, losses and the logits' gradients; the shared projection is there already. */
export function forward(w: Workspace, loaded: Loaded, mode: Mode): void {
  const { plan, config, work, state, team } = w;
  const { rowCount: B } = loaded.groups;
  if (work.gating) loadFields(w, B);
  if (work.input) loadInput(w, B);
  for (const [b, branch] of plan.branches.entries()) {
    if (branch.kind === "final") forwardFinal(w, B, b, branch, mode);
    if (branch.kind === "cross") forwardCross(w, B, b, branch);
  }
  if (plan.wide) forwardWide(w, loaded);
  invoke(team.kernels, "lossesAndGradients", {
    B,
    n: plan.branches.length,
    equalWeight: equalWeight(config),
    ...lossWeights(config, mode.type === "training" ? mode.source : undefined),
    logits: work.logits,
    scores: plan.fusionColumn === null ? 0 : fromColumn(work.shared, plan.fusionColumn).at,
    labels: work.labels,
    dLogits: work.logitGradients,
    sums: state.sums,
  });
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
