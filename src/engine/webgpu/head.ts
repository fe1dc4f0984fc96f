// A branch's head on the GPU: the dense layer to one logit. B rows.

import type { HeadPlan } from "../plan.ts";
import { head, headBackward as headBackwardKernel } from "./kernels/units.ts";
import type { Place } from "./memory.ts";
import type { Workspace } from "./workspace.ts";

/** Writes branch `b`'s logits. */
export function headForward(w: Workspace, B: number, b: number, { weight, bias }: HeadPlan, x: Place): void {
  const { recorder, plan, floats, meter } = w;
  recorder.dispatch(
    head,
    {
      rows: B,
      columns: weight.columns,
      input: x.at,
      inputStride: x.stride,
      weight: floats.parameters + weight.at,
      bias: floats.parameters + bias.at,
      logits: floats.logits + b,
      logitsStride: plan.branches.length + 1,
    },
    { threads: B },
  );
  meter.product(B, 1, weight.columns);
}

/** From branch `b`'s logit gradients: those of the head's parameters, and `dx` of its input. */
export function headBackward(
  w: Workspace,
  B: number,
  b: number,
  { weight, bias }: HeadPlan,
  x: Place,
  dx: Place,
): void {
  const { recorder, plan, floats, meter } = w;
  recorder.dispatch(
    headBackwardKernel,
    {
      rows: B,
      input: x.at,
      inputStride: x.stride,
      d: floats.logitGradients + b,
      dStride: plan.branches.length,
      weight: floats.parameters + weight.at,
      dInput: dx.at,
      dInputStride: dx.stride,
      dWeight: floats.gradients + weight.at,
      dBias: floats.gradients + bias.at,
    },
    [weight.columns / 16, 1, 1],
  );
  meter.product(2 * B, 1, weight.columns);
}
