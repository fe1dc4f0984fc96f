// Linear and fm branches, whose weights lie behind the embeddings in the table: a slot's row has T columns, D of them the
// embedding. B rows, F fields. `pairs`: there is an fm branch; without one the first `skippedPanels` panels do not matter.

import { columnAt, ROW } from "./matrix";

// A long sum is taken in runs, so its rounding does not grow with the number of rows.
const RUN = 64;

/**
 * sums[b, c] = Σ_f weights[b, f]·e[slots[b, f], c] for rows b from `begin` to `end`; with `pairs` also
 * pairSums[b] = ½·Σ_{d < D} (sums[b, d]² − Σ_f (weights[b, f]·e[slots[b, f], d])²). `weights` 0: all of them are 1.
 */
export function wideSums(
  begin: i32,
  end: i32,
  F: i32,
  D: i32,
  pairs: bool,
  skippedPanels: i32,
  panels: i32,
  slots: usize,
  weights: usize,
  e: usize,
  ePanel: usize,
  sums: usize,
  sumsPanel: usize,
  pairSums: usize,
): void {
  const one = f32x4.splat(1);
  for (let b = begin; b < end; b++) {
    const row = (<usize>(b * F)) << 2;
    let total = f32x4.splat(0);
    for (let p = skippedPanels; p < panels; p++) {
      const from = e + <usize>p * ePanel;
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let q0 = s0;
      let q1 = s0;
      let q2 = s0;
      let q3 = s0;
      for (let f: usize = 0, last = (<usize>F) << 2; f < last; f += 4) {
        const at = from + <usize>load<i32>(slots + row + f) * ROW;
        const weight = weights === 0 ? one : v128.load_splat<f32>(weights + row + f);
        const x0 = f32x4.mul(weight, v128.load(at, 0));
        const x1 = f32x4.mul(weight, v128.load(at, 16));
        const x2 = f32x4.mul(weight, v128.load(at, 32));
        const x3 = f32x4.mul(weight, v128.load(at, 48));
        s0 = f32x4.add(s0, x0);
        s1 = f32x4.add(s1, x1);
        s2 = f32x4.add(s2, x2);
        s3 = f32x4.add(s3, x3);
        if (pairs) {
          q0 = f32x4.add(q0, f32x4.mul(x0, x0));
          q1 = f32x4.add(q1, f32x4.mul(x1, x1));
          q2 = f32x4.add(q2, f32x4.mul(x2, x2));
          q3 = f32x4.add(q3, f32x4.mul(x3, x3));
        }
      }
      const to = sums + <usize>p * sumsPanel + <usize>b * ROW;
      v128.store(to, s0, 0);
      v128.store(to, s1, 16);
      v128.store(to, s2, 32);
      v128.store(to, s3, 48);
      if (pairs) {
        const column = p << 4;
        total = f32x4.add(total, pairsOf(s0, q0, column, D));
        total = f32x4.add(total, pairsOf(s1, q1, column + 4, D));
        total = f32x4.add(total, pairsOf(s2, q2, column + 8, D));
        total = f32x4.add(total, pairsOf(s3, q3, column + 12, D));
      }
    }
    if (pairs) store<f32>(pairSums + ((<usize>b) << 2), 0.5 * add(total));
  }
}

/** A branch's logits: bias + sums[b, column] + pairSums[b]; `pairSums` 0: a linear branch. They lie `stride` bytes apart. */
export function wideLogits(
  begin: i32,
  end: i32,
  column: i32,
  bias: usize,
  sums: usize,
  sumsPanel: usize,
  pairSums: usize,
  logits: usize,
  stride: usize,
): void {
  const b0 = load<f32>(bias);
  const from = columnAt(sums, sumsPanel, column);
  for (let b = begin; b < end; b++) {
    let logit = b0 + load<f32>(from + <usize>b * ROW);
    if (pairSums !== 0) logit += load<f32>(pairSums + ((<usize>b) << 2));
    store<f32>(logits + <usize>b * stride, logit);
  }
}

/**
 * Gradients of the sums in their place, for rows from `begin` to `end`: a wide branch's logit gradient in its column behind
 * the embedding, and pairGradients[b], the sum of the fm branches', times the sums of the embeddings. `kinds` has two bits a
 * branch: whether it is wide, and whether it has pairs.
 */
export function wideGradients(
  begin: i32,
  end: i32,
  D: i32,
  skippedPanels: i32,
  panels: i32,
  n: i32,
  kinds: i32,
  dLogits: usize,
  sums: usize,
  sumsPanel: usize,
  pairGradients: usize,
): void {
  for (let b = begin; b < end; b++) {
    const d = dLogits + ((<usize>(b * n)) << 2);
    let pair: f32 = 0;
    for (let i = 0; i < n; i++) if ((kinds >> (2 * i)) & 2) pair += load<f32>(d + ((<usize>i) << 2));
    store<f32>(pairGradients + ((<usize>b) << 2), pair);
    const scale = f32x4.splat(pair);
    for (let p = skippedPanels; p < panels; p++) {
      const row = sums + <usize>p * sumsPanel + <usize>b * ROW;
      for (let v: usize = 0; v < ROW; v += 16) v128.store(row + v, f32x4.mul(v128.load(row + v), scale));
    }
    let column = D;
    for (let i = 0; i < n; i++)
      if ((kinds >> (2 * i)) & 1)
        store<f32>(columnAt(sums, sumsPanel, column++) + <usize>b * ROW, load<f32>(d + ((<usize>i) << 2)));
  }
}

