// The units of a branch on the GPU, forward and backward. B rows.

import { biasCancels, FUNCTIONS, INTERACTIONS } from "../../model/config.ts";
import { dropoutKey, dropoutThreshold } from "../../model/dropout.ts";
import type { GradientSource } from "../engine.ts";
import { type FinalPlan, totalColumns, type UnitPlan } from "../plan.ts";
import { multiplyBackward } from "./dense.ts";
import { gateBackward, gateForward } from "./gating.ts";
import { headBackward, headForward } from "./head.ts";
import {
  activate,
  activateBackward,
  batchNorm,
  batchNormBackward,
  interact,
  interactBackward,
} from "./kernels/units.ts";
import type { Place, UnitPlaces } from "./memory.ts";
import { clearGradient, dispatchProduct, parameterPlace, type Workspace } from "./workspace.ts";

/** Training on the batch's own statistics with the dropout of a step, or evaluation. */
export type Mode =
  /** `source`: what gradients come from; left out, both. */
  { type: "training"; step: number; source?: GradientSource } | { type: "evaluation" };

/** One unit of one branch. */
interface UnitAt {
  unit: UnitPlan;
  places: UnitPlaces;
  b: number;
  u: number;
}

/** The logits of branch `b`. */
export function forwardFinal(w: Workspace, B: number, b: number, branch: FinalPlan, mode: Mode): void {
  const { floats } = w;
  if (branch.gating) gateForward(w, B, b, branch);
  let input: Place | null = null;
  for (const [u, unit] of branch.units.entries()) {
    const places = floats.branches[b]!.units[u]!;
    if (unit.weight)
      dispatchProduct(
        w,
        "rows",
        [B, unit.weight.rows, unit.weight.columns],
        [input!, parameterPlace(w, unit.weight), places.z],
        { bias: floats.parameters + unit.bias.at },
      );
    forwardUnit(w, B, { unit, places, b, u }, mode);
    input = places.out;
  }
  headForward(w, B, b, branch.head, input!);
}

function forwardUnit(w: Workspace, B: number, at: UnitAt, mode: Mode): void {
  const { recorder, floats } = w;
  const { unit: plan, places } = at;
  const { z, y, out, mean, variance } = places;
  const columns = totalColumns(plan.y);
  recorder.dispatch(
    interact,
    { ...interactionOf(B, plan), z: z.at, zStride: z.stride, y: y.at, yStride: y.stride },
    { threads: (B * plan.z.padded) / 4 },
  );
  const training = mode.type === "training";
  if (plan.batchNorm) {
    const norm = plan.batchNorm;
    recorder.dispatch(
      batchNorm,
      {
        rows: B,
        training: training ? 1 : 0,
        matrix: y.at,
        out: out.at,
        stride: y.stride,
        mean: training ? mean : floats.running + norm.mean.at,
        variance: training ? variance : floats.running + norm.variance.at,
        gamma: floats.parameters + norm.gamma.at,
        beta: floats.parameters + norm.beta.at,
      },
      [columns / 16, 1, 1],
    );
  }
  const dropout = training ? plan.unit.dropout : 0;
  if (plan.unit.activation !== "linear" || dropout > 0)
    recorder.dispatch(
      activate,
      { ...activationOf(w, B, at, dropout, training ? mode.step : 0), matrix: out.at, stride: out.stride },
      { threads: (B * columns) / 4 },
    );
}

/** From the logits' gradients those of everything above the shared projection, whose own takes its place. */
export function backwardFinal(w: Workspace, B: number, b: number, branch: FinalPlan, step: number): void {
  const { floats } = w;
  const { units } = floats.branches[b]!;
  // Each unit's gradient is as wide as its output, so rows lie close together.
  const [one, other] = floats.outputGradients;
  let d = { at: one.at, stride: branch.head.weight.columns };
  let spare = other.at;
  headBackward(w, B, b, branch.head, units.at(-1)!.out, d);
  for (let u = branch.units.length - 1; u >= 0; u--) {
    const unit = branch.units[u]!;
    backwardUnit(w, B, { unit, places: units[u]!, b, u }, d, step);
    if (!unit.weight) continue;
    const dInput = { at: spare, stride: unit.weight.rows };
    multiplyBackward(w, B, { weight: unit.weight, bias: unit.bias }, units[u]!.z, units[u - 1]!.out, dInput);
    if (biasCancels(unit.unit)) clearGradient(w, unit.bias);
    spare = d.at;
    d = dInput;
  }
  if (branch.gating) gateBackward(w, B, b, branch);
}

/** `d`, the gradient of the unit's output, becomes that of z in z's place. */
function backwardUnit(w: Workspace, B: number, at: UnitAt, d: Place, step: number): void {
  const { recorder, floats } = w;
  const { unit: plan, places } = at;
  const { z, y, out, variance } = places;
  const columns = totalColumns(plan.y);
  if (plan.unit.activation !== "linear" || plan.unit.dropout > 0)
    recorder.dispatch(
      activateBackward,
      { ...activationOf(w, B, at, plan.unit.dropout, step), y: out.at, d: d.at, stride: d.stride },
      { threads: (B * columns) / 4 },
    );
  if (plan.batchNorm) {
    const { gamma, beta } = plan.batchNorm;
    recorder.dispatch(
      batchNormBackward,
      {
        rows: B,
        normalised: y.at,
        d: d.at,
        stride: d.stride,
        variance,
        gamma: floats.parameters + gamma.at,
        dGamma: floats.gradients + gamma.at,
        dBeta: floats.gradients + beta.at,
      },
      [columns / 16, 1, 1],
    );
  }
  recorder.dispatch(
    interactBackward,
    { ...interactionOf(B, plan), z: z.at, zStride: z.stride, dy: d.at, dyStride: d.stride },
    { threads: (B * plan.z.padded) / 4 },
  );
}

function interactionOf(B: number, { unit, z }: UnitPlan): Record<string, number> {
  const interaction = INTERACTIONS.indexOf(unit.interaction);
  return { rows: B, block: z.padded, order: unit.order, interaction, gate: FUNCTIONS.indexOf(unit.gate) };
}

function activationOf(
  { config }: Workspace,
  B: number,
  { unit: { unit, y }, b, u }: UnitAt,
  dropout: number,
  step: number,
): Record<string, number> {
  return {
    rows: B,
    columns: totalColumns(y),
    kind: FUNCTIONS.indexOf(unit.activation),
    block: y.padded,
    width: y.width,
    size: y.count * y.width,
    threshold: dropoutThreshold(dropout),
    key: dropoutKey(config.seed, step, b, u),
    kept: 1 / (1 - dropout),
  };
}
