// The units of a branch on WASM, forward and backward. B rows.

import { biasCancels, FUNCTIONS, INTERACTIONS } from "../../model/config.ts";
import { dropoutKey, dropoutThreshold } from "../../model/dropout.ts";
import type { GradientSource } from "../engine.ts";
import { type FinalPlan, totalColumns, type UnitPlan } from "../plan.ts";
import { fromRow, panelTasks, rowTasks } from "./blocks.ts";
import {
  type DensePlaces,
  multiply,
  multiplyBack,
  outputGradients,
  transposeWeight,
  weightGradients,
} from "./dense.ts";
import { gateBackward, gateForward } from "./gating.ts";
import { headBackward, headForward } from "./head.ts";
import { fromColumn, type Panels, ROW } from "./heap.ts";
import { SCRATCH_FLOATS, type UnitWork } from "./memory.ts";
import { type Call, call, type KernelValues } from "./signatures.ts";
import { clearGradient, gradientAt, parameterAt, type Workspace } from "./workspace.ts";

/** Training on the batch's own statistics with the dropout of a step, or evaluation. */
export type Mode =
  /** `source`: what gradients come from; left out, both. */
  { type: "training"; step: number; source?: GradientSource } | { type: "evaluation" };

/** One unit of one branch. */
interface UnitAt {
  plan: UnitPlan;
  work: UnitWork;
  b: number;
  u: number;
}

/** The logits of branch `b`. */
export function forwardFinal(w: Workspace, B: number, b: number, branch: FinalPlan, mode: Mode): void {
  const { work } = w;
  if (branch.gating) gateForward(w, B, b, branch);
  let input: Panels | null = null;
  for (const [u, unit] of branch.units.entries()) {
    const unitWork = work.branches[b]!.units[u]!;
    forwardUnit(w, B, { plan: unit, work: unitWork, b, u }, input, mode);
    input = unitWork.out;
  }
  headForward(w, B, b, branch.head, input!);
}

function forwardUnit(w: Workspace, B: number, at: UnitAt, input: Panels | null, mode: Mode): void {
  const { team, meter } = w;
  const { plan } = at;
  const { out } = at.work;
  const training = mode.type === "training";
  const dropout = training ? plan.unit.dropout : 0;
  const activate = (row: number, count: number): Call[] =>
    plan.unit.activation === "linear" && dropout === 0
      ? []
      : [
          call("activate", {
            begin: row,
            end: row + count,
            ...activationOf(w, at, dropout, training ? mode.step : 0),
            x: out,
          }),
        ];
  team.run(
    rowTasks(team, B, (row, count) => [
      ...(input ? multiply(w, denseOf(at), input, at.work.z, row, count) : []),
      interact(at, row, count),
      ...(plan.batchNorm ? [] : activate(row, count)),
    ]),
  );
  if (plan.weight) meter.product(B, plan.weight.columns, plan.weight.rows);
  if (!plan.batchNorm) return;
  normalise(w, B, at, training);
  team.run(rowTasks(team, B, activate));
}

function interact(at: UnitAt, row: number, count: number): Call {
  return call("interact", {
    B: count,
    ...interactionOf(at.plan),
    z: fromRow(zOf(at), row),
    y: fromRow(at.work.y, row),
  });
}

function normalise(
  w: Workspace,
  B: number,
  { plan, work: { y, out, ...own } }: UnitAt,
  training: boolean,
): void {
  const { team, state } = w;
  const { gamma, beta, mean, variance } = plan.batchNorm!;
  const [m, v] = training
    ? [own.mean, own.variance]
    : [state.running + 4 * mean.at, state.running + 4 * variance.at];
  const scale = parameterAt(w, gamma);
  const shift = parameterAt(w, beta);
  team.run(
    panelTasks(team, totalColumns(plan.y) / 16, (p, count) => {
      const row = p * ROW;
      const own = { B, panels: count, x: fromColumn(y, 16 * p), mean: m + row, variance: v + row };
      const normalised = call("normalise", {
        ...own,
        gamma: scale + row,
        beta: shift + row,
        out: fromColumn(out, 16 * p),
      });
      return training ? [call("moments", own), normalised] : [normalised];
    }),
  );
}

