// GPU kernels of the embeddings by slots (src/engine/idGroups.ts). Rows of a matrix lie `…Stride` numbers apart; all places
// are counted in numbers. B rows, F fields, U slots, D embedding size, T columns of the table.

import { defineKernel } from "./kernel.ts";
import { SLOT_COLUMN, SLOT_NUMBERS } from "./slot.ts";

/** Vectors of a row that a thread adds up, a thread's share apart: an index is read once for all of them. */
export const VECTORS_OF_THREAD = 4;

const each = (line: (i: number) => string) =>
  Array.from({ length: VECTORS_OF_THREAD }, (_, i) => line(i)).join("\n");

/**
 * Slot u's row of the table, for the ids that lie in one part of it: `partRows` rows from `firstRow` on. T columns, which lie in
 * `out` as `slotColumn` says.
 */
export const gatherRows = defineKernel({
  name: "gatherRows",
  numbers: `slots tableWidth ${SLOT_NUMBERS} ids firstRow partRows out outStride`,
  vectors: false,
  declarations: SLOT_COLUMN,
  body: `
  if (index >= p.slots * p.tableWidth) { return; }
  let slot = index / p.tableWidth;
  let d = index % p.tableWidth;
  let id = u32(integers[p.ids + slot]);
  if (id < p.firstRow || id >= p.firstRow + p.partRows) { return; }
  x[p.out + slot * p.outStride + slotColumn(d)] = table[(id - p.firstRow) * p.tableWidth + d];`,
});

/**
 * z[b] = bias + Σ_f weight·P[slot[b, f]] over the listed fields and a chunk of `columns` columns; with `weighted` 0 every
 * weight is 1. F is `stride`. An entry of the list is field, first slot, end.
 */
export const gatherSum = defineKernel({
  name: "gatherSum",
  numbers: "rows columns fields list stride slots weights weighted projected projectedStride bias z zStride",
  vectors: true,
  body: `
  let width = p.columns / ${4 * VECTORS_OF_THREAD}u;
  if (index >= p.rows * width) { return; }
  let row = index / width;
  let column = index % width;
  ${each((i) => `var sum${i} = x[p.bias / 4u + column + ${i}u * width];`)}
  for (var f = 0u; f < p.fields; f++) {
    let value = row * p.stride + u32(integers[p.list + 3u * f]);
    let source = (p.projected + u32(integers[p.slots + value]) * p.projectedStride) / 4u + column;
    var weight = 1.0;
    if (p.weighted == 1u) { weight = x[(p.weights + value) / 4u][(p.weights + value) % 4u]; }
    ${each((i) => `sum${i} += weight * x[source + ${i}u * width];`)}
  }
  let sums = (p.z + row * p.zStride) / 4u + column;
  ${each((i) => `x[sums + ${i}u * width] = sum${i};`)}`,
});

/**
 * out[target] = Σ weights[i]·x[positions[i]] over a run of positions: a whole slot, or a part of one that is long, whose
 * target is then a row behind the slots. A run is target, first position, end.
 */
export const segmentSum = defineKernel({
  name: "segmentSum",
  numbers: "runs columns list positions weights weighted rows rowsStride sums sumsStride",
  vectors: true,
  body: `
  let width = p.columns / ${4 * VECTORS_OF_THREAD}u;
  if (index >= p.runs * width) { return; }
  let run = p.list + 3u * (index / width);
  let column = index % width;
  let end = u32(integers[run + 2u]);
  ${each((i) => `var sum${i} = vec4<f32>(0.0);`)}
  for (var at = u32(integers[run + 1u]); at < end; at++) {
    let source = (p.rows + u32(integers[p.positions + at]) * p.rowsStride) / 4u + column;
    var weight = 1.0;
    if (p.weighted == 1u) { weight = x[(p.weights + at) / 4u][(p.weights + at) % 4u]; }
    ${each((i) => `sum${i} += weight * x[source + ${i}u * width];`)}
  }
  let sums = (p.sums + u32(integers[run]) * p.sumsStride) / 4u + column;
  ${each((i) => `x[sums + ${i}u * width] = sum${i};`)}`,
});

/** A long slot's sum is that of its parts, in order. An entry of the list is slot, first part's row, parts. */
export const joinRuns = defineKernel({
  name: "joinRuns",
  numbers: "slots columns list sums sumsStride",
  vectors: true,
  body: `
  let width = p.columns / 4u;
  if (index >= p.slots * width) { return; }
  let entry = p.list + 3u * (index / width);
  let column = index % width;
  let first = u32(integers[entry + 1u]);
  let parts = u32(integers[entry + 2u]);
  var sum = vec4<f32>(0.0);
  for (var i = 0u; i < parts; i++) { sum += x[(p.sums + (first + i) * p.sumsStride) / 4u + column]; }
  x[(p.sums + u32(integers[entry]) * p.sumsStride) / 4u + column] = sum;`,
});

/**
 * out[b, i·D + d] = weight·E[slot, d] for `count` fields from `first` on: the plain product's input. Columns beyond, of
 * `columns` in all, become 0.
 */
export const lookupFields = defineKernel({
  name: "lookupFields",
  numbers:
    "rows fields first count columns embeddingDim slots weights weighted embeddings embeddingsStride out outStride",
  vectors: false,
  body: `
  if (index >= p.rows * p.columns) { return; }
  let row = index / p.columns;
  let column = index % p.columns;
  let place = p.out + row * p.outStride + column;
  if (column >= p.count * p.embeddingDim) { x[place] = 0.0; return; }
  let value = row * p.fields + p.first + column / p.embeddingDim;
  var weight = 1.0;
  if (p.weighted == 1u) { weight = x[p.weights + value]; }
  let at = p.embeddings + u32(integers[p.slots + value]) * p.embeddingsStride + column % p.embeddingDim;
  x[place] = weight * x[at];`,
});

/**
 * dE[u, d] = (accumulate ? dE[u, d] : 0) + Σ weights[i]·de[field of u · fieldStride + positions[i] · rowStride + d] over slot
 * u's positions, for `count` slots from `first` on. `fieldOf` is by slot.
 */
export const addFieldGradients = defineKernel({
  name: "addFieldGradients",
  numbers:
    "first count embeddingDim starts positions weights weighted fieldOf de fieldStride rowStride accumulate out outStride",
  vectors: false,
  body: `
  if (index >= p.count * p.embeddingDim) { return; }
  let slot = p.first + index / p.embeddingDim;
  let d = index % p.embeddingDim;
  let source = p.de + u32(integers[p.fieldOf + slot]) * p.fieldStride + d;
  let end = u32(integers[p.starts + slot + 1u]);
  var sum = 0.0;
  for (var i = u32(integers[p.starts + slot]); i < end; i++) {
    var weight = 1.0;
    if (p.weighted == 1u) { weight = x[p.weights + i]; }
    sum += weight * x[source + u32(integers[p.positions + i]) * p.rowStride];
  }
  let at = p.out + slot * p.outStride + d;
  x[at] = select(0.0, x[at], p.accumulate == 1u) + sum;`,
});
