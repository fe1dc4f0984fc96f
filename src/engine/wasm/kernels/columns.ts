// What goes over the rows of a matrix column by column: biases, their gradients, activation with dropout, heads.
// B rows. A sum over rows is taken in runs of 64, so its rounding does not grow with B.

import { apply, RELU, SIGMOID, slope4 } from "./functions";
import { ROW } from "./matrix";

export const RUN = 64;

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
  for (let p = 0; p < panels; p++) sumPanel(B, x + <usize>p * xPanel, out + <usize>p * ROW);
}

/** Σ over the rows of one panel. */
export function sumPanel(B: i32, x: usize, out: usize): void {
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
      s0 = f32x4.add(s0, v128.load(x, 0));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
    }
    t0 = f32x4.add(t0, s0);
    t1 = f32x4.add(t1, s1);
    t2 = f32x4.add(t2, s2);
    t3 = f32x4.add(t3, s3);
  }
  storeRow(out, t0, t1, t2, t3);
}

export function storeRow(to: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  v128.store(to, r0, 0);
  v128.store(to, r1, 16);
  v128.store(to, r2, 32);
  v128.store(to, r3, 48);
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
          // What was dropped is 0, and so is ReLU's slope there.
          if (kind === RELU) gradient = f32x4.mul(gradient, f32x4.splat(kept));
          else gradient = dropped(gradient, place, threshold, kept, key);
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

/**
 * dx[b, c] = d[b]·w[c], dw[c] = Σ_b d[b]·x[b, c], and unless `dBias` is 0, dbias = Σ d. The d lie `stride` bytes apart.
 */
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
  for (let p = 0; p < panels; p++) {
    const row = <usize>p * ROW;
    const w0 = v128.load(w + row, 0);
    const w1 = v128.load(w + row, 16);
    const w2 = v128.load(w + row, 32);
    const w3 = v128.load(w + row, 48);
    let from = x + <usize>p * xPanel;
    let to = dx + <usize>p * dxPanel;
    let t0 = f32x4.splat(0);
    let t1 = t0;
    let t2 = t0;
    let t3 = t0;
    for (let b = 0; b < B; b += RUN) {
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (let i = b, end = min(B, b + RUN); i < end; i++, from += ROW, to += ROW) {
        const gradient = v128.load_splat<f32>(d + <usize>i * stride);
        s0 = f32x4.add(s0, f32x4.mul(gradient, v128.load(from, 0)));
        s1 = f32x4.add(s1, f32x4.mul(gradient, v128.load(from, 16)));
        s2 = f32x4.add(s2, f32x4.mul(gradient, v128.load(from, 32)));
        s3 = f32x4.add(s3, f32x4.mul(gradient, v128.load(from, 48)));
        storeRow(
          to,
          f32x4.mul(gradient, w0),
          f32x4.mul(gradient, w1),
          f32x4.mul(gradient, w2),
          f32x4.mul(gradient, w3),
        );
      }
      t0 = f32x4.add(t0, s0);
      t1 = f32x4.add(t1, s1);
      t2 = f32x4.add(t2, s2);
      t3 = f32x4.add(t3, s3);
    }
    storeRow(dw + row, t0, t1, t2, t3);
  }
  if (dBias === 0) return;
  let sum: f64 = 0;
  for (let b = 0; b < B; b++) sum += <f64>load<f32>(d + <usize>b * stride);
  store<f32>(dBias, <f32>sum);
}
