// The GPU kernel of fusion, every loss of a batch and their gradients in closed form (DESIGN section 3).

import { FUNCTIONS_WGSL } from "./functions.ts";
import { defineKernel } from "./kernel.ts";

/** Sums that the kernel leaves: fused, weighted branches, teacher entropy, 0, four branches, four distillations. */
export const LOSS_SUMS = 12;

/**
 * One workgroup over all rows; the branches' logits fill one vector. logits [B, n + 1]: the fused one is written beside the
 * branches', all of which weigh 1/n, or with `summed` 1 weigh 1. `gated` 1: fusion weights are the softmax of `scores`, whose place takes their gradients. dLogits [B, n].
 */
export const losses = defineKernel({
  name: "losses",
  numbers:
    "rows branches logits gated summed scores scoresStride labels dLogits sums clickWeight:f32 distillationWeight:f32",
  vectors: false,
  workgroupSize: [256],
  declarations: `${FUNCTIONS_WGSL}
var<workgroup> partial: array<vec4<f32>, 256>;
fn total(value: vec4<f32>, thread: u32) -> vec4<f32> {
  workgroupBarrier();
  partial[thread] = value;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (thread < half) { partial[thread] += partial[thread + half]; }
    workgroupBarrier();
  }
  return partial[0];
}
fn add(v: vec4<f32>) -> f32 { return (v.x + v.y) + (v.z + v.w); }`,
  body: `
  let n = p.branches;
  let lanes = vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(n);
  let none = vec4<f32>(0.0);
  var single = none;
  var byBranch = none;
  var byTeacher = none;
  for (var row = local.x; row < p.rows; row += 256u) {
    let at = p.logits + row * (n + 1u);
    var z = none;
    for (var i = 0u; i < n; i++) { z[i] = x[at + i]; }
    var w = select(none, vec4<f32>(select(1.0 / f32(n), 1.0, p.summed == 1u)), lanes);
    let scores = p.scores + row * p.scoresStride;
    if (p.gated == 1u) {
      var s = vec4<f32>(-3.0e38);
      for (var i = 0u; i < n; i++) { s[i] = x[scores + i]; }
      let largest = max(max(s.x, s.y), max(s.z, s.w));
      let e = select(none, exp(s - largest), lanes);
      w = e / add(e);
    }
    let f = add(z * w);
    x[at + n] = f;
    let label = x[p.labels + row];
    let fused = vec4<f32>(f);
    let teacher = sigmoid4(fused);
    let softBranches = select(none, softplus4(z), lanes);
    let soft = softplus4(fused).x;
    byBranch += softBranches - z * label;
    byTeacher += softBranches - z * teacher;
    single += vec4<f32>(soft - f * label, add((softBranches - z * label) * w), soft - f * teacher.x, 0.0);
    let dFused = p.clickWeight * (teacher.x - label) / f32(p.rows);
    var dz = dFused * w;
    if (n > 1u) { dz += p.distillationWeight * (sigmoid4(z) - teacher) / f32(p.rows); }
    for (var i = 0u; i < n; i++) { x[p.dLogits + row * n + i] = dz[i]; }
    if (p.gated == 1u) {
      let ds = dFused * w * (z - fused);
      for (var i = 0u; i < n; i++) { x[scores + i] = ds[i]; }
    }
  }
  var sums = array<vec4<f32>, 3>(total(single, local.x), total(byBranch, local.x), total(byTeacher, local.x));
  if (local.x == 0u) {
    for (var j = 0u; j < 3u; j++) {
      for (var i = 0u; i < 4u; i++) { x[p.sums + 4u * j + i] = sums[j][i]; }
    }
  }`,
});
