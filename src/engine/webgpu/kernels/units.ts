// GPU kernels of the units: interaction, batch norm, activation with dropout, heads. Rows of a matrix lie `…Stride` numbers
// apart, and places are counted in numbers. B rows, K order of a unit.

import { INTERACTIONS } from "../../../model/config.ts";
import { BATCH_NORM_EPSILON } from "../../../model/layers.ts";
import { FUNCTIONS_WGSL } from "./functions.ts";
import { defineKernel } from "./kernel.ts";

const CASCADE = `${INTERACTIONS.indexOf("cascade")}u`;
const SUM = `${INTERACTIONS.indexOf("sum")}u`;
const CONCAT = `${INTERACTIONS.indexOf("concat")}u`;
const MAX_ORDER = 8;

// A thread has four columns of a row, in every block of z.
const FOUR_COLUMNS = `
  let width = p.block / 4u;
  if (index >= p.rows * width) { return; }
  let row = index / width;
  let z = (p.z + row * p.zStride) / 4u + index % width;`;

/** y from z (DESIGN section 3), a block of `block` columns a projection; z_k becomes σ(z_k) for k ≥ 1. */
export const interact = defineKernel({
  name: "interact",
  numbers: "rows block order interaction gate z zStride y yStride",
  vectors: true,
  declarations: FUNCTIONS_WGSL,
  body: `${FOUR_COLUMNS}
  let y = (p.y + row * p.yStride) / 4u + index % width;
  var h = x[z];
  var sum = h;
  if (p.interaction == ${CONCAT}) { x[y] = h; }
  for (var k = 1u; k < p.order; k++) {
    let s = apply4(x[z + k * width], p.gate);
    x[z + k * width] = s;
    if (p.interaction == ${CASCADE}) { h += h * s; } else { h *= s; }
    sum += h;
    if (p.interaction == ${CONCAT}) { x[y + k * width] = h; }
  }
  if (p.interaction == ${CASCADE}) { x[y] = h; }
  if (p.interaction == ${SUM}) { x[y] = sum; }`,
});

/** dz from dy, in z's place. */
export const interactBackward = defineKernel({
  name: "interactBackward",
  numbers: "rows block order interaction gate z zStride dy dyStride",
  vectors: true,
  declarations: FUNCTIONS_WGSL,
  body: `${FOUR_COLUMNS}
  let dy = (p.dy + row * p.dyStride) / 4u + index % width;
  let dyBlock = select(0u, width, p.interaction == ${CONCAT});
  var before: array<vec4<f32>, ${MAX_ORDER}>;
  var h = x[z];
  for (var k = 1u; k < p.order; k++) {
    before[k] = h;
    if (p.interaction == ${CASCADE}) { h += h * x[z + k * width]; } else { h *= x[z + k * width]; }
  }
  var dh = x[dy + (p.order - 1u) * dyBlock];
  for (var k = p.order - 1u; k > 0u; k--) {
    let s = x[z + k * width];
    x[z + k * width] = dh * before[k] * slope4(s, p.gate);
    let through = dh * s;
    if (p.interaction == ${CASCADE}) { dh += through; } else { dh = x[dy + (k - 1u) * dyBlock] + through; }
  }
  x[z] = dh;`,
});

// Sums over rows: a workgroup has 16 columns, 4 threads wide and 64 rows deep.
const COLUMN_SUM = `
var<workgroup> partial: array<vec4<f32>, 256>;
fn total(value: vec4<f32>, local: vec3<u32>) -> vec4<f32> {
  workgroupBarrier();
  partial[local.y * 4u + local.x] = value;
  workgroupBarrier();
  if (local.y == 0u) {
    for (var row = 1u; row < 64u; row++) { partial[local.x] += partial[row * 4u + local.x]; }
  }
  workgroupBarrier();
  return partial[local.x];
}`;

