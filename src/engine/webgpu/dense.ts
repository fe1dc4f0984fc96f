// Gradients of a dense layer on the GPU whose input is another layer's output. B rows.

import type { Matrix } from "../plan.ts";
import { sumColumns } from "./firstLayer.ts";
import { type Place, productParts } from "./memory.ts";
import { dispatchProduct, gradientPlace, parameterPlace, type Workspace } from "./workspace.ts";

/** Where a layer's parameters lie. */
export interface DensePlaces {
  weight: Matrix;
  bias: Matrix;
}

/** Gradients of bias, weight and input from that of z; `accumulate` adds the input's to what is there. */
export function multiplyBackward(
  w: Workspace,
  B: number,
  { weight, bias }: DensePlaces,
  z: Place,
  input: Place,
  dInput: Place,
  accumulate = false,
): void {
  const { rows, columns } = weight;
  sumColumns(w, B, z, columns, w.floats.gradients + bias.at);
  dispatchProduct(w, "columns", [rows, B, columns], [input, z, gradientPlace(w, weight)], {
    parts: productParts(rows, columns, B),
  });
  dispatchProduct(w, "transposed", [B, columns, rows], [z, parameterPlace(w, weight), dInput], {
    accumulate,
  });
}
