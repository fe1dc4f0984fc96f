// A batch on its way to the kernels: its fields chosen, and everything copied onto the heap. B rows, F fields.

import type { Batch } from "../../base/batch.ts";
import type { IdGroups } from "../../base/idGroups.ts";
import { chooseFields, type FieldChoice, type FieldPolicy } from "../fieldChoice.ts";
import { floatsAt, integersAt } from "./heap.ts";
import type { Workspace } from "./workspace.ts";

/** The batch that is on the heap. */
export interface Loaded extends FieldChoice {
  groups: IdGroups;
  /** Where the weights lie by row and by position; 0 where all of them are 1. */
  slotWeights: number;
  positionWeights: number;
  /** Where the slots of every field lie by row; only linear and fm branches have them. */
  allSlots: number;
  /** Bytes copied. */
  bytes: number;
}

/** Makes room for a batch, and passes it to the kernels. */
export function loadBatch(w: Workspace, batch: Batch, groups: IdGroups, policy: FieldPolicy): Loaded {
  const choice = chooseFields(groups, w.plan.embeddingDim, policy);
  const { rowCount: B, fields: F, ids, weights, labels } = batch;
  w.reserve({ rows: B, slots: groups.slotIds.length, plainFields: choice.plain.length });
  const { work, heap } = w;
  let bytes = 0;
  const copy = (at: number, values: Int32Array | Float32Array) => {
    bytes += values.byteLength;
    if (values instanceof Int32Array) integersAt(heap, at, values.length).set(values);
    else floatsAt(heap, at, values.length).set(values);
  };
  copy(work.labels, labels);
  copy(work.ids, ids);
  copy(work.weights, weights);
  copy(work.fieldStarts, groups.fieldStarts);
  copy(work.slotIds, groups.slotIds);
  copy(work.positionStarts, groups.positionStarts);
  copy(work.positions, groups.positions);
  copy(work.positionWeights, groups.positionWeights);
  copy(work.tableRows, groups.tableRows);
  copy(work.tableStarts, groups.tableStarts);
  copy(work.tableSlots, groups.tableSlots);
  const { unitWeights } = groups;
  const values = B * choice.unique.length;
  packColumns(integersAt(heap, work.slots, values), groups.slots, F, choice.unique);
  const everyField = choice.unique.length === F;
  if (w.plan.wide && !everyField) copy(work.allSlots, groups.slots);
  if (!unitWeights) packColumns(floatsAt(heap, work.slotWeights, values), weights, F, choice.unique);
  return {
    ...choice,
    groups,
    bytes: bytes + 8 * values,
    slotWeights: unitWeights ? 0 : work.slotWeights,
    positionWeights: unitWeights ? 0 : work.positionWeights,
    allSlots: everyField ? work.slots : work.allSlots,
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
