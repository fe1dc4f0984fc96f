// The first layer on the GPU (DESIGN section 5, items 1 to 4): z = bias + Σ_f weight·(E[id_f]·W_f) for the columns of every
// branch and of the fusion gate at once. The slots' embeddings are gathered first, so nothing else reads the table.
// B rows, N columns, F fields, D embedding size, U slots.

import { biasCancels } from "../../model/config.ts";
import { unitsOfPlan } from "../plan.ts";
import {
  addFieldGradients,
  gatherRows,
  gatherSum,
  joinRuns,
  lookupFields,
  segmentSum,
  VECTORS_OF_THREAD,
} from "./kernels/embedding.ts";
import { columnSums } from "./kernels/units.ts";
import { chunkColumns, type Place, productParts, slotNumbers } from "./memory.ts";
import type { Loaded, PlainRange } from "./upload.ts";
import {
  clearGradient,
  dispatchProduct,
  dispatchSlotProduct,
  fromColumn,
  gradientPlace,
  parameterPlace,
  type Workspace,
} from "./workspace.ts";

/** The shared projection of every row: all branches' first layers as one product, by unique ids. */
export function projectForward(w: Workspace, loaded: Loaded): void {
  gatherEmbeddings(w, loaded);
  if (w.plan.shared.weight.columns === 0) return;
  projectUnique(w, loaded);
  multiplyPlain(w, loaded);
}

/** From the shared projection's gradient: those of the shared weights and of every slot's embedding. */
export function projectBackward(w: Workspace, loaded: Loaded): void {
  const { floats, plan } = w;
  const { bias, weight } = plan.shared;
  if (weight.columns === 0) return;
  sumColumns(w, loaded.B, floats.shared, weight.columns, floats.gradients + bias.at);
  for (const unit of unitsOfPlan(plan))
    if (!unit.weight && biasCancels(unit.unit)) clearGradient(w, unit.bias);
  projectUniqueBackward(w, loaded);
  multiplyPlainBackward(w, loaded);
}

/** sums[c] = Σ_b matrix[b, c] */
export function sumColumns(
  { recorder }: Workspace,
  B: number,
  matrix: Place,
  columns: number,
  sums: number,
): void {
  const numbers = { rows: B, matrix: matrix.at, matrixStride: matrix.stride, sums };
  recorder.dispatch(columnSums, numbers, [columns / 16, 1, 1]);
}

function gatherEmbeddings({ recorder, table, floats, integers, plan }: Workspace, { groups }: Loaded): void {
  const { tableWidth } = plan;
  const slots = groups.slotIds.length;
  const { at: out, stride: outStride } = floats.embeddings;
  for (const [part, { firstRow, rows: partRows }] of table.parts.entries())
    recorder.dispatch(
      gatherRows,
      { slots, tableWidth, ...slotNumbers(plan), ids: integers.slotIds, firstRow, partRows, out, outStride },
      { threads: slots * tableWidth },
      part,
    );
}

/** Calls `visit` for chunks of the shared projection's columns, and the matrix that holds them by slot. */
function forEachChunk(
  { floats, plan }: Workspace,
  { B, groups }: Loaded,
  visit: (column: number, columns: number, bySlot: Place) => void,
): void {
  const N = plan.shared.weight.columns;
  const step = chunkColumns(floats.chunkFloats, B, plan.fields, groups.slotIds.length, N);
  for (let column = 0; column < N; column += step) {
    const columns = Math.min(step, N - column);
    visit(column, columns, { at: floats.chunk, stride: columns });
  }
}

function projectUnique(w: Workspace, loaded: Loaded): void {
  const { recorder, floats, integers, meter, plan } = w;
  const { B, groups, uniqueFields, uniqueSlots, tiles } = loaded;
  if (uniqueFields === 0) return;
  const { shared, fields: F, embeddingDim: D } = plan;
  forEachChunk(w, loaded, (column, columns, bySlot) => {
    const weight = fromColumn(parameterPlace(w, shared.weight), column);
    const list = { at: integers.tiles, tiles };
    dispatchSlotProduct(w, "project", [D, columns], [floats.embeddings, weight, bySlot], list);
    meter.product(uniqueSlots, columns, D);
    const z = fromColumn(floats.shared, column);
    recorder.dispatch(
      gatherSum,
      {
        rows: B,
        columns,
        fields: uniqueFields,
        list: integers.uniqueFields,
        stride: F,
        slots: integers.slots,
        weights: floats.weights,
        weighted: groups.unitWeights ? 0 : 1,
        projected: bySlot.at,
        projectedStride: bySlot.stride,
        bias: floats.parameters + shared.bias.at + column,
        z: z.at,
        zStride: z.stride,
      },
      { threads: (B * columns) / (4 * VECTORS_OF_THREAD) },
    );
    meter.additions(B * uniqueFields * columns);
  });
}

