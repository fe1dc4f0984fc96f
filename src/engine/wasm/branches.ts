// The branches on WASM: their units and heads, the fusion and the losses, forward and backward. B rows, n branches.

import type { IdGroups } from "../../base/idGroups.ts";
import { FUNCTIONS, INTERACTIONS } from "../../model/config.ts";
import { dropoutKey, dropoutThreshold } from "../../model/dropout.ts";
import { totalColumns, type UnitPlan } from "../plan.ts";
import { fromRow, panelTasks, rowTasks } from "./blocks.ts";
import { addGatedGradients, clearFieldGradients, gateBackward, gateForward, loadFields } from "./gating.ts";
import { fromColumn, type Panels, ROW } from "./heap.ts";
import { SCRATCH_FLOATS, type UnitWork } from "./memory.ts";
import { type Call, call, invoke, type KernelValues } from "./signatures.ts";
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
  invoke(team.kernels, "lossesAndGradients", {
    B,
    n: plan.branches.length,
    distillationWeight: config.distillationWeight,
    logits: work.logits,
    scores,
    labels: work.labels,
    dLogits: work.logitGradients,
    sums: state.sums,
  });
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
      call("head", {
        B: count,
        panels: columns / 16,
        x: fromRow(x, row),
        w: parameterAt(w, weight),
        bias: parameterAt(w, bias),
        logits: work.logits + 4 * (b + row * (n + 1)),
        stride: 4 * (n + 1),
      }),
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
          call("activate", {
            begin: row,
            end: row + count,
            ...activationOf(w, at, dropout, training ? mode.step : 0),
            x: out,
          }),
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
  const out = fromRow(z, row);
  return [
    call("fillRows", { B: count, panels: weight.columns / 16, row: parameterAt(w, plan.bias), x: out }),
    call("productRows", {
      m: count,
      n: weight.columns,
      k: weight.rows,
      a: fromRow(input, row),
      b: parameterPanels(w, weight),
      c: out,
      accumulate: 1,
    }),
  ];
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
  const scale = [parameterAt(w, gamma), parameterAt(w, beta)] as const;
  team.run(
    panelTasks(team, totalColumns(plan.y) / 16, (p, count) => {
      const [x, to] = [fromColumn(y, 16 * p), fromColumn(out, 16 * p)];
      const row = p * ROW;
      const own = { B, panels: count, x };
      const calls: Call[] = [
        call("normalise", { ...own, mean: m + row, variance: v + row }),
        call("scaleAndShift", { ...own, gamma: scale[0] + row, beta: scale[1] + row, out: to }),
      ];
      if (training) calls.unshift(call("moments", { ...own, mean: m + row, variance: v + row }));
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
  invoke(team.kernels, "headBackward", {
    B,
    panels: columns / 16,
    d: work.logitGradients + 4 * b,
    stride: 4 * plan.branches.length,
    x: out,
    w: parameterAt(w, weight),
    dx: d,
    dw: gradientAt(w, weight),
    dBias: gradientAt(w, bias),
  });
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

function transposedWeight({ work }: Workspace, { columns }: { columns: number }): Panels {
  return { at: work.transposed, panel: columns * ROW };
}

function transposeWeight(w: Workspace, plan: UnitPlan): void {
  const weight = plan.weight!;
  invoke(w.team.kernels, "transpose", {
    rows: weight.rows,
    columns: weight.columns,
    matrix: parameterPanels(w, weight),
    out: transposedWeight(w, weight),
  });
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
  return call("productRows", {
    m: count,
    n: rows,
    k: columns,
    a: fromRow(work.z, row),
    b: transposedWeight(w, plan.weight!),
    c: fromRow(dInput, row),
    accumulate: 0,
  });
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
        call("columnSums", { B, panels: count, x: dz, out: gradientAt(w, plan.bias) + p * ROW }),
        call("productColumns", { m: rows, n: 16 * count, k: B, a: input, b: dz, c: own, accumulate: 0 }),
      ];
    }),
  );
  meter.product(2 * B, rows, columns);
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
