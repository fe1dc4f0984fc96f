// A dense layer on WASM whose input is another layer's output: z = x·W + b for some rows, and its gradients. B rows.

import { type Matrix, padded } from "../plan.ts";
import { fromRow, panelTasks } from "./blocks.ts";
import { fromColumn, type Panels, ROW } from "./heap.ts";
import { type Call, call } from "./signatures.ts";
import type { KernelTeam } from "./team.ts";
import { gradientAt, gradientPanels, parameterAt, parameterPanels, type Workspace } from "./workspace.ts";

/** Where a layer's parameters lie. */
export interface DensePlaces {
  weight: Matrix;
  bias: Matrix;
}

/** z for `count` rows from `row` on. */
export function multiply(
  w: Workspace,
  { weight, bias }: DensePlaces,
  input: Panels,
  z: Panels,
  row: number,
  count: number,
): Call[] {
  const out = fromRow(z, row);
  return [
    call("fillRows", { B: count, panels: weight.columns / 16, row: parameterAt(w, bias), x: out }),
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

/** Two matrices, each as wide as the widest layer's output, that gradients go through in turn. */
export function outputGradients({ work, capacity }: Workspace): [Panels, Panels] {
  return work.outputGradients.map((at) => ({ at, panel: capacity.rows * ROW })) as [Panels, Panels];
}

/** Makes the weight ready for `multiplyBack`: one at a time. */
export function transposeWeight(w: Workspace, weight: Matrix): void {
  transpose(w.team, weight.rows, weight.columns, parameterPanels(w, weight), transposedWeight(w, weight));
}

/** out = matrixᵀ, `[rows, columns]` to `[columns, rows]`. */
export function transpose(
  team: KernelTeam,
  rows: number,
  columns: number,
  matrix: Panels,
  out: Panels,
): void {
  team.run(
    panelTasks(team, padded(rows) / 16, (p, count) => [
      call("transpose", {
        rows: Math.min(16 * count, rows - 16 * p),
        columns,
        matrix: fromRow(matrix, 16 * p),
        out: fromColumn(out, 16 * p),
      }),
    ]),
  );
}

/** The gradient of the input for `count` rows from `row` on, or with `accumulate` added to what is there. */
export function multiplyBack(
  w: Workspace,
  weight: Matrix,
  dz: Panels,
  dInput: Panels,
  row: number,
  count: number,
  accumulate = 0,
): Call {
  return call("productRows", {
    m: count,
    n: weight.rows,
    k: weight.columns,
    a: fromRow(dz, row),
    b: transposedWeight(w, weight),
    c: fromRow(dInput, row),
    accumulate,
  });
}

/** Gradients of bias and weight from that of z. */
export function weightGradients(
  w: Workspace,
  B: number,
  { weight, bias }: DensePlaces,
  input: Panels,
  dz: Panels,
): void {
  const { team, meter } = w;
  const { rows, columns } = weight;
  const dw = gradientPanels(w, weight);
  team.run(
    panelTasks(team, columns / 16, (p, count) => {
      const [own, out] = [fromColumn(dz, 16 * p), fromColumn(dw, 16 * p)];
      return [
        call("columnSums", { B, panels: count, x: own, out: gradientAt(w, bias) + p * ROW }),
        call("productColumns", { m: rows, n: 16 * count, k: B, a: input, b: own, c: out, accumulate: 0 }),
      ];
    }),
  );
  meter.product(2 * B, rows, columns);
}

function transposedWeight({ work }: Workspace, { columns }: Matrix): Panels {
  return { at: work.transposed, panel: columns * ROW };
}
