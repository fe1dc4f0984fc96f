// The first layer, whose input is embeddings (DESIGN section 5, items 1 to 4): z = bias + Σ_f weight·(E[id_f]·W_f) for the
// columns of every branch and of the fusion gate at once. A field's ids are projected once each and added up by row; or,
// where that would not pay, its embeddings are looked up and multiplied row by row.
// B rows, N columns, F fields, D embedding size, U slots.

import type { CostMeter } from "../cost.ts";
import type { FieldChoice } from "../fieldChoice.ts";
import type { IdGroups } from "../idGroups.ts";
import { type Plan, padded } from "../plan.ts";
import { floatsAt, fromColumn, integersAt, type Panels, panelsOf, ROW } from "./heap.ts";
import type { KernelExports, TfjsHeap } from "./kernels.ts";
import { CHUNK_FLOATS, MOST_CHUNK_PANELS, type State, type Work } from "./memory.ts";

export interface FirstLayer {
  /** Hands a batch's ids to the kernels; returns the bytes copied. */
  load(groups: IdGroups, choice: FieldChoice, batch: { ids: Int32Array; weights: Float32Array }): number;
  /** Fills the shared projection. */
  forward(): void;
  /** From the shared projection's gradient, in its place: those of the shared weights and of every slot's embedding. */
  backward(): void;
}

