// Embeddings by unique ids: a slot is one id of one field in the batch (src/engine/idGroups.ts). B rows, U slots,
// F fields, D embedding size. The table is row-major [V, T], embeddings first; everything else lies in panels.

import { columnAt, ROW } from "./matrix";
import { multiplyAdd } from "./multiplyAdd";

/** out[u] = table[ids[u]] */
export function gatherRows(U: i32, T: i32, table: usize, ids: usize, out: usize, outPanel: usize): void {
  const width = (<usize>T) << 2;
  for (let u = 0; u < U; u++) {
    const row = table + <usize>load<i32>(ids + ((<usize>u) << 2)) * width;
    const to = out + <usize>u * ROW;
    let c = 0;
    for (; c + 4 <= T; c += 4) v128.store(columnAt(to, outPanel, c), v128.load(row + ((<usize>c) << 2)));
    for (; c < T; c++) store<f32>(columnAt(to, outPanel, c), load<f32>(row + ((<usize>c) << 2)));
  }
}

/**
 * z[b] = (accumulate ? z[b] : bias) + Σ_j weights[b, j]·p[slots[b, j]] over the `fields` fields that go by unique ids.
 * `weights` 0: all of them are 1.
 */
export function gatherSum(
  B: i32,
  fields: i32,
  panels: i32,
  slots: usize,
  weights: usize,
  projected: usize,
  projectedPanel: usize,
  z: usize,
  zPanel: usize,
): void {
  for (let p = 0; p < panels; p++) {
    const from = projected + <usize>p * projectedPanel;
    let at = z + <usize>p * zPanel;
    let s = slots;
    let w = weights;
    const rowBytes = (<usize>fields) << 2;
    for (let b = 0; b < B; b++) {
      let z0 = v128.load(at, 0);
      let z1 = v128.load(at, 16);
      let z2 = v128.load(at, 32);
      let z3 = v128.load(at, 48);
      const end = s + rowBytes;
      if (weights === 0) {
        for (; s < end; s += 4) {
          const row = from + <usize>load<i32>(s) * ROW;
          z0 = f32x4.add(z0, v128.load(row, 0));
          z1 = f32x4.add(z1, v128.load(row, 16));
          z2 = f32x4.add(z2, v128.load(row, 32));
          z3 = f32x4.add(z3, v128.load(row, 48));
        }
      } else {
        for (; s < end; s += 4, w += 4) {
          const row = from + <usize>load<i32>(s) * ROW;
          const weight = v128.load_splat<f32>(w);
          z0 = multiplyAdd(weight, v128.load(row, 0), z0);
          z1 = multiplyAdd(weight, v128.load(row, 16), z1);
          z2 = multiplyAdd(weight, v128.load(row, 32), z2);
          z3 = multiplyAdd(weight, v128.load(row, 48), z3);
        }
      }
      v128.store(at, z0, 0);
      v128.store(at, z1, 16);
      v128.store(at, z2, 32);
      v128.store(at, z3, 48);
      at += ROW;
    }
  }
}

// A long sum is taken in runs, so its rounding does not grow with the number of rows.
const RUN = 64;

/**
 * out[u] = Σ weights[i]·x[rows[i]] over the positions i in [starts[u], starts[u + 1]), in their order.
 * `weights` 0: all of them are 1. Slots from `first` to `end`.
 */
export function segmentSum(
  first: i32,
  end: i32,
  panels: i32,
  starts: usize,
  rows: usize,
  weights: usize,
  x: usize,
  xPanel: usize,
  out: usize,
  outPanel: usize,
): void {
  for (let p = 0; p < panels; p++) {
    const from = x + <usize>p * xPanel;
    const to = out + <usize>p * outPanel;
    let i = load<i32>(starts + ((<usize>first) << 2));
    for (let u = first; u < end; u++) {
      const last = load<i32>(starts + ((<usize>(u + 1)) << 2));
      let t0 = f32x4.splat(0);
      let t1 = t0;
      let t2 = t0;
      let t3 = t0;
      while (i < last) {
        const stop = min(last, i + RUN);
        let s0 = f32x4.splat(0);
        let s1 = s0;
        let s2 = s0;
        let s3 = s0;
        for (; i < stop; i++) {
          const row = from + <usize>load<i32>(rows + ((<usize>i) << 2)) * ROW;
          if (weights === 0) {
            s0 = f32x4.add(s0, v128.load(row, 0));
            s1 = f32x4.add(s1, v128.load(row, 16));
            s2 = f32x4.add(s2, v128.load(row, 32));
            s3 = f32x4.add(s3, v128.load(row, 48));
          } else {
            const weight = v128.load_splat<f32>(weights + ((<usize>i) << 2));
            s0 = multiplyAdd(weight, v128.load(row, 0), s0);
            s1 = multiplyAdd(weight, v128.load(row, 16), s1);
            s2 = multiplyAdd(weight, v128.load(row, 32), s2);
            s3 = multiplyAdd(weight, v128.load(row, 48), s3);
          }
        }
        t0 = f32x4.add(t0, s0);
        t1 = f32x4.add(t1, s1);
        t2 = f32x4.add(t2, s2);
        t3 = f32x4.add(t3, s3);
      }
      const row = to + <usize>u * ROW;
      v128.store(row, t0, 0);
      v128.store(row, t1, 16);
      v128.store(row, t2, 32);
      v128.store(row, t3, 48);
    }
  }
}

/** x[b, column + d] = weights[b, field]·table[ids[b, field], d]: the plain input of one of F fields. */
export function lookupField(
  B: i32,
  F: i32,
  D: i32,
  T: i32,
  field: i32,
  column: i32,
  table: usize,
  ids: usize,
  weights: usize,
  x: usize,
  xPanel: usize,
): void {
  for (let b = 0; b < B; b++) {
    const at = (<usize>(b * F + field)) << 2;
    const row = table + <usize>load<i32>(ids + at) * ((<usize>T) << 2);
    const weight = load<f32>(weights + at);
    const out = x + <usize>b * ROW;
    for (let d = 0; d < D; d++)
      store<f32>(columnAt(out, xPanel, column + d), weight * load<f32>(row + ((<usize>d) << 2)));
  }
}

/** out[u, d] += Σ weights[i]·x[rows[i], column + d] for one field's slots: the plain input's gradient, by id. */
export function segmentSumField(
  first: i32,
  end: i32,
  D: i32,
  column: i32,
  starts: usize,
  rows: usize,
  weights: usize,
  x: usize,
  xPanel: usize,
  out: usize,
  outPanel: usize,
): void {
  for (let u = first; u < end; u++) {
    const begin = load<i32>(starts + ((<usize>u) << 2));
    const last = load<i32>(starts + ((<usize>(u + 1)) << 2));
    for (let d = 0; d < D; d++) {
      const source = columnAt(x, xPanel, column + d);
      let sum: f64 = 0;
      for (let i = begin; i < last; i++) {
        const row = <usize>load<i32>(rows + ((<usize>i) << 2)) * ROW;
        sum += <f64>(load<f32>(weights + ((<usize>i) << 2)) * load<f32>(source + row));
      }
      const target = columnAt(out, outPanel, d) + <usize>u * ROW;
      store<f32>(target, load<f32>(target) + <f32>sum);
    }
  }
}