/** sums[c] = Σ_b x[b, c] */
export const columnSums = defineKernel({
  name: "columnSums",
  numbers: "rows matrix matrixStride sums",
  vectors: true,
  workgroupSize: [4, 64],
  declarations: COLUMN_SUM,
  body: `
  let column = workgroup.x * 4u + local.x;
  var sum = vec4<f32>(0.0);
  for (var row = local.y; row < p.rows; row += 64u) { sum += x[(p.matrix + row * p.matrixStride) / 4u + column]; }
  let all = total(sum, local);
  if (local.y == 0u) { x[p.sums / 4u + column] = all; }`,
});

/** The head's gradients: dx[b, c] = d[b]·w[c] and dw[c] = Σ_b d[b]·x[b, c]; d lies `dStride` numbers apart. */
export const headBackward = defineKernel({
  name: "headBackward",
  numbers: "rows input inputStride weight d dStride dInput dInputStride dWeight dBias",
  vectors: true,
  workgroupSize: [4, 64],
  declarations: COLUMN_SUM,
  body: `
  let column = workgroup.x * 4u + local.x;
  let weight = x[p.weight / 4u + column];
  var sum = vec4<f32>(0.0);
  var bias = 0.0;
  for (var row = local.y; row < p.rows; row += 64u) {
    let at = p.d + row * p.dStride;
    let d = x[at / 4u][at % 4u];
    sum += d * x[(p.input + row * p.inputStride) / 4u + column];
    x[(p.dInput + row * p.dInputStride) / 4u + column] = d * weight;
    bias += d;
  }
  let all = total(sum, local);
  let biases = total(vec4<f32>(bias), local);
  if (local.y == 0u) { x[p.dWeight / 4u + column] = all; }
  if (workgroup.x == 0u && local.x == 0u && local.y == 0u) { x[p.dBias / 4u].x = biases.x; }`,
});

/** logits[b] = bias + Σ_c x[b, c]·w[c]; logits lie `logitsStride` numbers apart. */
export const head = defineKernel({
  name: "head",
  numbers: "rows columns input inputStride weight bias logits logitsStride",
  vectors: false,
  body: `
  if (index >= p.rows) { return; }
  var sum = 0.0;
  for (var c = 0u; c < p.columns; c++) { sum += x[p.input + index * p.inputStride + c] * x[p.weight + c]; }
  x[p.logits + index * p.logitsStride] = x[p.bias] + sum;`,
});

/** Batch norm on the batch's own statistics, which are kept, or with `training` 0 on given ones: x̂ in place, out = γ·x̂ + β. */
export const batchNorm = defineKernel({
  name: "batchNorm",
  numbers: "rows training matrix out stride mean variance gamma beta",
  vectors: true,
  workgroupSize: [4, 64],
  declarations: COLUMN_SUM,
  body: `
  let column = workgroup.x * 4u + local.x;
  var mean = x[p.mean / 4u + column];
  var variance = x[p.variance / 4u + column];
  if (p.training == 1u) {
    var sum = vec4<f32>(0.0);
    for (var row = local.y; row < p.rows; row += 64u) { sum += x[(p.matrix + row * p.stride) / 4u + column]; }
    mean = total(sum, local) / f32(p.rows);
    sum = vec4<f32>(0.0);
    for (var row = local.y; row < p.rows; row += 64u) {
      let off = x[(p.matrix + row * p.stride) / 4u + column] - mean;
      sum += off * off;
    }
    variance = total(sum, local) / f32(p.rows);
    if (local.y == 0u) { x[p.mean / 4u + column] = mean; x[p.variance / 4u + column] = variance; }
  }
  let scale = 1.0 / sqrt(variance + ${BATCH_NORM_EPSILON});
  for (var row = local.y; row < p.rows; row += 64u) {
    let at = row * p.stride / 4u + column;
    let hat = (x[p.matrix / 4u + at] - mean) * scale;
    x[p.matrix / 4u + at] = hat;
    x[p.out / 4u + at] = hat * x[p.gamma / 4u + column] + x[p.beta / 4u + column];
  }`,
});

