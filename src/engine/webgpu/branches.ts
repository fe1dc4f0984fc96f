// The branches on the GPU: what each kind makes of the shared projection and of the slots' rows, the fusion and the losses,
// forward and backward. B rows, n branches.

import { lossWeights } from "../lossReport.ts";
import { addInputGradients, backwardCross, clearInputGradient, forwardCross, loadInput } from "./cross.ts";
import { projectBackward, projectForward } from "./firstLayer.ts";
import { addGatedGradients, clearFieldGradients, loadFields } from "./gating.ts";
import { losses } from "./kernels/loss.ts";
import { backwardFinal, forwardFinal, type Mode } from "./units.ts";
import type { Loaded } from "./upload.ts";
import { backwardWide, forwardWide } from "./wide.ts";
import type { Workspace } from "./workspace.ts";

/** Logits, losses and the logits' gradients; of training mode all that the other gradients need. */
export function forward(w: Workspace, loaded: Loaded, mode: Mode): void {
  const { recorder, plan, floats, config } = w;
  const { B } = loaded;
  projectForward(w, loaded);
  if (floats.gating) loadFields(w, B);
  if (floats.input) loadInput(w, loaded);
  for (const [b, branch] of plan.branches.entries()) {
    if (branch.kind === "final") forwardFinal(w, B, b, branch, mode);
    if (branch.kind === "cross") forwardCross(w, B, b, branch);
  }
  if (plan.wide) forwardWide(w, loaded);
  recorder.dispatch(
    losses,
    {
      rows: B,
      branches: plan.branches.length,
      logits: floats.logits,
      gated: plan.fusionColumn === null ? 0 : 1,
      summed: config.fusion === "sum" ? 1 : 0,
      scores: floats.shared.at + (plan.fusionColumn ?? 0),
      scoresStride: floats.shared.stride,
      labels: floats.labels,
      dLogits: floats.logitGradients,
      sums: floats.sums,
      ...lossWeights(config, mode.type === "training" ? mode.source : undefined),
    },
    [1, 1, 1],
  );
}

/** Gradients of all parameters but L2's, and of every slot's embedding. */
export function backward(w: Workspace, loaded: Loaded, step: number): void {
  const { plan, floats } = w;
  const { B } = loaded;
  if (floats.gating) clearFieldGradients(w);
  if (floats.input) clearInputGradient(w, B);
  for (const [b, branch] of plan.branches.entries()) {
    if (branch.kind === "final") backwardFinal(w, B, b, branch, step);
    if (branch.kind === "cross") backwardCross(w, B, b, branch);
  }
  projectBackward(w, loaded);
  if (floats.gating) addGatedGradients(w, loaded);
  if (floats.input) addInputGradients(w, loaded);
  if (plan.wide) backwardWide(w, loaded);
}
