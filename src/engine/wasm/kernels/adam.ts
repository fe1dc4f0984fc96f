// Adam (src/model/adam.ts), fused with L2 for the embedding table: one pass reads and writes parameter and both moments.
// Moments below float32's smallest normal number become 0: they move nothing, and arithmetic on them is slow.

import { columnAt, ROW } from "./matrix";

const LEAST: f32 = 1.17549435e-38;

// The factors of a step lie on the heap: β₁, 1 − β₁, β₂, 1 − β₂, rate, secondScale, ε.

/** Every one of `count` parameters by its gradient; count is a multiple of 4. */
export function adam(
  count: i32,
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  factors: usize,
): void {
  moveAll((<usize>count) << 2, 0, gradients, parameters, first, second, factors);
}

/**
 * Rows `begin` to `end` of the table `[V, T]`: those of the batch by their gradients, the sum over each row's slots, plus
 * l2·E; with `dense` every other row by l2·E alone. The batch's rows are rows[r] for r from `firstTouched` to `endTouched`,
 * ascending; row r of them has the slots slots[starts[r]] … slots[starts[r + 1] − 1].
 * Leaves Σ E² before the update, over the rows that L2 acts on, as a float64.
 */
export function adamTable(
  begin: i32,
  end: i32,
  T: i32,
  dense: bool,
  l2: f32,
  firstTouched: i32,
  endTouched: i32,
  rows: usize,
  starts: usize,
  slots: usize,
  gradients: usize,
  gradientsPanel: usize,
  table: usize,
  first: usize,
  second: usize,
  factors: usize,
  sum: usize,
): void {
  const width = (<usize>T) << 2;
  let squares: f64 = 0;
  let next = <usize>begin;
  for (let r = firstTouched; r < endTouched; r++) {
    const row = <usize>load<i32>(rows + ((<usize>r) << 2));
    if (dense) squares += decayRows(next * width, row * width, l2, table, first, second, factors);
    next = row + 1;
    squares += moveRow(
      T,
      l2,
      load<i32>(starts + ((<usize>r) << 2)),
      load<i32>(starts + ((<usize>(r + 1)) << 2)),
      slots,
      gradients,
      gradientsPanel,
      row * width,
      table,
      first,
      second,
      factors,
    );
  }
  if (dense) squares += decayRows(next * width, <usize>end * width, l2, table, first, second, factors);
  store<f64>(sum, squares);
}

/** `count` numbers become `factor` times themselves; count is a multiple of 4. */
export function scale(count: i32, x: usize, factor: f32): void {
  const times = f32x4.splat(factor);
  for (let at = x, end = x + ((<usize>count) << 2); at < end; at += 16)
    v128.store(at, f32x4.mul(v128.load(at), times));
}

/** Leaves Σ g² over the gradients g that `adamTable` moves the same rows by. */
export function tableGradientSquares(
  begin: i32,
  end: i32,
  T: i32,
  dense: bool,
  l2: f32,
  firstTouched: i32,
  endTouched: i32,
  rows: usize,
  starts: usize,
  slots: usize,
  gradients: usize,
  gradientsPanel: usize,
  table: usize,
  sum: usize,
): void {
  const width = (<usize>T) << 2;
  let total: f64 = 0;
  let next = begin;
  for (let r = firstTouched; r < endTouched; r++) {
    const row = load<i32>(rows + ((<usize>r) << 2));
    if (dense) total += <f64>l2 * <f64>l2 * squares((row - next) * T, table + <usize>next * width);
    next = row + 1;
    const first = load<i32>(starts + ((<usize>r) << 2));
    const last = load<i32>(starts + ((<usize>(r + 1)) << 2));
    for (let d = 0; d < T; d++) {
      const decayed = load<f32>(table + <usize>row * width + ((<usize>d) << 2)) * l2;
      const gradient = addSlots(decayed, first, last, slots, columnAt(gradients, gradientsPanel, d));
      total += <f64>gradient * <f64>gradient;
    }
  }
  if (dense) total += <f64>l2 * <f64>l2 * squares((end - next) * T, table + <usize>next * width);
  store<f64>(sum, total);
}

