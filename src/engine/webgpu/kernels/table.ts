// GPU kernels that update parameters: Adam and L2 on the table, Adam on the rest, and Σ E². The table may lie in several
// parts, each bound in its turn; a part is `partRows` rows from `firstRow` on. T columns of the table.

import { defineKernel } from "./kernel.ts";
import { SLOT_COLUMN, SLOT_NUMBERS } from "./slot.ts";

/** Threads of a workgroup that goes over table rows. */
export const TABLE_THREADS = 64;

/** marks[rows[i]] = marked ? i + 1 : 0: where each table row of the batch is among them. */
export const markRows = defineKernel({
  name: "markRows",
  numbers: "count rows marked",
  vectors: false,
  body: `
  if (index >= p.count) { return; }
  marks[u32(integers[p.rows + index])] = p.marked * (index + 1u);`,
});

const PARTIAL = `var<workgroup> partial: array<f32, ${TABLE_THREADS}>;`;
const ROWS_OF_WORKGROUP = `
  let begin = workgroup.x * p.rowsEach * p.tableWidth;
  let end = min(begin + p.rowsEach * p.tableWidth, p.partRows * p.tableWidth);
  var squares = 0.0;`;
// One barrier, and one thread adds up: a tree of barriers costs more than it saves at this size.
const LEAVE_SQUARES = `
  partial[local.x] = squares;
  workgroupBarrier();
  if (local.x == 0u) {
    var sum = 0.0;
    for (var i = 0u; i < ${TABLE_THREADS}u; i++) { sum += partial[i]; }
    x[p.squares + workgroup.x] = sum;
  }`;

// p.rows and p.starts list the batch's table rows and each one's slots; `touched` is 1 for the first of them.
// What gradients are multiplied by: `clip` is where that lies, 0 where they are left as they are.
const CLIP = `
fn clipOf() -> f32 {
  if (p.clip == 0u) { return 1.0; }
  return x[p.clip];
}`;

const GRADIENT_OF = `${SLOT_COLUMN}
fn gradientOf(touched: u32, d: u32) -> f32 {
  var gradient = 0.0;
  let column = slotColumn(d);
  let end = u32(integers[p.starts + touched]);
  for (var s = u32(integers[p.starts + touched - 1u]); s < end; s++) {
    gradient += x[p.gradients + u32(integers[p.slots + s]) * p.gradientsStride + column];
  }
  return gradient;
}`;
const MOVE = `${GRADIENT_OF}${CLIP}
fn moveNumber(at: u32, unclipped: f32) {
  let gradient = unclipped * clipOf();
  let first = p.beta1 * tableFirst[at] + p.rest1 * gradient;
  let second = p.beta2 * tableSecond[at] + p.rest2 * gradient * gradient;
  table[at] -= p.rate * first / (sqrt(second * p.secondScale) + p.epsilon);
  tableFirst[at] = first;
  tableSecond[at] = second;
}`;

const ADAM_NUMBERS = "beta1:f32 rest1:f32 beta2:f32 rest2:f32 rate:f32 secondScale:f32 epsilon:f32";
const GRADIENT_NUMBERS = `${SLOT_NUMBERS} starts slots gradients gradientsStride`;

/**
 * Adam and L2 on every row of a part (src/model/adam.ts); a row's gradient is the sum over its slots. A workgroup has
 * `rowsEach` rows, and leaves their Σ E² from before.
 */
export const adamTable = defineKernel({
  name: "adamTable",
  numbers: `firstRow partRows rowsEach tableWidth squares ${GRADIENT_NUMBERS} l2:f32 ${ADAM_NUMBERS} clip`,
  vectors: false,
  workgroupSize: [TABLE_THREADS],
  declarations: PARTIAL + MOVE,
  body: `${ROWS_OF_WORKGROUP}
  for (var at = begin + local.x; at < end; at += ${TABLE_THREADS}u) {
    let value = table[at];
    squares += value * value;
    var gradient = p.l2 * value;
    let touched = marks[p.firstRow + at / p.tableWidth];
    if (touched > 0u) { gradient += gradientOf(touched, at % p.tableWidth); }
    moveNumber(at, gradient);
  }
  ${LEAVE_SQUARES}`,
});

/** Adam and L2 on the batch's table rows `first` to `first + count`, which lie in one part. */
export const adamRows = defineKernel({
  name: "adamRows",
  numbers: `first count firstRow tableWidth rows ${GRADIENT_NUMBERS} l2:f32 ${ADAM_NUMBERS} clip`,
  vectors: false,
  declarations: MOVE,
  body: `
  if (index >= p.count * p.tableWidth) { return; }
  let entry = p.first + index / p.tableWidth;
  let d = index % p.tableWidth;
  let at = (u32(integers[p.rows + entry]) - p.firstRow) * p.tableWidth + d;
  moveNumber(at, p.l2 * table[at] + gradientOf(entry + 1u, d));`,
});

/** Σ E² of a part, the same sums as `adamTable` leaves. */
export const tableSquares = defineKernel({
  name: "tableSquares",
  numbers: "partRows rowsEach tableWidth squares",
  vectors: false,
  workgroupSize: [TABLE_THREADS],
  declarations: PARTIAL,
  body: `${ROWS_OF_WORKGROUP}
  for (var at = begin + local.x; at < end; at += ${TABLE_THREADS}u) { squares += table[at] * table[at]; }
  ${LEAVE_SQUARES}`,
});

