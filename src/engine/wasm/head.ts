// A branch's head on WASM: the dense layer to one logit. B rows.

import type { HeadPlan } from "../plan.ts";
import { fromRow, panelTasks, rowTasks } from "./blocks.ts";
import { fromColumn, type Panels, ROW } from "./heap.ts";
import { call } from "./signatures.ts";
import { gradientAt, parameterAt, type Workspace } from "./workspace.ts";

/** Writes branch `b`'s logits. */
export function headForward(w: Workspace, B: number, b: number, { weight, bias }: HeadPlan, x: Panels): void {
  const { plan, work, meter, team } = w;
  const n = plan.branches.length;
  team.run(
    rowTasks(team, B, (row, count) => [
      call("head", {
        B: count,
        panels: weight.columns / 16,
        x: fromRow(x, row),
        w: parameterAt(w, weight),
        bias: parameterAt(w, bias),
        logits: work.logits + 4 * (b + row * (n + 1)),
        stride: 4 * (n + 1),
      }),
    ]),
  );
  meter.product(B, 1, weight.columns);
}

/** From branch `b`'s logit gradients: those of the head's parameters, and `dx` of its input. */
export function headBackward(
  w: Workspace,
  B: number,
  b: number,
  { weight, bias }: HeadPlan,
  x: Panels,
  dx: Panels,
): void {
  const { plan, work, meter, team } = w;
  team.run(
    panelTasks(team, weight.columns / 16, (p, count) => [
      call("headBackward", {
        B,
        panels: count,
        d: work.logitGradients + 4 * b,
        stride: 4 * plan.branches.length,
        x: fromColumn(x, 16 * p),
        w: parameterAt(w, weight) + p * ROW,
        dx: fromColumn(dx, 16 * p),
        dw: gradientAt(w, weight) + p * ROW,
        dBias: p === 0 ? gradientAt(w, bias) : 0,
      }),
    ]),
  );
  meter.product(2 * B, 1, weight.columns);
}
