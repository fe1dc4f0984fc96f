// The branches on the GPU: their units and heads, the fusion and the losses, forward and backward. B rows, n branches.

import { FUNCTIONS, INTERACTIONS } from "../../model/config.ts";
import { dropoutKey, dropoutThreshold } from "../../model/dropout.ts";
import { totalColumns, type UnitPlan } from "../plan.ts";
import { projectBackward, projectForward, sumColumns } from "./firstLayer.ts";
import { addGatedGradients, clearFieldGradients, gateBackward, gateForward, loadFields } from "./gating.ts";
import { losses } from "./kernels/loss.ts";
import {
  activate,
  activateBackward,
  batchNorm,
  batchNormBackward,
  head,
  headBackward,
  interact,
  interactBackward,
} from "./kernels/units.ts";
import { type Place, productParts, type UnitPlaces } from "./memory.ts";
import type { Loaded } from "./upload.ts";
import { dispatchProduct, gradientPlace, parameterPlace, type Workspace } from "./workspace.ts";

/** Training on the batch's own statistics with the dropout of a step, or evaluation. */
export type Mode = { type: "training"; step: number } | { type: "evaluation" };

/** One unit of one branch. */
interface UnitAt {
  unit: UnitPlan;
  places: UnitPlaces;
  b: number;
  u: number;
}

/** Logits, losses and the logits' gradients; of training mode all that the other gradients need. */
export function forward(w: Workspace, loaded: Loaded, mode: Mode): void {
  const { recorder, plan, floats, config } = w;
  const { B } = loaded;
  const n = plan.branches.length;
  projectForward(w, loaded);
  if (floats.gating) loadFields(w, B);
  for (const b of plan.branches.keys()) forwardBranch(w, B, b, mode);
  recorder.dispatch(
    losses,
    {
      rows: B,
      branches: n,
      logits: floats.logits,
      gated: plan.fusionColumn === null ? 0 : 1,
      scores: floats.shared.at + (plan.fusionColumn ?? 0),
      scoresStride: floats.shared.stride,
      labels: floats.labels,
      dLogits: floats.logitGradients,
      sums: floats.sums,
      distillationWeight: config.distillationWeight,
    },
    [1, 1, 1],
  );
}

/** Gradients of all parameters but L2's, and of every slot's embedding. */
export function backward(w: Workspace, loaded: Loaded, step: number): void {
  const { plan, floats } = w;
  if (floats.gating) clearFieldGradients(w);
  for (const b of plan.branches.keys()) backwardBranch(w, loaded.B, b, step);
  projectBackward(w, loaded);
  if (floats.gating) addGatedGradients(w, loaded);
}

function forwardBranch(w: Workspace, B: number, b: number, mode: Mode): void {
  const { recorder, plan, floats, meter } = w;
  const branch = plan.branches[b]!;
  if (branch.gating) gateForward(w, B, b);
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
  const columns = totalColumns(branch.units.at(-1)!.y);
  recorder.dispatch(
    head,
    {
      rows: B,
      columns,
      input: input!.at,
      inputStride: input!.stride,
      weight: floats.parameters + branch.head.weight.at,
      bias: floats.parameters + branch.head.bias.at,
      logits: floats.logits + b,
      logitsStride: plan.branches.length + 1,
    },
    { threads: B },
  );
  meter.product(B, 1, columns);
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

function backwardBranch(w: Workspace, B: number, b: number, step: number): void {
  const { recorder, plan, floats, meter } = w;
  const branch = plan.branches[b]!;
  const { units } = floats.branches[b]!;
  const columns = totalColumns(branch.units.at(-1)!.y);
  // Each unit's gradient is as wide as its output, so rows lie close together.
  const [one, other] = floats.outputGradients;
  let d = { at: one.at, stride: columns };
  let spare = other.at;
  const { out } = units.at(-1)!;
  recorder.dispatch(
    headBackward,
    {
      rows: B,
      input: out.at,
      inputStride: out.stride,
      d: floats.logitGradients + b,
      dStride: plan.branches.length,
      weight: floats.parameters + branch.head.weight.at,
      dInput: d.at,
      dInputStride: d.stride,
      dWeight: floats.gradients + branch.head.weight.at,
      dBias: floats.gradients + branch.head.bias.at,
    },
    [columns / 16, 1, 1],
  );
  meter.product(2 * B, 1, columns);
  for (let u = branch.units.length - 1; u >= 0; u--) {
    const unit = branch.units[u]!;
    backwardUnit(w, B, { unit, places: units[u]!, b, u }, d, step);
    if (!unit.weight) continue;
    const dInput = { at: spare, stride: unit.weight.rows };
    backwardProduct(w, B, unit, units[u]!.z, units[u - 1]!.out, dInput);
    spare = d.at;
    d = dInput;
  }
  if (branch.gating) gateBackward(w, B, b);
}

/** Gradients of a later unit's bias, weight and input from that of its z. */
function backwardProduct(
  w: Workspace,
  B: number,
  unit: UnitPlan,
  z: Place,
  input: Place,
  dInput: Place,
): void {
  const weight = unit.weight!;
  const { rows, columns } = weight;
  sumColumns(w, B, z, columns, w.floats.gradients + unit.bias.at);
  dispatchProduct(w, "columns", [rows, B, columns], [input, z, gradientPlace(w, weight)], {
    parts: productParts(rows, columns, B),
  });
  dispatchProduct(w, "transposed", [B, columns, rows], [z, parameterPlace(w, weight), dInput]);
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
