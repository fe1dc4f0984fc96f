// The branches on WASM: their units and heads, the fusion and the losses, forward and backward. B rows, n branches.

import type { IdGroups } from "../../base/idGroups.ts";
import { FUNCTIONS, INTERACTIONS } from "../../model/config.ts";
import { dropoutKey, dropoutThreshold } from "../../model/dropout.ts";
import { totalColumns, type UnitPlan } from "../plan.ts";
import { fromRow, panelTasks, rowTasks } from "./blocks.ts";
import { addGatedGradients, clearFieldGradients, gateBackward, gateForward, loadFields } from "./gating.ts";
import { fromColumn, type Panels, ROW } from "./heap.ts";
import { SCRATCH_FLOATS, type UnitWork } from "./memory.ts";
import type { Call } from "./team.ts";
import { gradientAt, gradientPanels, parameterAt, parameterPanels, type Workspace } from "./workspace.ts";

/** Training on the batch's own statistics with the dropout of a step, or evaluation. */
export type Mode = { type: "training"; step: number } | { type: "evaluation" };

/** One unit of one branch. */
interface UnitAt {
  plan: UnitPlan;
  work: UnitWork;
  b: number;
  u: number;
}

/** Logits of every branch, losses and the logits' gradients; the shared projection is there already. */
export function forward(w: Workspace, B: number, mode: Mode): void {
  const { plan, config, work, state, team } = w;
  if (work.gating) loadFields(w, B);
  for (const b of plan.branches.keys()) forwardBranch(w, B, b, mode);
  const scores = plan.fusionColumn === null ? 0 : fromColumn(work.shared, plan.fusionColumn).at;
  team.kernels.lossesAndGradients(
    B,
    plan.branches.length,
    config.distillationWeight,
    work.logits,
    scores,
    work.labels,
    work.logitGradients,
    state.sums,
  );
}

/** Gradients of everything above the shared projection, whose own takes its place; `first` then goes on from that. */
export function backward(w: Workspace, groups: IdGroups, step: number, first: () => void): void {
  const { plan, work } = w;
  const B = groups.rowCount;
  if (work.gating) clearFieldGradients(w, B);
  for (const b of plan.branches.keys()) backwardBranch(w, B, b, step);
  first();
  if (work.gating) addGatedGradients(w, groups);
}

function forwardBranch(w: Workspace, B: number, b: number, mode: Mode): void {
  const { plan, work, meter, team } = w;
  const branch = plan.branches[b]!;
  const n = plan.branches.length;
  if (branch.gating) gateForward(w, B, b);
  let input: Panels | null = null;
  for (const [u, unit] of branch.units.entries()) {
    const unitWork = work.branches[b]!.units[u]!;
    forwardUnit(w, B, { plan: unit, work: unitWork, b, u }, input, mode);
    input = unitWork.out;
  }
  const x = input!;
  const columns = totalColumns(branch.units.at(-1)!.y);
  const { weight, bias } = branch.head;
  team.run(
    rowTasks(team, B, (row, count) => [
      [
        ...(["head", count, columns / 16, fromRow(x, row).at, x.panel] as const),
        parameterAt(w, weight),
        parameterAt(w, bias),
        work.logits + 4 * (b + row * (n + 1)),
        4 * (n + 1),
      ],
    ]),
  );
  meter.product(B, 1, columns);
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
          [
            ...(["activate", row, row + count, totalColumns(plan.y) / 16] as const),
            ...activationOf(w, at, dropout, training ? mode.step : 0),
            out.at,
            out.panel,
          ],
        ];
  team.run(
    rowTasks(team, B, (row, count) => [
      ...(input ? multiply(w, at, input, row, count) : []),
      interact(at, row, count),
      ...(plan.batchNorm ? [] : activate(row, count)),
    ]),
  );
  if (plan.weight) meter.product(B, plan.weight.columns, plan.weight.rows);
  if (!plan.batchNorm) return;
  normalise(w, B, at, training);
  team.run(rowTasks(team, B, activate));
}

/** A later unit's z for some rows. */
function multiply(
  w: Workspace,
  { plan, work: { z } }: UnitAt,
  input: Panels,
  row: number,
  count: number,
): Call[] {
  const weight = plan.weight!;
  const v = parameterPanels(w, weight);
  const [x, out] = [fromRow(input, row), fromRow(z, row)];
  return [
    ["fillRows", count, weight.columns / 16, parameterAt(w, plan.bias), out.at, out.panel],
    [
      ...(["productRows", count, weight.columns, weight.rows, x.at, x.panel] as const),
      v.at,
      v.panel,
      out.at,
      out.panel,
      1,
    ],
  ];
}

function interact(at: UnitAt, row: number, count: number): Call {
  const { z: blocks, unit } = at.plan;
  const [z, y] = [fromRow(zOf(at), row), fromRow(at.work.y, row)];
  return [
    ...(["interact", count, blocks.padded / 16, unit.order, INTERACTIONS.indexOf(unit.interaction)] as const),
    FUNCTIONS.indexOf(unit.gate),
    z.at,
    z.panel,
    y.at,
    y.panel,
  ];
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
  const scale = [parameterAt(w, gamma), parameterAt(w, beta)] as const;
  team.run(
    panelTasks(team, totalColumns(plan.y) / 16, (p, count) => {
      const [from, to] = [fromColumn(y, 16 * p), fromColumn(out, 16 * p)];
      const row = p * ROW;
      const calls: Call[] = [
        ["normalise", B, count, m + row, v + row, from.at, from.panel],
        [
          ...(["scaleAndShift", B, count, scale[0] + row, scale[1] + row] as const),
          from.at,
          from.panel,
          to.at,
          to.panel,
        ],
      ];
      if (training) calls.unshift(["moments", B, count, from.at, from.panel, m + row, v + row]);
      return calls;
    }),
  );
}