/** From the logits' gradients those of everything above the shared projection, whose own takes its place. */
export function backwardFinal(w: Workspace, B: number, b: number, branch: FinalPlan, step: number): void {
  const { units } = w.work.branches[b]!;
  let [d, next] = outputGradients(w);
  headBackward(w, B, b, branch.head, units.at(-1)!.out, d);
  for (let u = branch.units.length - 1; u >= 0; u--) {
    const at = { plan: branch.units[u]!, work: units[u]!, b, u };
    backwardUnit(w, B, at, d, step, u > 0 ? { input: units[u - 1]!.out, dInput: next } : null);
    [d, next] = [next, d];
  }
  if (branch.gating) gateBackward(w, B, b, branch);
}

/** `d`, the gradient of the unit's output, becomes that of z in z's place; a later unit's input and weights follow. */
function backwardUnit(
  w: Workspace,
  B: number,
  at: UnitAt,
  d: Panels,
  step: number,
  below: { input: Panels; dInput: Panels } | null,
): void {
  const { team } = w;
  const { plan } = at;
  const activated = plan.unit.activation !== "linear" || plan.unit.dropout > 0;
  const activateBackward = (row: number, count: number): Call[] => {
    const { out } = at.work;
    if (!activated) return [];
    return [
      call("activateBackward", {
        begin: row,
        end: row + count,
        ...activationOf(w, at, plan.unit.dropout, step),
        y: out,
        d,
      }),
    ];
  };
  if (plan.batchNorm) {
    team.run(rowTasks(team, B, activateBackward));
    normaliseBackward(w, B, at, d);
  }
  if (below) transposeWeight(w, plan.weight!);
  team.run(
    rowTasks(team, B, (row, count, block) => [
      ...(plan.batchNorm ? [] : activateBackward(row, count)),
      interactBackward(w, at, d, row, count, block),
      ...(below ? [multiplyBack(w, plan.weight!, at.work.z, below.dInput, row, count)] : []),
    ]),
  );
  if (!below) return;
  weightGradients(w, B, denseOf(at), below.input, at.work.z);
  if (biasCancels(plan.unit)) clearGradient(w, plan.bias);
}

function normaliseBackward(
  w: Workspace,
  B: number,
  { plan, work: { y, variance } }: UnitAt,
  d: Panels,
): void {
  const { team } = w;
  const { gamma, beta } = plan.batchNorm!;
  team.run(
    panelTasks(team, totalColumns(plan.y) / 16, (p, count) => {
      const row = p * ROW;
      return [
        call("normaliseBackward", {
          B,
          panels: count,
          variance: variance + row,
          gamma: parameterAt(w, gamma) + row,
          normalised: fromColumn(y, 16 * p),
          d: fromColumn(d, 16 * p),
          dGamma: gradientAt(w, gamma) + row,
          dBeta: gradientAt(w, beta) + row,
        }),
      ];
    }),
  );
}

function interactBackward(
  w: Workspace,
  at: UnitAt,
  d: Panels,
  row: number,
  count: number,
  block: number,
): Call {
  return call("interactBackward", {
    B: count,
    ...interactionOf(at.plan),
    dy: fromRow(d, row),
    z: fromRow(zOf(at), row),
    scratch: w.state.scratch + 4 * SCRATCH_FLOATS * block,
  });
}

/** What the interaction kernels take of a unit. */
function interactionOf({ unit, z }: UnitPlan) {
  return {
    blockPanels: z.padded / 16,
    K: unit.order,
    interaction: INTERACTIONS.indexOf(unit.interaction),
    gate: FUNCTIONS.indexOf(unit.gate),
  };
}

function denseOf({ plan }: UnitAt): DensePlaces {
  return { weight: plan.weight!, bias: plan.bias };
}

function zOf({ plan, work: { z } }: UnitAt): Panels {
  return plan.weight ? z : fromColumn(z, plan.sharedColumn);
}

/** What the activation kernels take of a unit. */
function activationOf(
  { config }: Workspace,
  { plan, b, u }: UnitAt,
  dropout: number,
  step: number,
): Omit<KernelValues<"activate">, "begin" | "end" | "x"> {
  const { unit, y } = plan;
  return {
    panels: totalColumns(y) / 16,
    kind: FUNCTIONS.indexOf(unit.activation),
    block: y.padded,
    width: y.width,
    size: y.count * y.width,
    threshold: dropoutThreshold(dropout),
    kept: 1 / (1 - dropout),
    key: dropoutKey(config.seed, step, b, u),
  };
}
