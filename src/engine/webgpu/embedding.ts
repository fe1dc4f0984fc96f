// GPU kernels of the embeddings by slots (src/engine/idGroups.ts), and of the table's update. Rows of a matrix lie
// `…Stride` numbers apart; all places are counted in numbers. B rows, F fields, U slots, D embedding size.

import { defineKernel } from "./kernel.ts";

/** Vectors of a row that a thread adds up, a thread's share apart: an index is read once for all of them. */
export const VECTORS_OF_THREAD = 4;

const each = (line: (i: number) => string) =>
  Array.from({ length: VECTORS_OF_THREAD }, (_, i) => line(i)).join("\n");

/** z[b] = bias + Σ_f weight·P[slot[b, f]], over a chunk of `columns` columns; with `weighted` 0 every weight is 1. */
export const gatherSum = defineKernel({
  name: "gatherSum",
  numbers: [
    "rows",
    "columns",
    "fields",
    "slots",
    "weights",
    "weighted",
    "projected",
    "projectedStride",
    "bias",
    "z",
    "zStride",
  ],
  vectors: true,
  body: `
  let width = p.columns / ${4 * VECTORS_OF_THREAD}u;
  if (index >= p.rows * width) { return; }
  let row = index / width;
  let column = index % width;
  ${each((i) => `var sum${i} = x[p.bias / 4u + column + ${i}u * width];`)}
  for (var f = 0u; f < p.fields; f++) {
    let value = row * p.fields + f;
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
  numbers: [
    ...["runs", "columns", "list", "positions", "weights", "weighted"],
    ...["rows", "rowsStride", "sums", "sumsStride"],
  ],
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
  numbers: ["slots", "columns", "list", "sums", "sumsStride"],
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

/** marks[rows[i]] = marked ? i + 1 : 0: where each table row of the batch is among them. */
export const markRows = defineKernel({
  name: "markRows",
  numbers: ["count", "rows", "marked"],
  vectors: false,
  body: `
  if (index >= p.count) { return; }
  marks[u32(integers[p.rows + index])] = p.marked * (index + 1u);`,
});

/** Threads of a workgroup that goes over the table. */
export const TABLE_THREADS = 64;

const PARTIAL = `var<workgroup> partial: array<f32, ${TABLE_THREADS}>;`;
// One barrier, and one thread adds up: a tree of barriers costs more than it saves at this size.
const LEAVE_SQUARES = `
  partial[local.x] = squares;
  workgroupBarrier();
  if (local.x == 0u) {
    var sum = 0.0;
    for (var i = 0u; i < ${TABLE_THREADS}u; i++) { sum += partial[i]; }
    x[p.squares + workgroup.x] = sum;
  }`;

const MOVE = `
fn moveNumber(at: u32, gradient: f32) {
  let first = p.beta1 * tableFirst[at] + p.rest1 * gradient;
  let second = p.beta2 * tableSecond[at] + p.rest2 * gradient * gradient;
  table[at] -= p.rate * first / (sqrt(second * p.secondScale) + p.epsilon);
  tableFirst[at] = first;
  tableSecond[at] = second;
}`;

const ADAM_NUMBERS = ["beta1", "rest1", "beta2", "rest2", "rate", "secondScale", "epsilon"] as const;

/**
 * Adam and L2 on the table (src/model/adam.ts). With `dense` every number of it, else those of the batch's `touched` rows;
 * a row's gradient is the sum over its slots. Each workgroup leaves its Σ E² from before, of what L2 acts on.
 */
export const adamTable = defineKernel({
  name: "adamTable",
  numbers: [
    ...[
      "count",
      "embeddingDim",
      "dense",
      "rows",
      "starts",
      "slots",
      "gradients",
      "gradientsStride",
      "squares",
    ],
    ...["l2", ...ADAM_NUMBERS],
  ],
  floatNumbers: ["l2", ...ADAM_NUMBERS],
  vectors: false,
  workgroupSize: [TABLE_THREADS],
  declarations: PARTIAL + MOVE,
  body: `
  let threads = workgroups.x * ${TABLE_THREADS}u;
  var squares = 0.0;
  for (var i = index; i < p.count; i += threads) {
    var row = i / p.embeddingDim;
    let d = i % p.embeddingDim;
    var touched = row + 1u;
    if (p.dense == 1u) { touched = marks[row]; } else { row = u32(integers[p.rows + row]); }
    let at = row * p.embeddingDim + d;
    let value = table[at];
    squares += value * value;
    var gradient = p.l2 * value;
    if (touched > 0u) {
      let end = u32(integers[p.starts + touched]);
      for (var s = u32(integers[p.starts + touched - 1u]); s < end; s++) {
        gradient += x[p.gradients + u32(integers[p.slots + s]) * p.gradientsStride + d];
      }
    }
    moveNumber(at, gradient);
  }
  ${LEAVE_SQUARES}`,
});

/** Σ E² of the whole table (dense) or of the batch's rows, a part a workgroup. */
export const tableSquares = defineKernel({
  name: "tableSquares",
  numbers: ["count", "embeddingDim", "dense", "rows", "squares"],
  vectors: false,
  workgroupSize: [TABLE_THREADS],
  declarations: PARTIAL,
  body: `
  let threads = workgroups.x * ${TABLE_THREADS}u;
  var squares = 0.0;
  for (var i = index; i < p.count; i += threads) {
    var row = i / p.embeddingDim;
    if (p.dense == 0u) { row = u32(integers[p.rows + row]); }
    let value = table[row * p.embeddingDim + i % p.embeddingDim];
    squares += value * value;
  }
  ${LEAVE_SQUARES}`,
});

/** The sum of the workgroups' parts, in order, of which there are at most a few hundred. */
export const sumSquares = defineKernel({
  name: "sumSquares",
  numbers: ["count", "squares", "sum"],
  vectors: false,
  workgroupSize: [1],
  body: `
  var sum = 0.0;
  for (var i = 0u; i < p.count; i++) { sum += x[p.squares + i]; }
  x[p.sum] = sum;`,
});

/** Adam on every dense parameter; four numbers a thread. */
export const adam = defineKernel({
  name: "adam",
  numbers: ["count", "parameters", "gradients", "first", "second", ...ADAM_NUMBERS],
  floatNumbers: ADAM_NUMBERS,
  vectors: true,
  body: `
  if (index >= p.count / 4u) { return; }
  let gradient = x[p.gradients / 4u + index];
  let first = p.beta1 * x[p.first / 4u + index] + p.rest1 * gradient;
  let second = p.beta2 * x[p.second / 4u + index] + p.rest2 * gradient * gradient;
  x[p.first / 4u + index] = first;
  x[p.second / 4u + index] = second;
  x[p.parameters / 4u + index] -= p.rate * first / (sqrt(second * p.secondScale) + p.epsilon);`,
});
