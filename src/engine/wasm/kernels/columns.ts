// What goes over the rows of a matrix column by column: biases, their gradients, batch norm, activation with dropout.
// B rows. A sum over rows is taken in runs of 64, so its rounding does not grow with B.

import { apply, SIGMOID, slope4 } from "./functions";
import { ROW } from "./matrix";

const RUN = 64;
const EPSILON: f32 = 1e-5;

/** Every row becomes `row`. */
export function fillRows(B: i32, panels: i32, row: usize, x: usize, xPanel: usize): void {
  for (let p = 0; p < panels; p++) {
    const source = row + <usize>p * ROW;
    const r0 = v128.load(source, 0);
    const r1 = v128.load(source, 16);
    const r2 = v128.load(source, 32);
    const r3 = v128.load(source, 48);
    let at = x + <usize>p * xPanel;
    for (const end = at + <usize>B * ROW; at < end; at += ROW) {
      v128.store(at, r0, 0);
      v128.store(at, r1, 16);
      v128.store(at, r2, 32);
      v128.store(at, r3, 48);
    }
  }
}

/** out[c] = Σ_b x[b, c] */
export function columnSums(B: i32, panels: i32, x: usize, xPanel: usize, out: usize): void {
  for (let p = 0; p < panels; p++)
    for (let v: usize = 0; v < ROW; v += 16)
      v128.store(out + <usize>p * ROW + v, sumOf(B, x + <usize>p * xPanel + v));
}

/** out[c] = Σ_b x[b, c]·y[b, c] */
function sumOfProducts(B: i32, x: usize, y: usize): v128 {
  let total = f32x4.splat(0);
  for (let b = 0; b < B; b += RUN) {
    let sum = f32x4.splat(0);
    for (let i = b, end = min(B, b + RUN); i < end; i++) {
      const at = <usize>i * ROW;
      sum = f32x4.add(sum, f32x4.mul(v128.load(x + at), v128.load(y + at)));
    }
    total = f32x4.add(total, sum);
  }
  return total;
}

function sumOf(B: i32, x: usize): v128 {
  let total = f32x4.splat(0);
  for (let b = 0; b < B; b += RUN) {
    let sum = f32x4.splat(0);
    for (let i = b, end = min(B, b + RUN); i < end; i++) sum = f32x4.add(sum, v128.load(x + <usize>i * ROW));
    total = f32x4.add(total, sum);
  }
  return total;
}

/** Mean and biased variance of each column over the batch. */
export function moments(B: i32, panels: i32, x: usize, xPanel: usize, mean: usize, variance: usize): void {
  const share = f32x4.splat(<f32>(1.0 / <f64>B));
  for (let p = 0; p < panels; p++)
    for (let v: usize = 0; v < ROW; v += 16) {
      const column = x + <usize>p * xPanel + v;
      const m = f32x4.mul(sumOf(B, column), share);
      let total = f32x4.splat(0);
      for (let b = 0; b < B; b += RUN) {
        let sum = f32x4.splat(0);
        for (let i = b, end = min(B, b + RUN); i < end; i++) {
          const off = f32x4.sub(v128.load(column + <usize>i * ROW), m);
          sum = f32x4.add(sum, f32x4.mul(off, off));
        }
        total = f32x4.add(total, sum);
      }
      v128.store(mean + <usize>p * ROW + v, m);
      v128.store(variance + <usize>p * ROW + v, f32x4.mul(total, share));
    }
}

/** x becomes (x − mean)/√(variance + ε). */
export function normalise(B: i32, panels: i32, mean: usize, variance: usize, x: usize, xPanel: usize): void {
  for (let p = 0; p < panels; p++)
    for (let v: usize = 0; v < ROW; v += 16) {
      const m = v128.load(mean + <usize>p * ROW + v);
      const scale = inverseDeviation(v128.load(variance + <usize>p * ROW + v));
      let at = x + <usize>p * xPanel + v;
      for (const end = at + <usize>B * ROW; at < end; at += ROW)
        v128.store(at, f32x4.mul(f32x4.sub(v128.load(at), m), scale));
    }
}

