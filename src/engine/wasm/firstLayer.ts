// The first layer, whose input is embeddings (DESIGN section 5, items 1 to 4): z = bias + Σ_f weight·(E[id_f]·W_f) for the
// columns of every branch and of the fusion gate at once. A field's ids are projected once each and added up by row; or,
// where that would not pay, its embeddings are looked up and multiplied row by row.
// B rows, N columns, F fields, D embedding size, U slots.

import { biasCancels } from "../../model/config.ts";
import { unitsOfPlan } from "../plan.ts";
import type { Loaded } from "./batch.ts";
import { fromRow, panelTasks, rowTasks, shares, wideRowTasks } from "./blocks.ts";
import { transpose } from "./dense.ts";
import { fromColumn, integersAt, type Panels, ROW } from "./heap.ts";
import { CACHED_FLOATS, MOST_CHUNK_PANELS } from "./memory.ts";
import { call } from "./signatures.ts";
import {
  clearGradient,
  gradientAt,
  gradientPanels,
  parameterAt,
  parameterPanels,
  type Workspace,
} from "./workspace.ts";

/** Fills the shared projection. */
export function projectForward(w: Workspace, loaded: Loaded): void {
  const { team, plan, state, work } = w;
  const { embeddings, shared } = work;
  const { groups } = loaded;
  team.run(
    rowTasks(team, groups.slotIds.length, (first, count) => [
      call("gatherRows", {
        U: count,
        T: plan.tableWidth,
        table: state.table,
        ids: work.slotIds + 4 * first,
        out: fromRow(embeddings, first),
      }),
    ]),
  );
  const panels = plan.shared.weight.columns / 16;
  if (panels === 0) return;
  const bias = parameterAt(w, plan.shared.bias);
  team.run(
    rowTasks(team, groups.rowCount, (row, count) => [
      call("fillRows", { B: count, panels, row: bias, x: fromRow(shared, row) }),
    ]),
  );
  projectUnique(w, loaded);
  multiplyPlain(w, loaded);
}

/** From the shared projection's gradient, in its place: those of the shared weights and of every slot's embedding. */
export function projectBackward(w: Workspace, loaded: Loaded): void {
  const { team, plan, work } = w;
  if (plan.shared.weight.columns === 0) return;
  const dBias = gradientAt(w, plan.shared.bias);
  team.run(
    panelTasks(team, plan.shared.weight.columns / 16, (p, count) => {
      const x = fromColumn(work.shared, 16 * p);
      return [call("columnSums", { B: loaded.groups.rowCount, panels: count, x, out: dBias + p * ROW })];
    }),
  );
  for (const { unit, weight, bias } of unitsOfPlan(plan))
    if (!weight && biasCancels(unit)) clearGradient(w, bias);
  projectUniqueBackward(w, loaded);
  multiplyPlainBackward(w, loaded);
}

/** Field f's slots. */
function slotsOf({ groups: { fieldStarts } }: Loaded, f: number): { start: number; count: number } {
  return { start: fieldStarts[f]!, count: fieldStarts[f + 1]! - fieldStarts[f]! };
}

/** Calls `visit` for chunks of columns: their first column, their panels, and the matrix that holds them by slot. */
function forEachChunk(
  { plan, work }: Workspace,
  { groups }: Loaded,
  chunkPanels: number,
  visit: (column: number, panels: number, bySlot: Panels) => void,
): void {
  const N = plan.shared.weight.columns;
  const slots = groups.slotIds.length;
  for (let column = 0; column < N; column += 16 * chunkPanels)
    visit(column, Math.min(chunkPanels, (N - column) / 16), { at: work.chunk, panel: slots * ROW });
}

