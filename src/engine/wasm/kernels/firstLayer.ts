// The first layer by unique ids, for several fields at once and a chunk of columns (src/engine/wasm/firstLayer.ts). The fields
// are fields[begin] … fields[end − 1]; the slots of field f are those from fieldStarts[f] to fieldStarts[f + 1].
// D embedding size; a field's weights are D rows of the shared ones.

import { segmentSum } from "./embedding";
import { columnAt, ROW } from "./matrix";
import { productColumns, productRows, transpose } from "./product";

/** out[u] = E[u]·W_f for the slots u of each field. */
export function projectFields(
  begin: i32,
  end: i32,
  fields: usize,
  fieldStarts: usize,
  D: i32,
  panels: i32,
  e: usize,
  ePanel: usize,
  weight: usize,
  weightPanel: usize,
  out: usize,
  outPanel: usize,
): void {
  for (let i = begin; i < end; i++) {
    const f = load<i32>(fields + ((<usize>i) << 2));
    const first = startOf(fieldStarts, f);
    const from = <usize>first * ROW;
    productRows(
      startOf(fieldStarts, f + 1) - first,
      16 * panels,
      D,
      e + from,
      ePanel,
      weight + <usize>(f * D) * ROW,
      weightPanel,
      out + from,
      outPanel,
      false,
    );
  }
}

/**
 * From x, the gradient of z by row: S[u], its sum over the rows of slot u; dW_f = E_fᵀ·S_f; and dE_f (+)= S_f·W_fᵀ. `transposed` has room
 * for a field's transposed weights, field after field.
 */
export function projectFieldsBackward(
  begin: i32,
  end: i32,
  fields: usize,
  fieldStarts: usize,
  D: i32,
  panels: i32,
  starts: usize,
  rows: usize,
  weights: usize,
  x: usize,
  xPanel: usize,
  sums: usize,
  sumsPanel: usize,
  weight: usize,
  dWeight: usize,
  dWeightPanel: usize,
  transposed: usize,
  e: usize,
  dE: usize,
  dEPanel: usize,
  accumulate: bool,
): void {
  const N = 16 * panels;
  const transposedPanel = <usize>N * ROW;
  for (let i = begin; i < end; i++) {
    const f = load<i32>(fields + ((<usize>i) << 2));
    const first = startOf(fieldStarts, f);
    const last = startOf(fieldStarts, f + 1);
    const from = <usize>first * ROW;
    const own = <usize>(f * D) * ROW;
    segmentSum(first, last, panels, starts, rows, weights, x, xPanel, sums, sumsPanel);
    productColumns(
      D,
      N,
      last - first,
      e + from,
      dEPanel,
      sums + from,
      sumsPanel,
      dWeight + own,
      dWeightPanel,
      false,
    );
    const ownTransposed = columnAt(transposed, transposedPanel, f * ((D + 15) & ~15));
    transpose(D, N, weight + own, dWeightPanel, ownTransposed, transposedPanel);
    productRows(
      last - first,
      D,
      N,
      sums + from,
      sumsPanel,
      ownTransposed,
      transposedPanel,
      dE + from,
      dEPanel,
      accumulate,
    );
  }
}

function startOf(fieldStarts: usize, f: i32): i32 {
  return load<i32>(fieldStarts + ((<usize>f) << 2));
}