/**
 * Gradient of batch norm on the batch's own statistics: d becomes
 * γ/√(variance + ε) · (d − mean(d) − x̂·mean(d⊙x̂)), dγ = Σ d⊙x̂, dβ = Σ d.
 */
export function normaliseBackward(
  B: i32,
  panels: i32,
  variance: usize,
  gamma: usize,
  normalised: usize,
  normalisedPanel: usize,
  d: usize,
  dPanel: usize,
  dGamma: usize,
  dBeta: usize,
): void {
  const share = f32x4.splat(<f32>(1.0 / <f64>B));
  for (let p = 0; p < panels; p++)
    for (let v: usize = 0; v < ROW; v += 16) {
      const column = <usize>p * ROW + v;
      const hat = normalised + <usize>p * normalisedPanel + v;
      const dp = d + <usize>p * dPanel + v;
      const sum = sumOf(B, dp);
      const along = sumOfProducts(B, dp, hat);
      v128.store(dBeta + column, sum);
      v128.store(dGamma + column, along);
      const scale = f32x4.mul(v128.load(gamma + column), inverseDeviation(v128.load(variance + column)));
      const meanD = f32x4.mul(sum, share);
      const meanAlong = f32x4.mul(along, share);
      for (let at: usize = 0, end = <usize>B * ROW; at < end; at += ROW) {
        const rest = f32x4.sub(
          f32x4.sub(v128.load(dp + at), meanD),
          f32x4.mul(v128.load(hat + at), meanAlong),
        );
        v128.store(dp + at, f32x4.mul(scale, rest));
      }
    }
}

function inverseDeviation(variance: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(variance, f32x4.splat(EPSILON))));
}

/** x becomes x·γ + β. */
export function scaleAndShift(
  B: i32,
  panels: i32,
  gamma: usize,
  beta: usize,
  x: usize,
  xPanel: usize,
  out: usize,
  outPanel: usize,
): void {
  for (let p = 0; p < panels; p++)
    for (let v: usize = 0; v < ROW; v += 16) {
      const g = v128.load(gamma + <usize>p * ROW + v);
      const b = v128.load(beta + <usize>p * ROW + v);
      const from = x + <usize>p * xPanel + v;
      const to = out + <usize>p * outPanel + v;
      for (let at: usize = 0, end = <usize>B * ROW; at < end; at += ROW)
        v128.store(to + at, f32x4.add(f32x4.mul(v128.load(from + at), g), b));
    }
}

/**
 * Rows `begin` to `end` of x become their activation with dropout; the columns that fill a block of `block` columns up beyond `width` become 0.
 * Dropped is where the hash of the element's place in the row-major `[B, size]` output, mixed with `key`, is below
 * `threshold` (src/model/dropout.ts); survivors are times `kept`.
 */
export function activate(
  begin: i32,
  end: i32,
  panels: i32,
  kind: i32,
  block: i32,
  width: i32,
  size: i32,
  threshold: u32,
  kept: f32,
  key: i32,
  x: usize,
  xPanel: usize,
): void {
  for (let p = 0; p < panels; p++) {
    const panel = x + <usize>p * xPanel;
    apply(panel + <usize>begin * ROW, panel + <usize>end * ROW, kind);
    // Columns beyond the width are 0 already where σ(0) is.
    if (threshold === 0 && kind !== SIGMOID) continue;
    for (let v = 0; v < 16; v += 4) {
      const inBlock = ((p << 4) + v) % block;
      const first = begin * size + ((p << 4) / block) * width + inBlock;
      const valid = i32x4.lt_s(i32x4.add(i32x4.splat(inBlock), i32x4(0, 1, 2, 3)), i32x4.splat(width));
      let place = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
      const column = panel + ((<usize>v) << 2);
      for (let at = column + <usize>begin * ROW; at < column + <usize>end * ROW; at += ROW) {
        let y = v128.and(v128.load(at), valid);
        if (threshold > 0) y = dropped(y, place, threshold, kept, key);
        v128.store(at, y);
        place = i32x4.add(place, i32x4.splat(size));
      }
    }
  }
}

