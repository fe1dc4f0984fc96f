// GPU kernels of DCN-v2's cross layers beside their product u = x_l·W_l + b_l. Matrices are `columns` wide, their rows lie
// `stride` numbers apart, those of u `uStride`. B rows.

import { defineKernel } from "./kernel.ts";

// A thread has four columns of a row.
const FOUR_COLUMNS = `
  let width = p.columns / 4u;
  if (index >= p.rows * width) { return; }
  let row = index / width;
  let at = row * p.stride / 4u + index % width;
  let u = (p.u + row * p.uStride) / 4u + index % width;`;
const NUMBERS = "rows columns stride x0 u uStride";

/** out = x₀⊙u + x */
export const crossForward = defineKernel({
  name: "crossForward",
  numbers: `${NUMBERS} x out`,
  vectors: true,
  body: `${FOUR_COLUMNS}
  x[p.out / 4u + at] = x[p.x0 / 4u + at] * x[u] + x[p.x / 4u + at];`,
});

/**
 * From d, the gradient of the layer's output: dx₀ += d⊙u, and u becomes its gradient d⊙x₀. The first layer's input is x₀
 * itself, so there dx₀ takes d too; of a later layer d is what reaches its input beside the product.
 */
export const crossBackward = defineKernel({
  name: "crossBackward",
  numbers: `${NUMBERS} isFirst d dx0`,
  vectors: true,
  body: `${FOUR_COLUMNS}
  let d = x[p.d / 4u + at];
  var through = d * x[u];
  if (p.isFirst == 1u) { through += d; }
  x[p.dx0 / 4u + at] += through;
  x[u] = d * x[p.x0 / 4u + at];`,
});
