// The kernels of the fast engine on WASM, on all of its threads.

import { panelTasks, rowTasks } from "../engine/wasm/blocks.ts";
import { allocateBlock, type HeapBlock, integersAt } from "../engine/wasm/heap.ts";
import { kernelTeam } from "../engine/wasm/kernels.ts";
import { call } from "../engine/wasm/signatures.ts";
import {
  COLUMNS,
  COPY_BYTES,
  DEPTH,
  drawSlots,
  FIELDS,
  groupBySlot,
  type KernelBench,
  ROWS,
  SLOTS,
  type Work,
} from "./kernelFigures.ts";

/** Bytes of a matrix row inside a panel of 16 columns. */
const ROW = 64;

/** On the current backend's kernels, which must be installed. Throws a ProblemError where there is no memory. */
export function wasmBench(): KernelBench {
  const team = kernelTeam();
  const { heap } = team;
  const { block, held } = allocateBlock(heap, layOut);
  const slots = drawSlots();
  const groups = groupBySlot(slots);
  integersAt(heap, held.slots, slots.length).set(slots);
  integersAt(heap, held.starts, groups.starts.length).set(groups.starts);
  integersAt(heap, held.positions, groups.rows.length).set(groups.rows);
  const { a, b, c, bT, bySlot } = held;
  const from = ({ at, panel }: { at: number; panel: number }, row: number) => ({ at: at + row * ROW, panel });
  const panelsFrom = ({ at, panel }: { at: number; panel: number }, p: number) => ({
    at: at + p * panel,
    panel,
  });
  const run =
    (tasks: Parameters<typeof team.run>[0]): Work =>
    async () =>
      team.run(tasks);
  return {
    async copy() {
      heap.HEAPU8.copyWithin(held.copyTo, held.copyFrom, held.copyFrom + COPY_BYTES);
    },
    rows: run(
      rowTasks(team, ROWS, (first, m) => [
        call("productRows", {
          m,
          n: COLUMNS,
          k: DEPTH,
          a: from(a, first),
          b,
          c: from(c, first),
          accumulate: 0,
        }),
      ]),
    ),
    columns: run(
      panelTasks(team, COLUMNS / 16, (first, count) => [
        call("productColumns", {
          m: DEPTH,
          n: 16 * count,
          k: ROWS,
          a,
          b: panelsFrom(c, first),
          c: panelsFrom(b, first),
          accumulate: 0,
        }),
      ]),
    ),
    // An input's gradient multiplies by the transposed weight, which is written out first.
    async transposed() {
      team.run([[call("transpose", { rows: DEPTH, columns: COLUMNS, matrix: b, out: bT })]]);
      team.run(
        rowTasks(team, ROWS, (first, m) => [
          call("productRows", {
            m,
            n: DEPTH,
            k: COLUMNS,
            a: from(c, first),
            b: bT,
            c: from(a, first),
            accumulate: 0,
          }),
        ]),
      );
    },
    gather: run(
      panelTasks(team, COLUMNS / 16, (first, panels) => [
        call("gatherSum", {
          B: ROWS,
          fields: FIELDS,
          panels,
          slots: held.slots,
          weights: 0,
          projected: panelsFrom(bySlot, first),
          z: panelsFrom(c, first),
        }),
      ]),
    ),
    segmentSum: run(
      panelTasks(team, COLUMNS / 16, (first, panels) => [
        call("segmentSum", {
          first: 0,
          end: SLOTS,
          panels,
          starts: held.starts,
          rows: held.positions,
          weights: 0,
          x: panelsFrom(c, first),
          out: panelsFrom(bySlot, first),
        }),
      ]),
    ),
    free: () => block.free(),
  };
}

function layOut(block: HeapBlock) {
  return {
    a: block.matrix(ROWS, DEPTH),
    b: block.matrix(DEPTH, COLUMNS),
    bT: block.matrix(COLUMNS, DEPTH),
    c: block.matrix(ROWS, COLUMNS),
    bySlot: block.matrix(SLOTS, COLUMNS),
    slots: block.take(ROWS * FIELDS),
    starts: block.take(SLOTS + 1),
    positions: block.take(ROWS * FIELDS),
    copyFrom: block.take(COPY_BYTES / 4),
    copyTo: block.take(COPY_BYTES / 4),
  };
}
