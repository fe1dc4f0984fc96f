// Batch norm over the columns of a matrix and its gradient. B rows.

import { RUN, storeRow, sumPanel } from "./columns";
import { ROW } from "./matrix";

const EPSILON: f32 = 1e-5;
// Rows that are gone over column by column while they lie in the first-level cache.
const BLOCK = 128;

/** One row of a panel becomes `factor` times itself. */
function scaleRow(row: usize, factor: v128): void {
  for (let v: usize = 0; v < ROW; v += 16) v128.store(row + v, f32x4.mul(v128.load(row + v), factor));
}

/** Mean and biased variance of each column over the batch. */
export function moments(B: i32, panels: i32, x: usize, xPanel: usize, mean: usize, variance: usize): void {
  const share = f32x4.splat(<f32>(1.0 / <f64>B));
  for (let p = 0; p < panels; p++) {
    const panel = x + <usize>p * xPanel;
    const m = mean + <usize>p * ROW;
    const v = variance + <usize>p * ROW;
    sumPanel(B, panel, m);
    scaleRow(m, share);
    sumSquares(B, panel, m, v);
    scaleRow(v, share);
  }
}

/** x becomes x̂ = (x − mean)/√(variance + ε), and out = x̂·γ + β. */
export function normalise(
  B: i32,
  panels: i32,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  x: usize,
  xPanel: usize,
  out: usize,
  outPanel: usize,
): void {
  for (let p = 0; p < panels; p++)
    for (let b = 0; b < B; b += BLOCK)
      for (let v: usize = 0; v < ROW; v += 16) {
        const column = <usize>p * ROW + v;
        const m = v128.load(mean + column);
        const scale = inverseDeviation(v128.load(variance + column));
        const g = v128.load(gamma + column);
        const shift = v128.load(beta + column);
        const from = x + <usize>p * xPanel + v;
        const to = out + <usize>p * outPanel + v;
        for (let at = <usize>b * ROW, end = <usize>min(B, b + BLOCK) * ROW; at < end; at += ROW) {
          const hat = f32x4.mul(f32x4.sub(v128.load(from + at), m), scale);
          v128.store(from + at, hat);
          v128.store(to + at, f32x4.add(f32x4.mul(hat, g), shift));
        }
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
  for (let p = 0; p < panels; p++) {
    const row = <usize>p * ROW;
    sumPanel(B, d + <usize>p * dPanel, dBeta + row);
    sumProducts(B, d + <usize>p * dPanel, normalised + <usize>p * normalisedPanel, dGamma + row);
    for (let b = 0; b < B; b += BLOCK)
      for (let v: usize = 0; v < ROW; v += 16) {
        const column = row + v;
        const hat = normalised + <usize>p * normalisedPanel + v;
        const dp = d + <usize>p * dPanel + v;
        const scale = f32x4.mul(v128.load(gamma + column), inverseDeviation(v128.load(variance + column)));
        const meanD = f32x4.mul(v128.load(dBeta + column), share);
        const meanAlong = f32x4.mul(v128.load(dGamma + column), share);
        for (let at = <usize>b * ROW, end = <usize>min(B, b + BLOCK) * ROW; at < end; at += ROW) {
          const rest = f32x4.sub(
            f32x4.sub(v128.load(dp + at), meanD),
            f32x4.mul(v128.load(hat + at), meanAlong),
          );
          v128.store(dp + at, f32x4.mul(scale, rest));
        }
      }
  }
}

function inverseDeviation(variance: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(variance, f32x4.splat(EPSILON))));
}

/** Σ x⊙y over the rows of one panel each. */
function sumProducts(B: i32, x: usize, y: usize, out: usize): void {
  let t0 = f32x4.splat(0);
  let t1 = t0;
  let t2 = t0;
  let t3 = t0;
  for (let b = 0; b < B; b += RUN) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (const end = x + <usize>min(B - b, RUN) * ROW; x < end; x += ROW, y += ROW) {
      s0 = f32x4.add(s0, f32x4.mul(v128.load(x, 0), v128.load(y, 0)));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(x, 16), v128.load(y, 16)));
      s2 = f32x4.add(s2, f32x4.mul(v128.load(x, 32), v128.load(y, 32)));
      s3 = f32x4.add(s3, f32x4.mul(v128.load(x, 48), v128.load(y, 48)));
    }
    t0 = f32x4.add(t0, s0);
    t1 = f32x4.add(t1, s1);
    t2 = f32x4.add(t2, s2);
    t3 = f32x4.add(t3, s3);
  }
  storeRow(out, t0, t1, t2, t3);
}

/** Σ (x − mean)² over the rows of one panel. */
function sumSquares(B: i32, x: usize, mean: usize, out: usize): void {
  const m0 = v128.load(mean, 0);
  const m1 = v128.load(mean, 16);
  const m2 = v128.load(mean, 32);
  const m3 = v128.load(mean, 48);
  let t0 = f32x4.splat(0);
  let t1 = t0;
  let t2 = t0;
  let t3 = t0;
  for (let b = 0; b < B; b += RUN) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (const end = x + <usize>min(B - b, RUN) * ROW; x < end; x += ROW) {
      s0 = f32x4.add(s0, squareOf(f32x4.sub(v128.load(x, 0), m0)));
      s1 = f32x4.add(s1, squareOf(f32x4.sub(v128.load(x, 16), m1)));
      s2 = f32x4.add(s2, squareOf(f32x4.sub(v128.load(x, 32), m2)));
      s3 = f32x4.add(s3, squareOf(f32x4.sub(v128.load(x, 48), m3)));
    }
    t0 = f32x4.add(t0, s0);
    t1 = f32x4.add(t1, s1);
    t2 = f32x4.add(t2, s2);
    t3 = f32x4.add(t3, s3);
  }
  storeRow(out, t0, t1, t2, t3);
}

function squareOf(x: v128): v128 {
  return f32x4.mul(x, x);
}
