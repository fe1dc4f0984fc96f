// Groups the ids of a batch that did not come grouped, on all threads: src/engine/idGroups.ts by kernels. B rows, F fields,
// U slots.

import { allocateGroups, groupByTableRow, type IdGrouper } from "../idGroups.ts";
import { panelTasks, shares } from "./blocks.ts";
import { allocateBlock, floatsAt, type HeapBlock, integersAt } from "./heap.ts";
import { call } from "./signatures.ts";
import type { Workspace } from "./workspace.ts";

export interface TeamGrouper extends IdGrouper {
  /** Bytes of the heap. */
  readonly bytes: number;
  dispose(): void;
}

/** A grouper whose memory is allocated for the first batch that needs it, and grows with the batches. */
export function createTeamGrouper({ team, heap, plan }: Workspace): TeamGrouper {
  const F = plan.fields;
  const tasks = shares(team, new Array(F).fill(1)).length;
  let rows = 0;
  let arrays = allocateGroups(0, F);
  let block: HeapBlock | null = null;
  let places: ReturnType<typeof lay> | null = null;

  /** Twice as many places as a field can have ids. */
  const hashBits = (B: number) => Math.ceil(Math.log2(B)) + 1;

  function lay(block: HeapBlock, B: number) {
    return {
      ids: block.take(B * F),
      weights: block.take(B * F),
      slots: block.take(B * F),
      /** By field, at most B each. */
      fieldIds: block.take(B * F),
      counts: block.take(B * F),
      kinds: block.take(F),
      fieldStarts: block.take(F + 1),
      units: block.take(F),
      slotIds: block.take(B * F),
      positionStarts: block.take(B * F),
      positions: block.take(B * F),
      positionWeights: block.take(B * F),
      /** A table of pairs for each task. */
      hash: block.take(tasks * (2 << hashBits(B))),
    };
  }

  function reserve(B: number): ReturnType<typeof lay> {
    if (places && B <= rows) return places;
    block?.free();
    places = null;
    ({ block, held: places } = allocateBlock(heap, (counted) => lay(counted, B)));
    rows = B;
    arrays = allocateGroups(B * F, F);
    return places;
  }

  return {
    get bytes() {
      return block?.bytes ?? 0;
    },
    dispose: () => block?.free(),
    group(batch) {
      if (batch.groups) return batch.groups;
      const B = batch.rowCount;
      const values = B * F;
      const at = reserve(B);
      const { slots, fieldIds: ids, counts, kinds } = at;
      integersAt(heap, at.ids, values).set(batch.ids);
      floatsAt(heap, at.weights, values).set(batch.weights);
      const bits = hashBits(B);
      team.run(
        panelTasks(team, F, (begin, count, task) => [
          call("numberIds", {
            ...{
              begin,
              end: begin + count,
              B,
              F,
              bits,
              batchIds: at.ids,
              numbers: slots,
              ids,
              counts,
              kinds,
            },
            hash: at.hash + task * (8 << bits),
          }),
        ]),
      );
      const { fieldStarts } = arrays;
      for (const [f, ids] of integersAt(heap, kinds, F).entries()) fieldStarts[f + 1] = fieldStarts[f]! + ids;
      integersAt(heap, at.fieldStarts, F + 1).set(fieldStarts);
      team.run(
        panelTasks(team, F, (begin, count) => [
          call("placeIds", { ...at, begin, end: begin + count, B, F, ids, numbers: slots }),
        ]),
      );
      const U = fieldStarts[F]!;
      arrays.slots.set(integersAt(heap, slots, values));
      arrays.slotIds.set(integersAt(heap, at.slotIds, U));
      arrays.positionStarts.set(integersAt(heap, at.positionStarts, U));
      arrays.positionStarts[U] = values;
      arrays.positions.set(integersAt(heap, at.positions, values));
      arrays.positionWeights.set(floatsAt(heap, at.positionWeights, values));
      const unitWeights = integersAt(heap, at.units, F).every((unit) => unit === 1);
      return groupByTableRow(B, F, U, unitWeights, arrays);
    },
  };
}