/** Rows `begin` to `end` of d, the gradient of the activated output `y` with its dropout, become that of what went in. */
export function activateBackward(
  begin: i32,
  end: i32,
  panels: i32,
  kind: i32,
  block: i32,
  width: i32,
  size: i32,
  threshold: u32,
  kept: f32,
  key: i32,
  y: usize,
  yPanel: usize,
  d: usize,
  dPanel: usize,
): void {
  const unscale = f32x4.splat(<f32>(1.0 / <f64>kept));
  for (let p = 0; p < panels; p++)
    for (let v = 0; v < 16; v += 4) {
      const inBlock = ((p << 4) + v) % block;
      const first = begin * size + ((p << 4) / block) * width + inBlock;
      let place = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
      const from = y + <usize>p * yPanel + ((<usize>v) << 2);
      const to = d + <usize>p * dPanel + ((<usize>v) << 2);
      for (let at = <usize>begin * ROW; at < <usize>end * ROW; at += ROW) {
        let value = v128.load(from + at);
        let gradient = v128.load(to + at);
        if (threshold > 0) {
          value = f32x4.mul(value, unscale);
          gradient = dropped(gradient, place, threshold, kept, key);
        }
        v128.store(to + at, f32x4.mul(gradient, slope4(value, kind)));
        place = i32x4.add(place, i32x4.splat(size));
      }
    }
}

function dropped(x: v128, place: v128, threshold: u32, kept: f32, key: i32): v128 {
  const survives = i32x4.ge_u(mix4(v128.xor(place, i32x4.splat(key))), i32x4.splat(threshold));
  return v128.and(f32x4.mul(x, f32x4.splat(kept)), survives);
}

/** MurmurHash3's finaliser, as in src/base/random.ts. */
function mix4(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x85ebca6b));
  x = v128.xor(x, i32x4.shr_u(x, 13));
  x = i32x4.mul(x, i32x4.splat(0xc2b2ae35));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** logits[b] = bias + Σ_c x[b, c]·w[c]; logits lie `stride` bytes apart. */
export function head(
  B: i32,
  panels: i32,
  x: usize,
  xPanel: usize,
  w: usize,
  bias: usize,
  logits: usize,
  stride: usize,
): void {
  const b0 = load<f32>(bias);
  for (let b = 0; b < B; b++) {
    let sum = f32x4.splat(0);
    for (let p = 0; p < panels; p++) {
      const at = x + <usize>p * xPanel + <usize>b * ROW;
      const wp = w + <usize>p * ROW;
      for (let v: usize = 0; v < ROW; v += 16)
        sum = f32x4.add(sum, f32x4.mul(v128.load(at + v), v128.load(wp + v)));
    }
    const pairs =
      f32x4.extract_lane(sum, 0) +
      f32x4.extract_lane(sum, 1) +
      (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
    store<f32>(logits + <usize>b * stride, b0 + pairs);
  }
}

/** dx[b, c] = d[b]·w[c], dw[c] = Σ_b d[b]·x[b, c], dbias = Σ d. The d lie `stride` bytes apart. */
export function headBackward(
  B: i32,
  panels: i32,
  d: usize,
  stride: usize,
  x: usize,
  xPanel: usize,
  w: usize,
  dx: usize,
  dxPanel: usize,
  dw: usize,
  dBias: usize,
): void {
  for (let p = 0; p < panels; p++)
    for (let v: usize = 0; v < ROW; v += 16) {
      const weight = v128.load(w + <usize>p * ROW + v);
      const from = x + <usize>p * xPanel + v;
      const to = dx + <usize>p * dxPanel + v;
      let total = f32x4.splat(0);
      for (let b = 0; b < B; b += RUN) {
        let sum = f32x4.splat(0);
        for (let i = b, end = min(B, b + RUN); i < end; i++) {
          const gradient = v128.load_splat<f32>(d + <usize>i * stride);
          sum = f32x4.add(sum, f32x4.mul(gradient, v128.load(from + <usize>i * ROW)));
          v128.store(to + <usize>i * ROW, f32x4.mul(gradient, weight));
        }
        total = f32x4.add(total, sum);
      }
      v128.store(dw + <usize>p * ROW + v, total);
    }
  let sum: f64 = 0;
  for (let b = 0; b < B; b++) sum += <f64>load<f32>(d + <usize>b * stride);
  store<f32>(dBias, <f32>sum);
}
