// GPU kernels of feature gating, whose matrices are field by field: row f holds B·D numbers. Rows of a matrix lie `…Stride`
// numbers apart, and places are counted in numbers. B rows, F fields, D embedding size.

import { defineKernel } from "./kernel.ts";

// A thread has one number of a matrix that lies field by field; columns from B·D on fill it up.
const NUMBER_OF_FIELD = `
  if (index >= p.fields * p.stride) { return; }
  let field = index / p.stride;
  let column = index % p.stride;
  let row = column / p.embeddingDim;`;

/** e[f, b·D + d] = weight[b, f]·E[slot[b, f], d]; columns from B·D on become 0. */
export const lookupByField = defineKernel({
  name: "lookupByField",
  numbers: "rows fields embeddingDim slots weights embeddings embeddingsStride e stride",
  vectors: false,
  body: `${NUMBER_OF_FIELD}
  if (row >= p.rows) { x[p.e + index] = 0.0; return; }
  let value = row * p.fields + field;
  let at = p.embeddings + u32(integers[p.slots + value]) * p.embeddingsStride + column % p.embeddingDim;
  x[p.e + index] = x[p.weights + value] * x[at];`,
});

/** g's row f becomes bias[f]. */
export const fillFields = defineKernel({
  name: "fillFields",
  numbers: "fields stride bias g",
  vectors: false,
  body: `
  if (index >= p.fields * p.stride) { return; }
  x[p.g + index] = x[p.bias + index / p.stride];`,
});

/** numbers [at, at + count) become 0. */
export const clear = defineKernel({
  name: "clear",
  numbers: "count matrix",
  vectors: false,
  body: `
  if (index >= p.count) { return; }
  x[p.matrix + index] = 0.0;`,
});

/** out[b, f·D + d] = e[f, b·D + d]·g[f, b·D + d] */
export const gateFields = defineKernel({
  name: "gateFields",
  numbers: "rows fields embeddingDim e g stride out outStride",
  vectors: false,
  body: `
  let width = p.fields * p.embeddingDim;
  if (index >= p.rows * width) { return; }
  let row = index / width;
  let column = index % width;
  let at = (column / p.embeddingDim) * p.stride + row * p.embeddingDim + column % p.embeddingDim;
  x[p.out + row * p.outStride + column] = x[p.e + at] * x[p.g + at];`,
});

/** From dx of the gated half: de += dx⊙g, and g becomes dg = dx⊙e. */
export const gateFieldsBackward = defineKernel({
  name: "gateFieldsBackward",
  numbers: "rows fields embeddingDim e g de stride dx dxStride",
  vectors: false,
  body: `${NUMBER_OF_FIELD}
  if (row >= p.rows) { x[p.g + index] = 0.0; return; }
  let d = x[p.dx + row * p.dxStride + field * p.embeddingDim + column % p.embeddingDim];
  x[p.de + index] += d * x[p.g + index];
  x[p.g + index] = d * x[p.e + index];`,
});

/** sums[f] = Σ over row f of g: 64 threads a field. */
export const fieldSums = defineKernel({
  name: "fieldSums",
  numbers: "fields stride g sums",
  vectors: false,
  declarations: "var<workgroup> partial: array<f32, 64>;",
  body: `
  var sum = 0.0;
  for (var c = local.x; c < p.stride; c += 64u) { sum += x[p.g + workgroup.x * p.stride + c]; }
  partial[local.x] = sum;
  workgroupBarrier();
  if (local.x == 0u) {
    for (var i = 1u; i < 64u; i++) { sum += partial[i]; }
    x[p.sums + workgroup.x] = sum;
  }`,
});