/** d becomes γ/√(variance + ε)·(d − mean(d) − x̂·mean(d⊙x̂)); dγ = Σ d⊙x̂, dβ = Σ d. */
export const batchNormBackward = defineKernel({
  name: "batchNormBackward",
  numbers: "rows normalised d stride variance gamma dGamma dBeta",
  vectors: true,
  workgroupSize: [4, 64],
  declarations: COLUMN_SUM,
  body: `
  let column = workgroup.x * 4u + local.x;
  var sum = vec4<f32>(0.0);
  var along = vec4<f32>(0.0);
  for (var row = local.y; row < p.rows; row += 64u) {
    let at = row * p.stride / 4u + column;
    sum += x[p.d / 4u + at];
    along += x[p.d / 4u + at] * x[p.normalised / 4u + at];
  }
  sum = total(sum, local);
  along = total(along, local);
  if (local.y == 0u) { x[p.dBeta / 4u + column] = sum; x[p.dGamma / 4u + column] = along; }
  let scale = x[p.gamma / 4u + column] / sqrt(x[p.variance / 4u + column] + ${BATCH_NORM_EPSILON});
  for (var row = local.y; row < p.rows; row += 64u) {
    let at = row * p.stride / 4u + column;
    let rest = x[p.d / 4u + at] - sum / f32(p.rows) - x[p.normalised / 4u + at] * along / f32(p.rows);
    x[p.d / 4u + at] = scale * rest;
  }`,
});

/** running = keep·running + (1 − keep)·scale·fresh */
export const blendRunning = defineKernel({
  name: "blendRunning",
  numbers: "columns running fresh keep:f32 scale:f32",
  vectors: true,
  body: `
  if (index >= p.columns / 4u) { return; }
  let at = p.running / 4u + index;
  x[at] = p.keep * x[at] + (1.0 - p.keep) * p.scale * x[p.fresh / 4u + index];`,
});

const DROPOUT = `
fn mix4(v: vec4<u32>) -> vec4<u32> {
  var h = v ^ (v >> vec4<u32>(16u));
  h *= 0x85ebca6bu;
  h ^= h >> vec4<u32>(13u);
  h *= 0xc2b2ae35u;
  return h ^ (h >> vec4<u32>(16u));
}
/** v where element \`place\` of the output survives, times what keeps the mean; 0 where it is dropped. */
fn dropped(v: vec4<f32>, place: u32) -> vec4<f32> {
  if (p.threshold == 0u) { return v; }
  let hash = mix4((vec4<u32>(place) + vec4<u32>(0u, 1u, 2u, 3u)) ^ vec4<u32>(p.key));
  return select(vec4<f32>(0.0), v * p.kept, hash >= vec4<u32>(p.threshold));
}`.replace(/\/\*\*.*?\*\//g, "");

const ACTIVATION_NUMBERS = "rows columns kind block width size threshold key kept:f32";
// First of the four columns within its block, and the place of the first of the four in the [B, size] output.
const PLACE = `
  let vectors = p.columns / 4u;
  if (index >= p.rows * vectors) { return; }
  let row = index / vectors;
  let column = (index % vectors) * 4u;
  let inBlock = column % p.block;
  let place = row * p.size + (column / p.block) * p.width + inBlock;`;

/** x becomes its activation with dropout; columns that fill a block up become 0. */
export const activate = defineKernel({
  name: "activate",
  numbers: `${ACTIVATION_NUMBERS} matrix stride`,
  vectors: true,
  declarations: FUNCTIONS_WGSL + DROPOUT,
  body: `${PLACE}
  let at = (p.matrix + row * p.stride + column) / 4u;
  let valid = (vec4<u32>(inBlock) + vec4<u32>(0u, 1u, 2u, 3u)) < vec4<u32>(p.width);
  x[at] = select(vec4<f32>(0.0), dropped(apply4(x[at], p.kind), place), valid);`,
});

/** d, the gradient of the activated output `y`, becomes that of what went in. */
export const activateBackward = defineKernel({
  name: "activateBackward",
  numbers: `${ACTIVATION_NUMBERS} y d stride`,
  vectors: true,
  declarations: FUNCTIONS_WGSL + DROPOUT,
  body: `${PLACE}
  let at = (row * p.stride + column) / 4u;
  let value = x[p.y / 4u + at] / p.kept;
  x[p.d / 4u + at] = dropped(x[p.d / 4u + at], place) * slope4(value, p.kind);`,
});
