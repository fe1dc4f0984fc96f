/**
 * c + a·b of four numbers. With relaxed SIMD in one instruction that rounds once, where the processor has it; else the
 * product is rounded before the sum is.
 */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}