function projectUniqueBackward(w: Workspace, loaded: Loaded): void {
  const { recorder, floats, integers, meter, plan } = w;
  const { B, groups, uniqueFields, uniqueSlots, tiles, runs, longSlots } = loaded;
  if (uniqueFields === 0) return;
  const { shared, embeddingDim: D } = plan;
  forEachChunk(w, loaded, (column, columns, bySlot) => {
    const dz = fromColumn(floats.shared, column);
    const sums = { sums: bySlot.at, sumsStride: bySlot.stride };
    recorder.dispatch(
      segmentSum,
      {
        runs,
        columns,
        list: integers.runs,
        positions: integers.positions,
        ...sums,
        weights: floats.positionWeights,
        weighted: groups.unitWeights ? 0 : 1,
        rows: dz.at,
        rowsStride: dz.stride,
      },
      { threads: (runs * columns) / (4 * VECTORS_OF_THREAD) },
    );
    if (longSlots > 0)
      recorder.dispatch(
        joinRuns,
        { slots: longSlots, columns, list: integers.longSlots, ...sums },
        { threads: (longSlots * columns) / 4 },
      );
    meter.additions(B * uniqueFields * columns);
    const dWeight = fromColumn(gradientPlace(w, shared.weight), column);
    const fields = { at: integers.uniqueFields, fields: uniqueFields };
    dispatchSlotProduct(w, "projectColumns", [0, columns], [floats.embeddings, bySlot, dWeight], fields);
    const weight = fromColumn(parameterPlace(w, shared.weight), column);
    const slots = { at: integers.tiles, tiles };
    const operands: [Place, Place, Place] = [bySlot, weight, floats.embeddingGradients];
    dispatchSlotProduct(w, "projectTransposed", [columns, D], operands, slots, column > 0);
    meter.product(2 * uniqueSlots, columns, D);
  });
}

/** A range's rows of the shared weights, or of their gradient. */
function rangeRows({ at, stride }: Place, { first }: PlainRange, D: number): Place {
  return { at: at + first * D * stride, stride };
}

function multiplyPlain(w: Workspace, loaded: Loaded): void {
  const { recorder, floats, integers, plan } = w;
  const { B, groups, uniqueFields, plain } = loaded;
  const { shared, fields, embeddingDim: D } = plan;
  const { embeddings } = floats;
  for (const [i, range] of plain.entries()) {
    const x = fromColumn(floats.plain.input, range.column);
    recorder.dispatch(
      lookupFields,
      {
        rows: B,
        fields,
        first: range.first,
        count: range.count,
        columns: range.columns,
        embeddingDim: D,
        slots: integers.slots,
        weights: floats.weights,
        weighted: groups.unitWeights ? 0 : 1,
        embeddings: embeddings.at,
        embeddingsStride: embeddings.stride,
        out: x.at,
        outStride: x.stride,
      },
      { threads: B * range.columns },
    );
    // The bias is in z already, unless nothing was added up.
    const isFirst = uniqueFields === 0 && i === 0;
    const weight = rangeRows(parameterPlace(w, shared.weight), range, D);
    const size: [number, number, number] = [B, range.count * D, shared.weight.columns];
    const more = isFirst ? { bias: floats.parameters + shared.bias.at } : { accumulate: true };
    dispatchProduct(w, "rows", size, [x, weight, floats.shared], more);
  }
}

function multiplyPlainBackward(w: Workspace, loaded: Loaded): void {
  const { recorder, floats, integers, meter, plan } = w;
  const { B, groups, plain } = loaded;
  const { shared, embeddingDim: D } = plan;
  const N = shared.weight.columns;
  const { at: out, stride: outStride } = floats.embeddingGradients;
  for (const range of plain) {
    const rows = range.count * D;
    const [x, dx] = [floats.plain.input, floats.plain.inputGradient].map((place) =>
      fromColumn(place, range.column),
    ) as [Place, Place];
    const weight = rangeRows(parameterPlace(w, shared.weight), range, D);
    const dWeight = rangeRows(gradientPlace(w, shared.weight), range, D);
    const parts = productParts(rows, N, B);
    dispatchProduct(w, "columns", [rows, B, N], [x, floats.shared, dWeight], { parts });
    dispatchProduct(w, "transposed", [B, N, rows], [floats.shared, weight, dx]);
    recorder.dispatch(
      addFieldGradients,
      {
        first: range.firstSlot,
        count: range.slots,
        embeddingDim: D,
        starts: integers.positionStarts,
        positions: integers.positions,
        weights: floats.positionWeights,
        weighted: groups.unitWeights ? 0 : 1,
        fieldOf: integers.slotFields,
        de: dx.at - range.first * D,
        fieldStride: D,
        rowStride: dx.stride,
        accumulate: 0,
        out,
        outStride,
      },
      { threads: range.slots * D },
    );
    meter.additions(B * rows);
  }
}