function projectUnique(w: Workspace, loaded: Loaded): void {
  const { plan, team, work } = w;
  const { groups, unique, slotWeights } = loaded;
  const { embeddingDim: D } = plan;
  if (unique.length === 0) return;
  const weight = parameterPanels(w, plan.shared.weight);
  const tasks = shareFields(w, loaded);
  const rowBytes = 4 * unique.length;
  // Each row adds up slots of all fields, which have to stay in the caches.
  const fitting = Math.floor(CACHED_FLOATS / (16 * groups.slotIds.length));
  const chunkPanels = Math.min(MOST_CHUNK_PANELS, Math.max(1, fitting));
  forEachChunk(w, loaded, chunkPanels, (column, panels, bySlot) => {
    team.run(
      tasks.map(([begin, end]) => [
        call("projectFields", {
          begin,
          end,
          fields: work.uniqueFields,
          fieldStarts: work.fieldStarts,
          D,
          panels,
          e: work.embeddings,
          weight: fromColumn(weight, column),
          out: bySlot,
        }),
      ]),
    );
    const z = fromColumn(work.shared, column);
    team.run(
      wideRowTasks(team, groups.rowCount, (row, count) => [
        call("gatherSum", {
          B: count,
          fields: unique.length,
          panels,
          slots: work.slots + row * rowBytes,
          weights: slotWeights && slotWeights + row * rowBytes,
          projected: bySlot,
          z: fromRow(z, row),
        }),
      ]),
    );
    meterUnique(w, loaded, 1, 16 * panels);
  });
}

function projectUniqueBackward(w: Workspace, loaded: Loaded): void {
  const { team, plan, work } = w;
  if (loaded.unique.length === 0) return;
  const weight = parameterPanels(w, plan.shared.weight);
  const gradient = gradientPanels(w, plan.shared.weight);
  const tasks = shareFields(w, loaded);
  // Field by field: the fewer chunks, the less often embeddings and their gradients are read and written.
  forEachChunk(w, loaded, MOST_CHUNK_PANELS, (column, panels, bySlot) => {
    team.run(
      tasks.map(([begin, end]) => [
        call("projectFieldsBackward", {
          begin,
          end,
          fields: work.uniqueFields,
          fieldStarts: work.fieldStarts,
          D: plan.embeddingDim,
          panels,
          starts: work.positionStarts,
          rows: work.positions,
          weights: loaded.positionWeights,
          x: fromColumn(work.shared, column),
          sums: bySlot,
          weight: fromColumn(weight, column).at,
          dWeight: fromColumn(gradient, column),
          transposed: work.chunkTransposed,
          e: work.embeddings.at,
          dE: work.embeddingGradients,
          accumulate: column > 0 ? 1 : 0,
        }),
      ]),
    );
    meterUnique(w, loaded, 2, 16 * panels);
  });
}

/** What `products` products by slot and one sum by row, or by slot, cost. */
function meterUnique({ plan, meter }: Workspace, loaded: Loaded, products: number, columns: number): void {
  const { unique, groups } = loaded;
  for (const f of unique) meter.product(products * slotsOf(loaded, f).count, columns, plan.embeddingDim);
  meter.additions(groups.rowCount * unique.length * columns);
}

/**
 * Puts the fields that go by unique ids on the heap, the ones with the most work first. Returns where each task's fields begin and
 * end.
 */
function shareFields({ team, heap, plan, work }: Workspace, loaded: Loaded): [begin: number, end: number][] {
  const { unique, groups } = loaded;
  const cost = (f: number) => groups.rowCount + slotsOf(loaded, f).count * plan.embeddingDim;
  const order = [...unique].sort((a, b) => cost(b) - cost(a));
  integersAt(heap, work.uniqueFields, order.length).set(order);
  return shares(team, order.map(cost));
}

const plainMatrix = (at: number, { groups }: Loaded): Panels => ({ at, panel: groups.rowCount * ROW });

/** The plain fields' rows of the shared weights: where they lie, or side by side. */
function plainWeight(w: Workspace, { plain }: Loaded): Panels {
  const { plan, work } = w;
  const weight = parameterPanels(w, plan.shared.weight);
  if (plain.length === plan.fields) return weight;
  const packed = { at: work.plain.weight, panel: plain.length * plan.embeddingDim * ROW };
  copyFieldRows(w, plain, packed, weight, (f, p) => [p, f]);
  return packed;
}