/**
 * Gradients of the slots from `first` to `end`, over the positions i in [starts[u], starts[u + 1]) with row r = rows[i]:
 * out[u, c] = Σ weights[i]·sums[r, c], and of the embedding's columns, which with `accumulate` are added to what is there,
 * less e[u, c]·Σ weights[i]²·pairGradients[r], since an id makes no pair with itself. `weights` 0: all of them are 1.
 */
export function wideSegments(
  first: i32,
  end: i32,
  D: i32,
  pairs: bool,
  skippedPanels: i32,
  panels: i32,
  accumulate: bool,
  starts: usize,
  rows: usize,
  weights: usize,
  sums: usize,
  sumsPanel: usize,
  pairGradients: usize,
  e: usize,
  ePanel: usize,
  out: usize,
  outPanel: usize,
): void {
  for (let u = first; u < end; u++) {
    const begin = load<i32>(starts + ((<usize>u) << 2));
    const last = load<i32>(starts + ((<usize>(u + 1)) << 2));
    const own = pairs ? f32x4.splat(ownPairs(begin, last, rows, weights, pairGradients)) : f32x4.splat(0);
    for (let p = skippedPanels; p < panels; p++) {
      const from = sums + <usize>p * sumsPanel;
      let t0 = f32x4.splat(0);
      let t1 = t0;
      let t2 = t0;
      let t3 = t0;
      let i = begin;
      while (i < last) {
        const stop = min(last, i + RUN);
        let s0 = f32x4.splat(0);
        let s1 = s0;
        let s2 = s0;
        let s3 = s0;
        for (; i < stop; i++) {
          const row = from + <usize>load<i32>(rows + ((<usize>i) << 2)) * ROW;
          const weight = weights === 0 ? f32x4.splat(1) : v128.load_splat<f32>(weights + ((<usize>i) << 2));
          s0 = f32x4.add(s0, f32x4.mul(weight, v128.load(row, 0)));
          s1 = f32x4.add(s1, f32x4.mul(weight, v128.load(row, 16)));
          s2 = f32x4.add(s2, f32x4.mul(weight, v128.load(row, 32)));
          s3 = f32x4.add(s3, f32x4.mul(weight, v128.load(row, 48)));
        }
        t0 = f32x4.add(t0, s0);
        t1 = f32x4.add(t1, s1);
        t2 = f32x4.add(t2, s2);
        t3 = f32x4.add(t3, s3);
      }
      const at = <usize>p * ePanel + <usize>u * ROW;
      const to = out + <usize>p * outPanel + <usize>u * ROW;
      const column = p << 4;
      leave(t0, own, e + at, to, column, D, pairs, accumulate);
      leave(t1, own, e + at + 16, to + 16, column + 4, D, pairs, accumulate);
      leave(t2, own, e + at + 32, to + 32, column + 8, D, pairs, accumulate);
      leave(t3, own, e + at + 48, to + 48, column + 12, D, pairs, accumulate);
    }
  }
}

/** out = Σ of `count` numbers that lie `stride` bytes apart. */
export function sumStrided(count: i32, x: usize, stride: usize, out: usize): void {
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) sum += <f64>load<f32>(x + <usize>i * stride);
  store<f32>(out, <f32>sum);
}

/** Σ weights[i]²·pairGradients[rows[i]] */
function ownPairs(begin: i32, last: i32, rows: usize, weights: usize, pairGradients: usize): f32 {
  let sum: f64 = 0;
  for (let i = begin; i < last; i++) {
    const at = (<usize>i) << 2;
    const gradient = <f64>load<f32>(pairGradients + ((<usize>load<i32>(rows + at)) << 2));
    const weight = weights === 0 ? 1.0 : <f64>load<f32>(weights + at);
    sum += weight * weight * gradient;
  }
  return <f32>sum;
}

/** Four columns of a slot's gradient; those of the embedding are below D. */
function leave(
  sum: v128,
  own: v128,
  e: usize,
  out: usize,
  column: i32,
  D: i32,
  pairs: bool,
  accumulate: bool,
): void {
  const embedding = below(column, D);
  let value = pairs
    ? f32x4.sub(sum, v128.and(f32x4.mul(own, v128.load(e)), embedding))
    : v128.andnot(sum, embedding);
  if (accumulate) value = f32x4.add(value, v128.and(v128.load(out), embedding));
  v128.store(out, value);
}

function pairsOf(sum: v128, squares: v128, column: i32, D: i32): v128 {
  return v128.and(f32x4.sub(f32x4.mul(sum, sum), squares), below(column, D));
}

function below(column: i32, D: i32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(column), i32x4(0, 1, 2, 3)), i32x4.splat(D));
}

function add(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}
