// Feature gating (FuxiCTR): g = e·W + b across the fields. Field-major matrices `[F, B·D]` make that one product: column
// b·D + d of field f is embedding element d of row b. B rows, F fields, D embedding size.

import { columnAt, ROW } from "./matrix";

/** e[f, b·D + d] = weights[b, f]·table[ids[b, f], d] for rows b from `begin` to `end`, as in all that goes row by row here. */
export function lookupByField(
  begin: i32,
  end: i32,
  F: i32,
  D: i32,
  T: i32,
  table: usize,
  ids: usize,
  weights: usize,
  e: usize,
  ePanel: usize,
): void {
  for (let b = begin; b < end; b++)
    for (let f = 0; f < F; f++) {
      const at = (<usize>(b * F + f)) << 2;
      const row = table + <usize>load<i32>(ids + at) * ((<usize>T) << 2);
      const weight = load<f32>(weights + at);
      const out = e + <usize>f * ROW;
      for (let d = 0; d < D; d++)
        store<f32>(columnAt(out, ePanel, b * D + d), weight * load<f32>(row + ((<usize>d) << 2)));
    }
}

/** Row f becomes bias[f], over `panels` panels. */
export function fillFields(F: i32, panels: i32, bias: usize, g: usize, gPanel: usize): void {
  for (let p = 0; p < panels; p++)
    for (let f = 0; f < F; f++) {
      const value = v128.load_splat<f32>(bias + ((<usize>f) << 2));
      const at = g + <usize>p * gPanel + <usize>f * ROW;
      v128.store(at, value, 0);
      v128.store(at, value, 16);
      v128.store(at, value, 32);
      v128.store(at, value, 48);
    }
}

/** x[b, f·D + d] = e[f, b·D + d]·g[f, b·D + d]: the gated half of a branch's input. */
export function gateFields(
  begin: i32,
  end: i32,
  F: i32,
  D: i32,
  e: usize,
  g: usize,
  gPanel: usize,
  x: usize,
  xPanel: usize,
): void {
  for (let b = begin; b < end; b++)
    for (let f = 0; f < F; f++)
      for (let d = 0; d < D; d++) {
        const at = columnAt(<usize>f * ROW, gPanel, b * D + d);
        store<f32>(columnAt(x + <usize>b * ROW, xPanel, f * D + d), load<f32>(e + at) * load<f32>(g + at));
      }
}

/** From dx, the gradient of the gated half: de += dx⊙g, and g becomes dg = dx⊙e. */
export function gateFieldsBackward(
  begin: i32,
  end: i32,
  F: i32,
  D: i32,
  dx: usize,
  dxPanel: usize,
  e: usize,
  g: usize,
  de: usize,
  dePanel: usize,
): void {
  for (let b = begin; b < end; b++)
    for (let f = 0; f < F; f++)
      for (let d = 0; d < D; d++) {
        const at = columnAt(<usize>f * ROW, dePanel, b * D + d);
        const gradient = load<f32>(columnAt(dx + <usize>b * ROW, dxPanel, f * D + d));
        store<f32>(de + at, load<f32>(de + at) + gradient * load<f32>(g + at));
        store<f32>(g + at, gradient * load<f32>(e + at));
      }
}

/** out[f] = Σ over the first `columns` columns of row f, for f from `begin` to `end`. */
export function fieldSums(begin: i32, end: i32, columns: i32, g: usize, gPanel: usize, out: usize): void {
  for (let f = begin; f < end; f++) {
    let sum: f64 = 0;
    for (let c = 0; c < columns; c++) sum += <f64>load<f32>(columnAt(g + <usize>f * ROW, gPanel, c));
    store<f32>(out + ((<usize>f) << 2), <f32>sum);
  }
}

/**
 * out[f, f′] = Σ over the first `columns` columns of e[f]·dg[f′], for f from `begin` to `end`: the gradient of W. Panel by
 * panel, so each is read once; the sums under way lie in `totals`, F·F float64.
 */
export function fieldProducts(
  begin: i32,
  end: i32,
  F: i32,
  columns: i32,
  e: usize,
  dg: usize,
  dgPanel: usize,
  totals: usize,
  out: usize,
  outPanel: usize,
): void {
  const own = totals + ((<usize>(begin * F)) << 3);
  memory.fill(own, 0, (<usize>((end - begin) * F)) << 3);
  for (let c = 0; c < columns; c += 16) {
    const panel = columnAt(0, dgPanel, c);
    let total = own;
    for (let f = begin; f < end; f++) {
      const left = e + panel + <usize>f * ROW;
      const l0 = v128.load(left, 0);
      const l1 = v128.load(left, 16);
      const l2 = v128.load(left, 32);
      const l3 = v128.load(left, 48);
      const last = dg + panel + <usize>F * ROW;
      for (let right = dg + panel; right < last; right += ROW, total += 8) {
        let sum = f32x4.mul(l0, v128.load(right, 0));
        sum = f32x4.add(sum, f32x4.mul(l1, v128.load(right, 16)));
        sum = f32x4.add(sum, f32x4.mul(l2, v128.load(right, 32)));
        sum = f32x4.add(sum, f32x4.mul(l3, v128.load(right, 48)));
        store<f64>(
          total,
          load<f64>(total) +
            <f64>(
              (f32x4.extract_lane(sum, 0) +
                f32x4.extract_lane(sum, 1) +
                (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)))
            ),
        );
      }
    }
  }
  for (let f = begin; f < end; f++)
    for (let h = 0; h < F; h++)
      store<f32>(
        columnAt(out + <usize>f * ROW, outPanel, h),
        <f32>load<f64>(totals + ((<usize>(f * F + h)) << 3)),
      );
}

/** dEu[u, d] += Σ weights[i]·de[field, rows[i]·D + d] for one field's slots. */
export function segmentSumGated(
  first: i32,
  end: i32,
  D: i32,
  field: i32,
  starts: usize,
  rows: usize,
  weights: usize,
  de: usize,
  dePanel: usize,
  out: usize,
  outPanel: usize,
): void {
  const row = de + <usize>field * ROW;
  for (let u = first; u < end; u++) {
    const begin = load<i32>(starts + ((<usize>u) << 2));
    const last = load<i32>(starts + ((<usize>(u + 1)) << 2));
    for (let d = 0; d < D; d++) {
      let sum: f64 = 0;
      for (let i = begin; i < last; i++) {
        const at = (<usize>i) << 2;
        sum += <f64>(
          (load<f32>(weights + at) * load<f32>(columnAt(row, dePanel, load<i32>(rows + at) * D + d)))
        );
      }
      const target = columnAt(out, outPanel, d) + <usize>u * ROW;
      store<f32>(target, load<f32>(target) + <f32>sum);
    }
  }
}