export function createFirstLayer(
  kernels: KernelExports,
  heap: TfjsHeap,
  plan: Plan,
  state: State,
  work: Work,
  meter: CostMeter,
): FirstLayer {
  const { fields: F, embeddingDim: D } = plan;
  const N = plan.shared.weight.columns;
  const paddedD = padded(D);
  const weight = panelsOf(state.parameters, plan.shared.weight);
  const weightGradient = panelsOf(state.gradients, plan.shared.weight);
  let groups: IdGroups;
  let choice: FieldChoice;
  let slotWeights = 0;
  let positionWeights = 0;
  let chunkPanels = 0;

  const slotCount = () => groups.fieldStarts[F]!;
  /** Field f's slots. */
  const range = (f: number) => ({
    start: groups.fieldStarts[f]!,
    count: groups.fieldStarts[f + 1]! - groups.fieldStarts[f]!,
  });
  /** Field f's rows of a matrix whose rows are F·D. */
  const fieldRows = ({ at, panel }: Panels, f: number): Panels => ({ at: at + f * D * ROW, panel });
  const slotRows = ({ at, panel }: Panels, start: number): Panels => ({ at: at + start * ROW, panel });

  /** Calls `visit` for chunks of columns: their first column, their panels, and the matrix that holds them by slot. */
  function forEachChunk(visit: (column: number, panels: number, bySlot: Panels) => void): void {
    for (let column = 0; column < N; column += 16 * chunkPanels)
      visit(column, Math.min(chunkPanels, (N - column) / 16), { at: work.chunk, panel: slotCount() * ROW });
  }

  function projectUnique(): void {
    if (choice.unique.length === 0) return;
    const B = groups.rowCount;
    forEachChunk((column, panels, bySlot) => {
      const columns = fromColumn(weight, column);
      for (const f of choice.unique) {
        const { start, count } = range(f);
        const [a, b, c] = [slotRows(work.embeddings, start), fieldRows(columns, f), slotRows(bySlot, start)];
        kernels.productRows(count, 16 * panels, D, a.at, a.panel, b.at, b.panel, c.at, c.panel, 0);
        meter.product(count, 16 * panels, D);
      }
      const z = fromColumn(work.shared, column);
      const unique = choice.unique.length;
      kernels.gatherSum(
        ...[B, unique, panels, work.slots, slotWeights],
        ...[bySlot.at, bySlot.panel, z.at, z.panel],
      );
      meter.additions(B * unique * 16 * panels);
    });
  }

  function projectUniqueBackward(): void {
    if (choice.unique.length === 0) return;
    const { embeddings, embeddingGradients } = work;
    forEachChunk((column, panels, bySlot) => {
      const dz = fromColumn(work.shared, column);
      const columns = fromColumn(weight, column);
      const dColumns = fromColumn(weightGradient, column);
      const transposed = { at: work.chunkTransposed, panel: 16 * panels * ROW };
      for (const f of choice.unique) {
        const { start, count } = range(f);
        kernels.segmentSum(
          ...[start, start + count, panels, work.positionStarts, work.positions, positionWeights],
          ...[dz.at, dz.panel, bySlot.at, bySlot.panel],
        );
        meter.additions(groups.rowCount * 16 * panels);
        const [e, de] = [slotRows(embeddings, start), slotRows(embeddingGradients, start)];
        const [sums, w, dw] = [slotRows(bySlot, start), fieldRows(columns, f), fieldRows(dColumns, f)];
        kernels.productColumns(
          ...[D, 16 * panels, count, e.at, e.panel, sums.at, sums.panel, dw.at, dw.panel, 0],
        );
        const wT = fromColumn(transposed, f * paddedD);
        kernels.transpose(D, 16 * panels, w.at, w.panel, wT.at, wT.panel);
        const add = column > 0 ? 1 : 0;
        kernels.productRows(
          ...[count, D, 16 * panels, sums.at, sums.panel, wT.at, wT.panel, de.at, de.panel, add],
        );
        meter.product(2 * count, 16 * panels, D);
      }
    });
  }

  const plainColumns = () => choice.plain.length * D;
  const plainMatrix = (at: number): Panels => ({ at, panel: groups.rowCount * ROW });

  /** The plain fields' rows of the shared weights: where they lie, or side by side. */
  function plainWeight(): Panels {
    if (choice.plain.length === F) return weight;
    const packed = { at: work.plain.weight, panel: plainColumns() * ROW };
    copyFieldRows(packed, weight, (f, p) => [p, f]);
    return packed;
  }

  /** Copies D rows a plain field, over all columns; `places` gives target and source of field f, the p-th plain one. */
  function copyFieldRows(to: Panels, from: Panels, places: (f: number, p: number) => [number, number]): void {
    for (let column = 0; column < N; column += 16)
      for (const [p, f] of choice.plain.entries()) {
        const [target, source] = places(f, p);
        const start = fieldRows(fromColumn(from, column), source).at;
        heap.HEAPU8.copyWithin(fieldRows(fromColumn(to, column), target).at, start, start + D * ROW);
      }
  }

  function multiplyPlain(): void {
    if (choice.plain.length === 0) return;
    const B = groups.rowCount;
    const x = plainMatrix(work.plain.input);
    for (const [p, f] of choice.plain.entries())
      kernels.lookupField(B, F, D, f, p * D, state.table, work.ids, work.weights, x.at, x.panel);
    const w = plainWeight();
    const z = work.shared;
    kernels.productRows(B, N, plainColumns(), x.at, x.panel, w.at, w.panel, z.at, z.panel, 1);
    meter.product(B, N, plainColumns());
  }

  function multiplyPlainBackward(): void {
    if (choice.plain.length === 0) return;
    const B = groups.rowCount;
    const columns = plainColumns();
    const everyField = choice.plain.length === F;
    const x = plainMatrix(work.plain.input);
    const dx = plainMatrix(work.plain.inputGradient);
    const dz = work.shared;
    const w = plainWeight();
    const wT = { at: work.plain.weightTransposed, panel: N * ROW };
    kernels.transpose(columns, N, w.at, w.panel, wT.at, wT.panel);
    kernels.productRows(B, columns, N, dz.at, dz.panel, wT.at, wT.panel, dx.at, dx.panel, 0);
    const dw = everyField ? weightGradient : { at: work.plain.weightGradient, panel: columns * ROW };
    kernels.productColumns(columns, N, B, x.at, x.panel, dz.at, dz.panel, dw.at, dw.panel, 0);
    if (!everyField) copyFieldRows(weightGradient, dw, (f, p) => [f, p]);
    meter.product(2 * B, N, columns);
    const de = work.embeddingGradients;
    for (const [p, f] of choice.plain.entries()) {
      const { start, count } = range(f);
      for (let d = 0; d < D; d += 16) {
        const rows = fromColumn(slotRows(de, start), d);
        heap.HEAPU8.fill(0, rows.at, rows.at + count * ROW);
      }
      kernels.segmentSumField(
        ...[start, start + count, D, p * D, work.positionStarts, work.positions, work.positionWeights],
        ...[dx.at, dx.panel, de.at, de.panel],
      );
      meter.additions(B * D);
    }
  }

  return {
    load(nextGroups, nextChoice, { ids, weights }) {
      groups = nextGroups;
      choice = nextChoice;
      const { unitWeights } = groups;
      slotWeights = unitWeights ? 0 : work.slotWeights;
      positionWeights = unitWeights ? 0 : work.positionWeights;
      chunkPanels = Math.min(
        MOST_CHUNK_PANELS,
        Math.max(1, Math.floor(CHUNK_FLOATS / (16 * Math.max(1, slotCount())))),
      );
      let bytes = 0;
      const copy = (at: number, values: Int32Array | Float32Array) => {
        bytes += values.byteLength;
        if (values instanceof Int32Array) integersAt(heap, at, values.length).set(values);
        else floatsAt(heap, at, values.length).set(values);
      };
      copy(work.ids, ids);
      copy(work.weights, weights);
      copy(work.slotIds, groups.slotIds);
      copy(work.positionStarts, groups.positionStarts);
      copy(work.positions, groups.positions);
      copy(work.positionWeights, groups.positionWeights);
      copy(work.tableRows, groups.tableRows);
      copy(work.tableStarts, groups.tableStarts);
      copy(work.tableSlots, groups.tableSlots);
      const values = groups.rowCount * choice.unique.length;
      packColumns(integersAt(heap, work.slots, values), groups.slots, F, choice.unique);
      if (!unitWeights) packColumns(floatsAt(heap, work.slotWeights, values), weights, F, choice.unique);
      return bytes + 8 * values;
    },
    forward() {
      const { embeddings, shared } = work;
      const B = groups.rowCount;
      kernels.gatherRows(slotCount(), D, state.table, work.slotIds, embeddings.at, embeddings.panel);
      const bias = state.parameters + 4 * plan.shared.bias.at;
      kernels.fillRows(B, N / 16, bias, shared.at, shared.panel);
      projectUnique();
      multiplyPlain();
    },
    backward() {
      const { shared } = work;
      const dBias = state.gradients + 4 * plan.shared.bias.at;
      kernels.columnSums(groups.rowCount, N / 16, shared.at, shared.panel, dBias);
      projectUniqueBackward();
      multiplyPlainBackward();
    },
  };
}

/** The chosen columns of a row-major [B, F] array, side by side. */
function packColumns(
  to: Int32Array | Float32Array,
  from: Int32Array | Float32Array,
  F: number,
  columns: number[],
): void {
  if (columns.length === F) {
    to.set(from.subarray(0, to.length));
    return;
  }
  let at = 0;
  for (let row = 0; at < to.length; row += F) for (const column of columns) to[at++] = from[row + column]!;
}
