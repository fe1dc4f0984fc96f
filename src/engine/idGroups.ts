// Groups the ids of a batch (src/base/idGroups.ts). Pure counting, so it can run a batch ahead, on any thread.
// B rows, F fields, U slots.

import type { Batch } from "../base/batch.ts";
import type { IdGroups } from "../base/idGroups.ts";

/**
 * Groups the ids of one batch after another, unless they came grouped. The arrays of a result hold until the next call.
 */
export interface IdGrouper {
  group(batch: Batch): IdGroups;
}

export function createIdGrouper(tableRows: number): IdGrouper {
  // seen[id] − base: the id's slot, where that is at least the field's first slot. So nothing is cleared between fields.
  // Made when first needed: most batches come with their groups.
  let seen = new Int32Array(0);
  let base = 1;
  let capacity = 0;
  let arrays = allocateGroups(0, 0);

  return {
    group(batch) {
      if (batch.groups) return batch.groups;
      if (seen.length === 0) seen = new Int32Array(tableRows);
      const { rowCount: B, fields: F, ids, weights } = batch;
      const values = B * F;
      if (values > capacity || arrays.fieldStarts.length !== F + 1) {
        capacity = Math.max(capacity, values);
        arrays = allocateGroups(capacity, F);
      }
      if (base > 2 ** 31 - 1 - values) {
        seen.fill(0);
        base = 1;
      }
      const { fieldStarts, slotIds, slots, positionStarts, positions, positionWeights, fill } = arrays;
      let U = 0;
      let unitWeights = true;
      for (let f = 0; f < F; f++) {
        const first = U;
        fieldStarts[f] = first;
        for (let at = f; at < values; at += F) {
          const id = ids[at]!;
          let slot = seen[id]! - base;
          if (slot < first) {
            slot = U++;
            seen[id] = base + slot;
            slotIds[slot] = id;
            fill[slot] = 0;
          }
          slots[at] = slot;
          fill[slot]!++;
          if (weights[at] !== 1) unitWeights = false;
        }
      }
      fieldStarts[F] = U;
      base += U;
      let start = 0;
      for (let u = 0; u < U; u++) {
        positionStarts[u] = start;
        start += fill[u]!;
        fill[u] = positionStarts[u]!;
      }
      positionStarts[U] = start;
      // Field by field, so that each slot's rows ascend and writes stay close together.
      for (let f = 0; f < F; f++)
        for (let at = f, b = 0; at < values; at += F, b++) {
          const place = fill[slots[at]!]!++;
          positions[place] = b;
          positionWeights[place] = weights[at]!;
        }
      return groupByTableRow(B, F, U, unitWeights, arrays);
    },
  };
}

/** The arrays of groups of at most that many values, and what grouping needs besides. */
export function allocateGroups(values: number, fields: number) {
  return {
    fieldStarts: new Int32Array(fields + 1),
    slotIds: new Int32Array(values),
    slots: new Int32Array(values),
    positionStarts: new Int32Array(values + 1),
    positions: new Int32Array(values),
    positionWeights: new Float32Array(values),
    tableRows: new Int32Array(values),
    tableStarts: new Int32Array(values + 1),
    tableSlots: new Int32Array(values),
    /** Scratch: counts, then where the next value of a slot goes; then the sort's other half. */
    fill: new Int32Array(values),
    digits: new Int32Array(2048),
  };
}

/**
 * The groups of U slots: sorts them by table row (three counting passes of 11 bits, stable) and joins those that share one.
 */
export function groupByTableRow(
  B: number,
  F: number,
  U: number,
  unitWeights: boolean,
  arrays: ReturnType<typeof allocateGroups>,
): IdGroups {
  const { slotIds, tableRows, tableStarts, tableSlots, fill, digits } = arrays;
  let largest = 0;
  for (let u = 0; u < U; u++) if (slotIds[u]! > largest) largest = slotIds[u]!;
  let from = fill;
  let to = tableSlots;
  for (let u = 0; u < U; u++) from[u] = u;
  for (let shift = 0; shift === 0 || largest >>> shift > 0; shift += 11) {
    digits.fill(0);
    for (let u = 0; u < U; u++) digits[(slotIds[u]! >>> shift) & 2047]!++;
    for (let digit = 0, start = 0; digit < 2048; digit++) {
      const count = digits[digit]!;
      digits[digit] = start;
      start += count;
    }
    for (let i = 0; i < U; i++) {
      const u = from[i]!;
      to[digits[(slotIds[u]! >>> shift) & 2047]!++] = u;
    }
    [from, to] = [to, from];
    if (shift === 22) break;
  }
  if (from !== tableSlots) tableSlots.set(from.subarray(0, U));
  let R = 0;
  for (let i = 0; i < U; i++) {
    const id = slotIds[tableSlots[i]!]!;
    if (R > 0 && tableRows[R - 1] === id) continue;
    tableRows[R] = id;
    tableStarts[R++] = i;
  }
  tableStarts[R] = U;
  const values = B * F;
  return {
    rowCount: B,
    fields: F,
    fieldStarts: arrays.fieldStarts,
    slotIds: slotIds.subarray(0, U),
    slots: arrays.slots.subarray(0, values),
    positionStarts: arrays.positionStarts.subarray(0, U + 1),
    positions: arrays.positions.subarray(0, values),
    positionWeights: arrays.positionWeights.subarray(0, values),
    tableRows: tableRows.subarray(0, R),
    tableStarts: tableStarts.subarray(0, R + 1),
    tableSlots: tableSlots.subarray(0, U),
    unitWeights,
  };
}