function backwardBranch(w: Workspace, B: number, b: number, step: number): void {
  const { plan, work, meter, team, capacity } = w;
  const branch = plan.branches[b]!;
  const { units } = work.branches[b]!;
  let [d, next] = work.outputGradients.map((at) => ({ at, panel: capacity.rows * ROW })) as [Panels, Panels];
  const columns = totalColumns(branch.units.at(-1)!.y);
  const { out } = units.at(-1)!;
  const { weight, bias } = branch.head;
  team.kernels.headBackward(
    B,
    columns / 16,
    work.logitGradients + 4 * b,
    4 * plan.branches.length,
    out.at,
    out.panel,
    parameterAt(w, weight),
    d.at,
    d.panel,
    gradientAt(w, weight),
    gradientAt(w, bias),
  );
  meter.product(2 * B, 1, columns);
  for (let u = branch.units.length - 1; u >= 0; u--) {
    const at = { plan: branch.units[u]!, work: units[u]!, b, u };
    backwardUnit(w, B, at, d, step, u > 0 ? { input: units[u - 1]!.out, dInput: next } : null);
    [d, next] = [next, d];
  }
  if (branch.gating) gateBackward(w, B, b);
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
      [
        ...(["activateBackward", row, row + count, totalColumns(plan.y) / 16] as const),
        ...activationOf(w, at, plan.unit.dropout, step),
        out.at,
        out.panel,
        d.at,
        d.panel,
      ],
    ];
  };
  if (plan.batchNorm) {
    team.run(rowTasks(team, B, activateBackward));
    normaliseBackward(w, B, at, d);
  }
  if (below) transposeWeight(w, plan);
  team.run(
    rowTasks(team, B, (row, count, block) => [
      ...(plan.batchNorm ? [] : activateBackward(row, count)),
      interactBackward(w, at, d, row, count, block),
      ...(below ? [multiplyBack(w, at, below.dInput, row, count)] : []),
    ]),
  );
  if (below) weightGradients(w, B, at, below.input);
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
      const [hat, own] = [fromColumn(y, 16 * p), fromColumn(d, 16 * p)];
      const row = p * ROW;
      return [
        [
          ...(["normaliseBackward", B, count, variance + row, parameterAt(w, gamma) + row] as const),
          hat.at,
          hat.panel,
          own.at,
          own.panel,
          gradientAt(w, gamma) + row,
          gradientAt(w, beta) + row,
        ],
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
  const { z: blocks, unit } = at.plan;
  const [dy, z] = [fromRow(d, row), fromRow(zOf(at), row)];
  return [
    ...(["interactBackward", count, blocks.padded / 16, unit.order] as const),
    INTERACTIONS.indexOf(unit.interaction),
    FUNCTIONS.indexOf(unit.gate),
    dy.at,
    dy.panel,
    z.at,
    z.panel,
    w.state.scratch + 4 * SCRATCH_FLOATS * block,
  ];
}

function transposedWeight({ work }: Workspace, { columns }: { columns: number }): Panels {
  return { at: work.transposed, panel: columns * ROW };
}

function transposeWeight(w: Workspace, plan: UnitPlan): void {
  const weight = plan.weight!;
  const [v, vT] = [parameterPanels(w, weight), transposedWeight(w, weight)];
  w.team.kernels.transpose(weight.rows, weight.columns, v.at, v.panel, vT.at, vT.panel);
}

/** The gradient of a later unit's input for some rows. */
function multiplyBack(
  w: Workspace,
  { plan, work }: UnitAt,
  dInput: Panels,
  row: number,
  count: number,
): Call {
  const { rows, columns } = plan.weight!;
  const [dz, dx] = [fromRow(work.z, row), fromRow(dInput, row)];
  const vT = transposedWeight(w, plan.weight!);
  return [
    ...(["productRows", count, rows, columns, dz.at, dz.panel, vT.at, vT.panel] as const),
    dx.at,
    dx.panel,
    0,
  ];
}

/** Gradients of a later unit's bias and weight from that of its z. */
function weightGradients(w: Workspace, B: number, { plan, work: { z } }: UnitAt, input: Panels): void {
  const { team, meter } = w;
  const { rows, columns } = plan.weight!;
  const dv = gradientPanels(w, plan.weight!);
  team.run(
    panelTasks(team, columns / 16, (p, count) => {
      const [dz, own] = [fromColumn(z, 16 * p), fromColumn(dv, 16 * p)];
      return [
        ["columnSums", B, count, dz.at, dz.panel, gradientAt(w, plan.bias) + p * ROW],
        [
          ...(["productColumns", rows, 16 * count, B, input.at, input.panel] as const),
          dz.at,
          dz.panel,
          own.at,
          own.panel,
          0,
        ],
      ];
    }),
  );
  meter.product(2 * B, rows, columns);
}

function zOf({ plan, work: { z } }: UnitAt): Panels {
  return plan.weight ? z : fromColumn(z, plan.sharedColumn);
}

/** The numbers that the activation kernels take of a unit. */
function activationOf(
  { config }: Workspace,
  { plan, b, u }: UnitAt,
  dropout: number,
  step: number,
): number[] {
  const { unit, y } = plan;
  const kept = 1 / (1 - dropout);
  const key = dropoutKey(config.seed, step, b, u);
  const kind = FUNCTIONS.indexOf(unit.activation);
  return [kind, y.padded, y.width, y.count * y.width, dropoutThreshold(dropout), kept, key];
}
