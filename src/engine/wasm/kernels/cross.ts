// DCN-v2's cross layer beside its product: u = x_l·W_l + b_l. B rows; all matrices are as wide as the input.

import { ROW } from "./matrix";

/** out = x₀⊙u + x */
export function crossForward(
  B: i32,
  panels: i32,
  x0: usize,
  x0Panel: usize,
  u: usize,
  uPanel: usize,
  x: usize,
  xPanel: usize,
  out: usize,
  outPanel: usize,
): void {
  for (let p: usize = 0; p < <usize>panels; p++) {
    const from = x0 + p * x0Panel;
    const up = u + p * uPanel;
    const xp = x + p * xPanel;
    const to = out + p * outPanel;
    for (let at: usize = 0, end = <usize>B * ROW; at < end; at += 16)
      v128.store(to + at, f32x4.add(f32x4.mul(v128.load(from + at), v128.load(up + at)), v128.load(xp + at)));
  }
}

/**
 * From d, the gradient of the layer's output: x₀'s gradient dx₀ += d⊙u, and u becomes du = d⊙x₀. The first layer's input is
 * x₀ itself, so there dx₀ takes d too; of a later layer d is what reaches its input beside the product.
 */
export function crossBackward(
  B: i32,
  panels: i32,
  isFirst: bool,
  x0: usize,
  x0Panel: usize,
  u: usize,
  uPanel: usize,
  d: usize,
  dPanel: usize,
  dx0: usize,
  dx0Panel: usize,
): void {
  for (let p: usize = 0; p < <usize>panels; p++) {
    const from = x0 + p * x0Panel;
    const up = u + p * uPanel;
    const dp = d + p * dPanel;
    const to = dx0 + p * dx0Panel;
    for (let at: usize = 0, end = <usize>B * ROW; at < end; at += 16) {
      const gradient = v128.load(dp + at);
      let through = f32x4.mul(gradient, v128.load(up + at));
      if (isFirst) through = f32x4.add(through, gradient);
      v128.store(to + at, f32x4.add(v128.load(to + at), through));
      v128.store(up + at, f32x4.mul(gradient, v128.load(from + at)));
    }
  }
}
