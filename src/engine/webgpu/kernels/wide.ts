// GPU kernels of linear and fm branches, whose weights lie behind the embeddings in the slots' rows. All matrices have rows of
// `stride` numbers; a thread has four columns, of `vectors` fours behind the `skipped` first ones. B rows, F fields, D columns of
// an embedding, a multiple of four.

import { defineKernel } from "./kernel.ts";

// Whether the four columns belong to the embedding.
const BELOW = "(column * 4u < p.embeddingDim)";

/**
 * sums[b, c] = Σ_f weight·e[slot[b, f], c], and pairSums[b, d] = sums[b, d]² − Σ_f (weight·e[slot[b, f], d])², whose columns
 * beyond the embedding are 0. With `weighted` 0 every weight is 1.
 */
export const wideSums = defineKernel({
  name: "wideSums",
  numbers: "rows fields embeddingDim skipped vectors slots weights weighted embeddings sums pairSums stride",
  vectors: true,
  body: `
  if (index >= p.rows * p.vectors) { return; }
  let row = index / p.vectors;
  let column = p.skipped + index % p.vectors;
  var sum = vec4<f32>(0.0);
  var squares = vec4<f32>(0.0);
  for (var f = 0u; f < p.fields; f++) {
    let value = row * p.fields + f;
    var weight = 1.0;
    if (p.weighted == 1u) { weight = x[(p.weights + value) / 4u][(p.weights + value) % 4u]; }
    let e = weight * x[(p.embeddings + u32(integers[p.slots + value]) * p.stride) / 4u + column];
    sum += e;
    squares += e * e;
  }
  let at = row * p.stride / 4u + column;
  x[p.sums / 4u + at] = sum;
  x[p.pairSums / 4u + at] = select(vec4<f32>(0.0), sum * sum - squares, ${BELOW});`,
});

/** logits[b] = bias + sums[b, column] + (pairs ? ½·Σ_{d < D} pairSums[b, d] : 0), `logitsStride` numbers apart. */
export const wideLogits = defineKernel({
  name: "wideLogits",
  numbers: "rows embeddingDim pairs column bias sums pairSums stride logits logitsStride",
  vectors: false,
  body: `
  if (index >= p.rows) { return; }
  var logit = x[p.bias] + x[p.sums + index * p.stride + p.column];
  if (p.pairs == 1u) {
    var sum = 0.0;
    for (var d = 0u; d < p.embeddingDim; d++) { sum += x[p.pairSums + index * p.stride + d]; }
    logit += 0.5 * sum;
  }
  x[p.logits + index * p.logitsStride] = logit;`,
});

/**
 * Gradients in place: sums[b, d] times the sum of the fm branches' logit gradients, which pairSums[b, c] becomes; and in the
 * columns behind the embedding each wide branch's logit gradient. `wide` and `withPairs` have a bit a branch.
 */
export const wideGradients = defineKernel({
  name: "wideGradients",
  numbers: "rows embeddingDim skipped vectors branches wide withPairs dLogits sums pairSums stride",
  vectors: true,
  body: `
  if (index >= p.rows * p.vectors) { return; }
  let row = index / p.vectors;
  let column = p.skipped + index % p.vectors;
  let at = row * p.stride / 4u + column;
  let isBelow = ${BELOW};
  var pair = 0.0;
  var linear = vec4<f32>(0.0);
  var own = p.embeddingDim;
  for (var b = 0u; b < p.branches; b++) {
    let place = p.dLogits + row * p.branches + b;
    let d = x[place / 4u][place % 4u];
    if (((p.withPairs >> b) & 1u) == 1u) { pair += d; }
    if (((p.wide >> b) & 1u) == 0u) { continue; }
    if (own / 4u == column) { linear[own % 4u] = d; }
    own++;
  }
  x[p.sums / 4u + at] = select(linear, pair * x[p.sums / 4u + at], isBelow);
  x[p.pairSums / 4u + at] = vec4<f32>(pair);`,
});

/**
 * Slot u's gradient over its positions i, r the row of each: out[u, c] = Σ weights[i]·sums[r, c]; of the embedding's columns,
 * which with `accumulate` are added to what is there, less e[u, c]·Σ weights[i]²·pairSums[r, c], since an id makes no pair with
 * itself.
 */
export const wideSegments = defineKernel({
  name: "wideSegments",
  numbers:
    "slots embeddingDim skipped vectors pairs accumulate starts positions weights weighted sums pairSums stride embeddings out",
  vectors: true,
  body: `
  if (index >= p.slots * p.vectors) { return; }
  let slot = index / p.vectors;
  let column = p.skipped + index % p.vectors;
  let isBelow = ${BELOW};
  let none = vec4<f32>(0.0);
  let end = u32(integers[p.starts + slot + 1u]);
  var sum = none;
  var own = none;
  for (var i = u32(integers[p.starts + slot]); i < end; i++) {
    let at = u32(integers[p.positions + i]) * p.stride / 4u + column;
    var weight = 1.0;
    if (p.weighted == 1u) { weight = x[(p.weights + i) / 4u][(p.weights + i) % 4u]; }
    sum += weight * x[p.sums / 4u + at];
    if (p.pairs == 1u) { own += weight * weight * x[p.pairSums / 4u + at]; }
  }
  let at = slot * p.stride / 4u + column;
  var embedding = none;
  if (p.pairs == 1u) { embedding = sum - own * x[p.embeddings / 4u + at]; }
  if (p.accumulate == 1u) { embedding += x[p.out / 4u + at]; }
  x[p.out / 4u + at] = select(sum, embedding, isBelow);`,
});

/** sum = Σ of `rows` numbers that lie `dStride` apart: 64 threads. */
export const wideBias = defineKernel({
  name: "wideBias",
  numbers: "rows d dStride sum",
  vectors: false,
  declarations: "var<workgroup> partial: array<f32, 64>;",
  body: `
  var sum = 0.0;
  for (var row = local.x; row < p.rows; row += 64u) { sum += x[p.d + row * p.dStride]; }
  partial[local.x] = sum;
  workgroupBarrier();
  if (local.x == 0u) {
    for (var i = 1u; i < 64u; i++) { sum += partial[i]; }
    x[p.sum] = sum;
  }`,
});
