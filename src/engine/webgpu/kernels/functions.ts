// WGSL of exp's relatives, by the same polynomials as the WASM kernels (wasm/kernels/functions.ts): WGSL's own tanh may
// overflow, and 1 − e^−2x loses a small x.

import { FUNCTIONS } from "../../../model/config.ts";

const [LINEAR, RELU, TANH, SIGMOID] = FUNCTIONS.map((_, i) => `${i}u`);

export const FUNCTIONS_WGSL = `
fn tanh4(v: vec4<f32>) -> vec4<f32> {
  let size = abs(v);
  let z = v * v;
  var q = z * -5.70498872745e-3 + 2.06390887954e-2;
  q = q * z - 5.37397155531e-2;
  q = q * z + 1.33314422036e-1;
  q = q * z - 3.33332819422e-1;
  let small = q * z * v + v;
  let large = sign(v) * (1.0 - 2.0 / (exp(2.0 * min(size, vec4<f32>(40.0))) + 1.0));
  return select(small, large, size > vec4<f32>(0.625));
}
fn sigmoid4(v: vec4<f32>) -> vec4<f32> { return 1.0 / (1.0 + exp(-clamp(v, vec4<f32>(-87.0), vec4<f32>(87.0)))); }
fn softplus4(v: vec4<f32>) -> vec4<f32> {
  let e = exp(-min(abs(v), vec4<f32>(87.0)));
  let s = e / (e + 2.0);
  let z = s * s;
  var q = z / 15.0 + 1.0 / 13.0;
  q = q * z + 1.0 / 11.0;
  q = q * z + 1.0 / 9.0;
  q = q * z + 1.0 / 7.0;
  q = q * z + 1.0 / 5.0;
  q = q * z + 1.0 / 3.0;
  q = q * z + 1.0;
  return max(v, vec4<f32>(0.0)) + 2.0 * s * q;
}
fn apply4(v: vec4<f32>, kind: u32) -> vec4<f32> {
  switch kind {
    case ${TANH}: { return tanh4(v); }
    case ${RELU}: { return max(v, vec4<f32>(0.0)); }
    case ${SIGMOID}: { return sigmoid4(v); }
    default: { return v; }
  }
}
/** The slope of a function where it took the value s. */
fn slope4(s: vec4<f32>, kind: u32) -> vec4<f32> {
  switch kind {
    case ${LINEAR}: { return vec4<f32>(1.0); }
    case ${TANH}: { return 1.0 - s * s; }
    case ${RELU}: { return select(vec4<f32>(0.0), vec4<f32>(1.0), s > vec4<f32>(0.0)); }
    default: { return s * (1.0 - s); }
  }
}
`.replace(/\/\*\*.*?\*\//g, "");