/** Σ x² of `count` numbers. */
export function squares(count: i32, x: usize): f64 {
  let sum: f64 = 0;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const value = v128.load(x + ((<usize>i) << 2));
    sum += total(f32x4.mul(value, value));
  }
  for (; i < count; i++) {
    const value = load<f32>(x + ((<usize>i) << 2));
    sum += <f64>(value * value);
  }
  return sum;
}

/** One row of the batch. Returns the sum of its squares before. */
function moveRow(
  T: i32,
  l2: f32,
  begin: i32,
  end: i32,
  slots: usize,
  gradients: usize,
  gradientsPanel: usize,
  at: usize,
  table: usize,
  first: usize,
  second: usize,
  factors: usize,
): f64 {
  let sum: f64 = 0;
  let d = 0;
  for (; d + 4 <= T; d += 4) {
    const place = at + ((<usize>d) << 2);
    const value = v128.load(table + place);
    let gradient = f32x4.mul(value, f32x4.splat(l2));
    const column = columnAt(gradients, gradientsPanel, d);
    for (let i = begin; i < end; i++)
      gradient = f32x4.add(gradient, v128.load(column + <usize>load<i32>(slots + ((<usize>i) << 2)) * ROW));
    sum += total(f32x4.mul(value, value));
    move4(table + place, first + place, second + place, gradient, factors);
  }
  for (; d < T; d++) {
    const place = at + ((<usize>d) << 2);
    const value = load<f32>(table + place);
    const gradient = addSlots(value * l2, begin, end, slots, columnAt(gradients, gradientsPanel, d));
    sum += <f64>(value * value);
    move1(table + place, first + place, second + place, gradient, factors);
  }
  return sum;
}

/** `gradient` and those of a row's slots, in one column. */
function addSlots(gradient: f32, begin: i32, end: i32, slots: usize, column: usize): f32 {
  for (let i = begin; i < end; i++)
    gradient += load<f32>(column + <usize>load<i32>(slots + ((<usize>i) << 2)) * ROW);
  return gradient;
}

/** Rows that are not in the batch, from byte `from` to byte `to`. Returns the sum of their squares before. */
function decayRows(
  from: usize,
  to: usize,
  l2: f32,
  table: usize,
  first: usize,
  second: usize,
  factors: usize,
): f64 {
  return moveAll(to - from, l2, 0, table + from, first + from, second + from, factors);
}

/**
 * Parameters that lie side by side, `bytes` of them, by their gradients, or, where `gradients` is 0, by l2 times themselves: only
 * then it returns the sum of their squares before. Two vectors at a time, step by step: square roots and divisions take
 * long, and one vector after the other fills the processor with what waits for them (7.1 ns a vector, so 5.3).
 */