/** Σ E² of the batch's `count` table rows, whose embeddings lie by slot; a workgroup has `rowsEach` of them. */
export const rowSquares = defineKernel({
  name: "rowSquares",
  numbers: `count rowsEach tableWidth starts slots embeddings embeddingsStride squares ${SLOT_NUMBERS}`,
  vectors: false,
  workgroupSize: [TABLE_THREADS],
  declarations: PARTIAL + SLOT_COLUMN,
  body: `
  let begin = workgroup.x * p.rowsEach * p.tableWidth;
  let end = min(begin + p.rowsEach * p.tableWidth, p.count * p.tableWidth);
  var squares = 0.0;
  for (var i = begin + local.x; i < end; i += ${TABLE_THREADS}u) {
    let slot = u32(integers[p.slots + u32(integers[p.starts + i / p.tableWidth])]);
    let value = x[p.embeddings + slot * p.embeddingsStride + slotColumn(i % p.tableWidth)];
    squares += value * value;
  }
  ${LEAVE_SQUARES}`,
});

/** The sum of the workgroups' parts, in order, of which there are at most a few hundred. */
export const sumSquares = defineKernel({
  name: "sumSquares",
  numbers: "count squares sum",
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
  numbers: `count parameters gradients first second ${ADAM_NUMBERS} clip`,
  vectors: true,
  body: `
  if (index >= p.count / 4u) { return; }
  var gradient = x[p.gradients / 4u + index];
  if (p.clip > 0u) { gradient *= x[p.clip / 4u].x; }
  let first = p.beta1 * x[p.first / 4u + index] + p.rest1 * gradient;
  let second = p.beta2 * x[p.second / 4u + index] + p.rest2 * gradient * gradient;
  x[p.first / 4u + index] = first;
  x[p.second / 4u + index] = second;
  x[p.parameters / 4u + index] -= p.rate * first / (sqrt(second * p.secondScale) + p.epsilon);`,
});

/** Σ g² of a part's rows, g the gradients that `adamTable` moves them by. */
export const tableGradientSquares = defineKernel({
  name: "tableGradientSquares",
  numbers: `firstRow partRows rowsEach tableWidth squares ${GRADIENT_NUMBERS} l2:f32`,
  vectors: false,
  workgroupSize: [TABLE_THREADS],
  declarations: PARTIAL + GRADIENT_OF,
  body: `${ROWS_OF_WORKGROUP}
  for (var at = begin + local.x; at < end; at += ${TABLE_THREADS}u) {
    var gradient = p.l2 * table[at];
    let touched = marks[p.firstRow + at / p.tableWidth];
    if (touched > 0u) { gradient += gradientOf(touched, at % p.tableWidth); }
    squares += gradient * gradient;
  }
  ${LEAVE_SQUARES}`,
});

/** Σ g² of `count` of the batch's table rows from `first` on, which lie in one part; a workgroup has `rowsEach` of them. */
export const rowGradientSquares = defineKernel({
  name: "rowGradientSquares",
  numbers: `first count rowsEach firstRow tableWidth rows ${GRADIENT_NUMBERS} l2:f32 squares`,
  vectors: false,
  workgroupSize: [TABLE_THREADS],
  declarations: PARTIAL + GRADIENT_OF,
  body: `
  let begin = workgroup.x * p.rowsEach * p.tableWidth;
  let end = min(begin + p.rowsEach * p.tableWidth, p.count * p.tableWidth);
  var squares = 0.0;
  for (var i = begin + local.x; i < end; i += ${TABLE_THREADS}u) {
    let entry = p.first + i / p.tableWidth;
    let d = i % p.tableWidth;
    let value = table[(u32(integers[p.rows + entry]) - p.firstRow) * p.tableWidth + d];
    let gradient = p.l2 * value + gradientOf(entry + 1u, d);
    squares += gradient * gradient;
  }
  ${LEAVE_SQUARES}`,
});

/** Σ x² of `count` numbers; a workgroup has `each` of them. */
export const numberSquares = defineKernel({
  name: "numberSquares",
  numbers: "count each numbers squares",
  vectors: false,
  workgroupSize: [TABLE_THREADS],
  declarations: PARTIAL,
  body: `
  let begin = workgroup.x * p.each;
  let end = min(begin + p.each, p.count);
  var squares = 0.0;
  for (var i = begin + local.x; i < end; i += ${TABLE_THREADS}u) {
    let value = x[p.numbers + i];
    squares += value * value;
  }
  ${LEAVE_SQUARES}`,
});

/** clip = min(1, clipNorm/(√Σ parts + ε)), the parts in order (src/model/adam.ts). */
export const clipScale = defineKernel({
  name: "clipScale",
  numbers: "count squares clip clipNorm:f32 epsilon:f32",
  vectors: false,
  workgroupSize: [1],
  body: `
  var sum = 0.0;
  for (var i = 0u; i < p.count; i++) { sum += x[p.squares + i]; }
  x[p.clip] = min(1.0, p.clipNorm / (sqrt(sum) + p.epsilon));`,
});

/** `count` numbers become `factor` times themselves. */
export const scaleNumbers = defineKernel({
  name: "scaleNumbers",
  numbers: "count numbers factor:f32",
  vectors: true,
  body: `
  if (index >= p.count / 4u) { return; }
  x[p.numbers / 4u + index] *= p.factor;`,
});
