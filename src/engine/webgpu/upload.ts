// A batch on its way to the GPU: its ids grouped, its work listed, and all of it uploaded. B rows, F fields, U slots.

import type { Batch } from "../../base/batch.ts";
import type { IdGroups } from "../../base/idGroups.ts";
import { chooseFields, type FieldPolicy } from "../fieldChoice.ts";
import { SLOT_TILE } from "./kernels/product.ts";
import { type IntegerPlaces, placeIntegers, RUN_LENGTH } from "./memory.ts";
import type { Workspace } from "./workspace.ts";

/** The batch that is on the device. */
export interface Loaded {
  B: number;
  groups: IdGroups;
  /** Fields that go by unique ids; how many tiles, runs and long slots theirs make. */
  uniqueFields: number;
  uniqueSlots: number;
  tiles: number;
  runs: number;
  longSlots: number;
  /** The other fields. */
  plain: PlainRange[];
  bytes: number;
}

/** Neighbouring fields that take the plain product. */
export interface PlainRange {
  first: number;
  count: number;
  /** Where they begin in the plain input, and how many columns they have there, a multiple of four. */
  column: number;
  columns: number;
  firstSlot: number;
  slots: number;
}

export interface Uploader {
  /** Uploads a batch to the device. `makeRoom` is called first where the buffers are too small for it. */
  load(batch: Batch, groups: IdGroups): Promise<Loaded>;
}

export function createUploader(
  w: Workspace,
  policy: FieldPolicy,
  beforeGrowing: () => Promise<void>,
): Uploader {
  const { fields: F, embeddingDim: D } = w.plan;
  let values = new Int32Array(0);

  async function makeRoom(B: number, U: number, plainColumns: number): Promise<void> {
    const { rows, slots } = w.capacity;
    if (B <= rows && U <= slots && plainColumns <= w.capacity.plainColumns) return;
    await beforeGrowing();
    // Some more than this batch has: others hold somewhat more ids.
    w.grow({ rows: B, slots: U > slots ? Math.min(B * F, Math.ceil(1.25 * U)) : U, plainColumns });
  }

  return {
    async load(batch, groups) {
      const { rowCount: B } = batch;
      const U = groups.slotIds.length;
      const choice = chooseFields(groups, D, policy);
      const plain = plainRanges(choice.plain, groups, D);
      await makeRoom(
        B,
        U,
        plain.reduce((sum, { columns }) => sum + columns, 0),
      );
      const places = placeIntegers(w.plan, { rows: B, slots: U });
      w.integers = places;
      if (values.length < places.end) values = new Int32Array(placeIntegers(w.plan, w.capacity).end);
      const integers = values.subarray(0, places.end);
      copyGroups(groups, integers, places);
      const lists = listWork(groups, choice.unique, integers, places);
      w.write("integers", 0, integers);
      w.write("floats", w.floats.labels, batch.labels);
      let bytes = integers.byteLength + batch.labels.byteLength;
      if (w.floats.gating || !groups.unitWeights) {
        w.write("floats", w.floats.weights, batch.weights);
        w.write("floats", w.floats.positionWeights, groups.positionWeights);
        bytes += 2 * batch.weights.byteLength;
      }
      return { B, groups, plain, uniqueFields: choice.unique.length, ...lists, bytes };
    },
  };
}

function copyGroups(groups: IdGroups, integers: Int32Array, places: IntegerPlaces): void {
  integers.set(groups.slots, places.slots);
  integers.set(groups.slotIds, places.slotIds);
  integers.set(groups.positionStarts, places.positionStarts);
  integers.set(groups.positions, places.positions);
  integers.set(groups.tableRows, places.tableRows);
  integers.set(groups.tableStarts, places.tableStarts);
  integers.set(groups.tableSlots, places.tableSlots);
  for (let f = 0; f < groups.fields; f++)
    integers.fill(
      f,
      places.slotFields + groups.fieldStarts[f]!,
      places.slotFields + groups.fieldStarts[f + 1]!,
    );
}

/** Joins neighbours, so that each range is one product. */
function plainRanges(fields: number[], { fieldStarts }: IdGroups, D: number): PlainRange[] {
  const ranges: PlainRange[] = [];
  let column = 0;
  for (let i = 0; i < fields.length; ) {
    const first = fields[i]!;
    let count = 0;
    while (fields[i] === first + count) {
      count++;
      i++;
    }
    const columns = 4 * Math.ceil((count * D) / 4);
    const [firstSlot, end] = [fieldStarts[first]!, fieldStarts[first + count]!];
    ranges.push({ first, count, column, columns, firstSlot, slots: end - firstSlot });
    column += columns;
  }
  return ranges;
}

/** Lists the unique fields, their slot tiles, runs and long slots into the integers. */
function listWork(
  { fieldStarts, positionStarts, slotIds }: IdGroups,
  uniqueFields: number[],
  integers: Int32Array,
  places: IntegerPlaces,
): Pick<Loaded, "uniqueSlots" | "tiles" | "runs" | "longSlots"> {
  let [uniqueSlots, tiles, runs, longSlots] = [0, 0, 0, 0];
  let nextPart = slotIds.length;
  function add(place: number, entry: number, a: number, b: number, c: number): void {
    const at = place + 3 * entry;
    integers[at] = a;
    integers[at + 1] = b;
    integers[at + 2] = c;
  }
  for (const [i, f] of uniqueFields.entries()) {
    const [first, end] = [fieldStarts[f]!, fieldStarts[f + 1]!];
    add(places.uniqueFields, i, f, first, end);
    uniqueSlots += end - first;
    for (let slot = first; slot < end; slot += SLOT_TILE)
      add(places.tiles, tiles++, f, slot, Math.min(SLOT_TILE, end - slot));
    for (let slot = first; slot < end; slot++) {
      const [start, stop] = [positionStarts[slot]!, positionStarts[slot + 1]!];
      if (stop - start <= RUN_LENGTH) {
        add(places.runs, runs++, slot, start, stop);
        continue;
      }
      const firstPart = nextPart;
      for (let at = start; at < stop; at += RUN_LENGTH)
        add(places.runs, runs++, nextPart++, at, Math.min(stop, at + RUN_LENGTH));
      add(places.longSlots, longSlots++, slot, firstPart, nextPart - firstPart);
    }
  }
  return { uniqueSlots, tiles, runs, longSlots };
}