/** Copies D rows a plain field, over all columns; `places` gives target and source of field f, the p-th plain one. */
function copyFieldRows(
  { heap, plan }: Workspace,
  plain: number[],
  to: Panels,
  from: Panels,
  places: (f: number, p: number) => [number, number],
): void {
  const D = plan.embeddingDim;
  for (let column = 0; column < plan.shared.weight.columns; column += 16)
    for (const [p, f] of plain.entries()) {
      const [target, source] = places(f, p);
      const start = fromRow(fromColumn(from, column), source * D).at;
      heap.HEAPU8.copyWithin(fromRow(fromColumn(to, column), target * D).at, start, start + D * ROW);
    }
}

function multiplyPlain(w: Workspace, loaded: Loaded): void {
  const { plan, team, state, work, meter } = w;
  const { groups, plain } = loaded;
  const { fields: F, embeddingDim: D } = plan;
  if (plain.length === 0) return;
  const B = groups.rowCount;
  const N = plan.shared.weight.columns;
  const x = plainMatrix(work.plain.input, loaded);
  team.run(
    plain.map((f, p) => [
      call("lookupField", {
        B,
        F,
        D,
        T: plan.tableWidth,
        field: f,
        column: p * D,
        table: state.table,
        ids: work.ids,
        weights: work.weights,
        x,
      }),
    ]),
  );
  const v = plainWeight(w, loaded);
  team.run(
    rowTasks(team, B, (row, count) => [
      call("productRows", {
        m: count,
        n: N,
        k: plain.length * D,
        a: fromRow(x, row),
        b: v,
        c: fromRow(work.shared, row),
        accumulate: 1,
      }),
    ]),
  );
  meter.product(B, N, plain.length * D);
}

function multiplyPlainBackward(w: Workspace, loaded: Loaded): void {
  const { plan, team, work, meter } = w;
  const { groups, plain } = loaded;
  if (plain.length === 0) return;
  const B = groups.rowCount;
  const N = plan.shared.weight.columns;
  const columns = plain.length * plan.embeddingDim;
  const everyField = plain.length === plan.fields;
  const [x, dx] = [plainMatrix(work.plain.input, loaded), plainMatrix(work.plain.inputGradient, loaded)];
  const v = plainWeight(w, loaded);
  const vT = { at: work.plain.weightTransposed, panel: N * ROW };
  transpose(team, columns, N, v, vT);
  team.run(
    rowTasks(team, B, (row, count) => [
      call("productRows", {
        m: count,
        n: columns,
        k: N,
        a: fromRow(work.shared, row),
        b: vT,
        c: fromRow(dx, row),
        accumulate: 0,
      }),
    ]),
  );
  const gradient = gradientPanels(w, plan.shared.weight);
  const dv = everyField ? gradient : { at: work.plain.weightGradient, panel: columns * ROW };
  team.run(
    panelTasks(team, N / 16, (p, count) => [
      call("productColumns", {
        m: columns,
        n: 16 * count,
        k: B,
        a: x,
        b: fromColumn(work.shared, 16 * p),
        c: fromColumn(dv, 16 * p),
        accumulate: 0,
      }),
    ]),
  );
  if (!everyField) copyFieldRows(w, plain, gradient, dv, (f, p) => [f, p]);
  meter.product(2 * B, N, columns);
  addPlainGradients(w, loaded, dx);
}

/** The plain input's gradient, by slot. */
function addPlainGradients({ plan, team, heap, work, meter }: Workspace, loaded: Loaded, dx: Panels): void {
  const D = plan.embeddingDim;
  const de = work.embeddingGradients;
  for (const f of loaded.plain) {
    const { start, count } = slotsOf(loaded, f);
    for (let d = 0; d < D; d += 16) {
      const { at } = fromColumn(fromRow(de, start), d);
      heap.HEAPU8.fill(0, at, at + count * ROW);
    }
  }
  team.run(
    loaded.plain.map((f, p) => {
      const { start, count } = slotsOf(loaded, f);
      return [
        call("segmentSumField", {
          first: start,
          end: start + count,
          D,
          column: p * D,
          starts: work.positionStarts,
          rows: work.positions,
          weights: work.positionWeights,
          x: dx,
          out: de,
        }),
      ];
    }),
  );
  meter.additions(loaded.groups.rowCount * D * loaded.plain.length);
}
