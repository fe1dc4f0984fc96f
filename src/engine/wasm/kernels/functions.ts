// exp, tanh, σ and ln(1 + x) of four numbers, by polynomials (Cephes' expf; tanh as in Eigen), so they repeat everywhere.

import { multiplyAdd } from "./multiplyAdd";

/** eˣ; x is held within ±87, so the result is a normal number. Relative error below 2e-7. */
export function exp4(x: v128): v128 {
  x = f32x4.max(f32x4.min(x, f32x4.splat(87)), f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(<f32>Math.LOG2E)));
  // ln 2 in two parts, the first exact in few bits.
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** tanh x = x·p(x²)/q(x²), a minimax approximation; from |x| = 7.9 on the result is ±1. Relative error below 3e-7. */
function tanh4(x: v128): v128 {
  x = f32x4.max(f32x4.min(x, f32x4.splat(7.905311)), f32x4.splat(-7.905311));
  const z = f32x4.mul(x, x);
  let p = multiplyAdd(z, f32x4.splat(-2.76076847742355e-16), f32x4.splat(2.00018790482477e-13));
  p = multiplyAdd(z, p, f32x4.splat(-8.60467152213735e-11));
  p = multiplyAdd(z, p, f32x4.splat(5.12229709037114e-8));
  p = multiplyAdd(z, p, f32x4.splat(1.48572235717979e-5));
  p = multiplyAdd(z, p, f32x4.splat(6.37261928875436e-4));
  p = multiplyAdd(z, p, f32x4.splat(4.89352455891786e-3));
  let q = multiplyAdd(z, f32x4.splat(1.19825839466702e-6), f32x4.splat(1.18534705686654e-4));
  q = multiplyAdd(z, q, f32x4.splat(2.268434632439e-3));
  q = multiplyAdd(z, q, f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** 1/(1 + e⁻ˣ) */
export function sigmoid4(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(x))));
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|), the logarithm as 2·artanh(e/(2 + e)). */
export function softplus4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const s = f32x4.div(e, f32x4.add(e, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let p = f32x4.splat(1.0 / 15.0);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 13.0));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 11.0));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 9.0));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 7.0));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 5.0));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 3.0));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1));
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), f32x4.mul(f32x4.add(s, s), p));
}

// How a gate σ or an activation is named to the kernels: its place in the configuration's list of functions.
export const LINEAR = 0;
export const RELU = 1;
export const TANH = 2;
export const SIGMOID = 3;

/**
 * Every x from byte `at` to byte `end` becomes σ(x). tanh4 is called here alone, so that the compiler puts it into the
 * loop: a call for every vector costs twice what it computes.
 */
export function apply(at: usize, end: usize, kind: i32): void {
  if (kind === TANH) for (; at < end; at += 16) v128.store(at, tanh4(v128.load(at)));
  if (kind === RELU)
    for (const zero = f32x4.splat(0); at < end; at += 16) v128.store(at, f32x4.max(v128.load(at), zero));
  if (kind === SIGMOID) for (; at < end; at += 16) v128.store(at, sigmoid4(v128.load(at)));
}

/** σ′ where σ took the value s. */
export function slope4(s: v128, kind: i32): v128 {
  const one = f32x4.splat(1);
  if (kind === TANH) return f32x4.sub(one, f32x4.mul(s, s));
  if (kind === RELU) return v128.and(one, f32x4.gt(s, f32x4.splat(0)));
  if (kind === SIGMOID) return f32x4.mul(s, f32x4.sub(one, s));
  return one;
}
