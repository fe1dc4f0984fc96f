// Fusion, every loss of a batch and their gradients in closed form (DESIGN section 3), a row at a time: the branches'
// logits fill one vector. B rows of a batch or of a part of it, n ≤ 4 branches.

import { exp4, sigmoid4, softplus4 } from "./functions";
import { ROW } from "./matrix";

/**
 * logits `[B, n + 1]`: branches' logits in, the fused one is written beside them. `scores`: a panel with the fusion gate's
 * scores, whose place takes their gradients; 0: each branch weighs `equalWeight`. dLogits `[B, n]`.
 * The weights are those of the two losses in the gradients: 0 leaves one out.
 * `share`: 1 over the rows of the whole batch. sums: 11 float64: fused, weighted branches, teacher entropy, four branches, four distillations, each summed over rows.
 */
export function lossesAndGradients(
  B: i32,
  n: i32,
  share: f32,
  equalWeight: f32,
  clickWeight: f32,
  distillationWeight: f32,
  logits: usize,
  scores: usize,
  labels: usize,
  dLogits: usize,
  sums: usize,
): void {
  const lanes = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n));
  const clicked = clickWeight * share;
  const taught = n > 1 ? distillationWeight : 0;
  memory.fill(sums, 0, 11 * 8);
  for (let b = 0; b < B; b++) {
    const row = logits + ((<usize>(b * (n + 1))) << 2);
    const score = scores + <usize>b * ROW;
    const target = dLogits + ((<usize>(b * n)) << 2);
    let z = f32x4.splat(0);
    for (let i = 0; i < n; i++) z = withLane(z, i, load<f32>(row + ((<usize>i) << 2)));
    const w = scores === 0 ? v128.and(f32x4.splat(equalWeight), lanes) : softmax(v128.load(score), n, lanes);
    const f = total(f32x4.mul(z, w));
    store<f32>(row + ((<usize>n) << 2), f);

    const label = f32x4.splat(load<f32>(labels + ((<usize>b) << 2)));
    const fused = f32x4.splat(f);
    const teacher = sigmoid4(fused);
    const branchSoft = v128.and(softplus4(z), lanes);
    const byBranch = f32x4.sub(branchSoft, f32x4.mul(z, label));
    const byTeacher = f32x4.sub(branchSoft, f32x4.mul(z, teacher));
    const soft = softplus4(fused);
    add(sums, 0, f32x4.extract_lane(f32x4.sub(soft, f32x4.mul(fused, label)), 0));
    add(sums, 1, total(f32x4.mul(byBranch, w)));
    add(sums, 2, f32x4.extract_lane(f32x4.sub(soft, f32x4.mul(fused, teacher)), 0));
    add4(sums, 3, byBranch);
    add4(sums, 7, byTeacher);

    const dFused = f32x4.mul(f32x4.sub(teacher, label), f32x4.splat(clicked));
    const lesson = f32x4.mul(f32x4.sub(sigmoid4(z), teacher), f32x4.splat(taught * share));
    const dz = f32x4.add(f32x4.mul(dFused, w), lesson);
    for (let i = 0; i < n; i++) store<f32>(target + ((<usize>i) << 2), lane(dz, i));
    if (scores !== 0) v128.store(score, f32x4.mul(f32x4.mul(dFused, w), f32x4.sub(z, fused)));
  }
}

function softmax(scores: v128, n: i32, lanes: v128): v128 {
  let largest = f32x4.extract_lane(scores, 0);
  for (let i = 1; i < n; i++) largest = max(largest, lane(scores, i));
  const e = v128.and(exp4(f32x4.sub(scores, f32x4.splat(largest))), lanes);
  return f32x4.div(e, f32x4.splat(total(e)));
}

function total(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

function lane(x: v128, i: i32): f32 {
  if (i === 0) return f32x4.extract_lane(x, 0);
  if (i === 1) return f32x4.extract_lane(x, 1);
  if (i === 2) return f32x4.extract_lane(x, 2);
  return f32x4.extract_lane(x, 3);
}

function withLane(x: v128, i: i32, value: f32): v128 {
  if (i === 0) return f32x4.replace_lane(x, 0, value);
  if (i === 1) return f32x4.replace_lane(x, 1, value);
  if (i === 2) return f32x4.replace_lane(x, 2, value);
  return f32x4.replace_lane(x, 3, value);
}

function add(sums: usize, i: usize, value: f32): void {
  store<f64>(sums + (i << 3), load<f64>(sums + (i << 3)) + <f64>value);
}

function add4(sums: usize, i: usize, values: v128): void {
  add(sums, i, f32x4.extract_lane(values, 0));
  add(sums, i + 1, f32x4.extract_lane(values, 1));
  add(sums, i + 2, f32x4.extract_lane(values, 2));
  add(sums, i + 3, f32x4.extract_lane(values, 3));
}