function moveAll(
  bytes: usize,
  l2: f32,
  gradients: usize,
  parameters: usize,
  first: usize,
  second: usize,
  factors: usize,
): f64 {
  let sum: f64 = 0;
  let at: usize = 0;
  const scale = f32x4.splat(l2);
  const keptFirst = v128.load_splat<f32>(factors, 0);
  const newFirst = v128.load_splat<f32>(factors, 4);
  const keptSecond = v128.load_splat<f32>(factors, 8);
  const newSecond = v128.load_splat<f32>(factors, 12);
  const rate = v128.load_splat<f32>(factors, 16);
  const secondScale = v128.load_splat<f32>(factors, 20);
  const epsilon = v128.load_splat<f32>(factors, 24);
  for (; at + 32 <= bytes; at += 32) {
    const p = parameters + at;
    const p0 = v128.load(p, 0);
    const p1 = v128.load(p, 16);
    let g0: v128;
    let g1: v128;
    if (gradients === 0) {
      g0 = f32x4.mul(p0, scale);
      g1 = f32x4.mul(p1, scale);
      sum += total(f32x4.mul(p0, p0));
      sum += total(f32x4.mul(p1, p1));
    } else {
      g0 = v128.load(gradients + at, 0);
      g1 = v128.load(gradients + at, 16);
    }
    const m = first + at;
    const m0 = normal4(f32x4.add(f32x4.mul(v128.load(m, 0), keptFirst), f32x4.mul(g0, newFirst)));
    const m1 = normal4(f32x4.add(f32x4.mul(v128.load(m, 16), keptFirst), f32x4.mul(g1, newFirst)));
    const v = second + at;
    const v0 = normal4(
      f32x4.add(f32x4.mul(v128.load(v, 0), keptSecond), f32x4.mul(f32x4.mul(g0, g0), newSecond)),
    );
    const v1 = normal4(
      f32x4.add(f32x4.mul(v128.load(v, 16), keptSecond), f32x4.mul(f32x4.mul(g1, g1), newSecond)),
    );
    const root0 = f32x4.sqrt(f32x4.mul(v0, secondScale));
    const root1 = f32x4.sqrt(f32x4.mul(v1, secondScale));
    v128.store(m, m0, 0);
    v128.store(m, m1, 16);
    v128.store(v, v0, 0);
    v128.store(v, v1, 16);
    const change0 = f32x4.div(f32x4.mul(m0, rate), f32x4.add(root0, epsilon));
    const change1 = f32x4.div(f32x4.mul(m1, rate), f32x4.add(root1, epsilon));
    v128.store(p, f32x4.sub(p0, change0), 0);
    v128.store(p, f32x4.sub(p1, change1), 16);
  }
  if (at + 16 <= bytes) {
    const value = v128.load(parameters + at);
    if (gradients === 0) sum += total(f32x4.mul(value, value));
    const gradient = gradients === 0 ? f32x4.mul(value, scale) : v128.load(gradients + at);
    move4(parameters + at, first + at, second + at, gradient, factors);
    at += 16;
  }
  for (; at < bytes; at += 4) {
    const value = load<f32>(parameters + at);
    if (gradients === 0) sum += <f64>(value * value);
    const gradient = gradients === 0 ? value * l2 : load<f32>(gradients + at);
    move1(parameters + at, first + at, second + at, gradient, factors);
  }
  return sum;
}

function move4(parameter: usize, first: usize, second: usize, g: v128, factors: usize): void {
  const m = normal4(
    f32x4.add(
      f32x4.mul(v128.load(first), v128.load_splat<f32>(factors, 0)),
      f32x4.mul(g, v128.load_splat<f32>(factors, 4)),
    ),
  );
  const v = normal4(
    f32x4.add(
      f32x4.mul(v128.load(second), v128.load_splat<f32>(factors, 8)),
      f32x4.mul(f32x4.mul(g, g), v128.load_splat<f32>(factors, 12)),
    ),
  );
  const root = f32x4.sqrt(f32x4.mul(v, v128.load_splat<f32>(factors, 20)));
  const change = f32x4.div(
    f32x4.mul(m, v128.load_splat<f32>(factors, 16)),
    f32x4.add(root, v128.load_splat<f32>(factors, 24)),
  );
  v128.store(parameter, f32x4.sub(v128.load(parameter), change));
  v128.store(first, m);
  v128.store(second, v);
}

function move1(parameter: usize, first: usize, second: usize, g: f32, factors: usize): void {
  const m = normal1(load<f32>(first) * load<f32>(factors, 0) + g * load<f32>(factors, 4));
  const v = normal1(load<f32>(second) * load<f32>(factors, 8) + g * g * load<f32>(factors, 12));
  const root = sqrt<f32>(v * load<f32>(factors, 20));
  const change = (m * load<f32>(factors, 16)) / (root + load<f32>(factors, 24));
  store<f32>(parameter, load<f32>(parameter) - change);
  store<f32>(first, m);
  store<f32>(second, v);
}

function normal4(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(LEAST)));
}

function normal1(x: f32): f32 {
  return abs<f32>(x) < LEAST ? 0 : x;
}

function total(x: v128): f64 {
  return <f64>(
    (f32x4.extract_lane(x, 0) +
      f32x4.extract_lane(x, 1) +
      (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3)))
  );
}
