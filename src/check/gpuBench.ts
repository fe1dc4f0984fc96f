// The kernels of the fast engine on WebGPU.

import { compileKernels, createStores, type GridSize, gpuDevice } from "../engine/webgpu/device.ts";
import { gatherSum, segmentSum, VECTORS_OF_THREAD } from "../engine/webgpu/kernels/embedding.ts";
import type { Kernel } from "../engine/webgpu/kernels/kernel.ts";
import { productGrid, productKernel } from "../engine/webgpu/kernels/product.ts";
import type { Place } from "../engine/webgpu/memory.ts";
import { createTable } from "../engine/webgpu/table.ts";
import { fastestTile } from "../engine/webgpu/tiles.ts";
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

/** On the device of the current backend, which must be WebGPU. Throws a ProblemError where it has no memory. */
export async function gpuBench(): Promise<KernelBench> {
  const device = gpuDevice();
  const tile = await fastestTile();
  const kernels = {
    rows: productKernel("rows", tile),
    columns: productKernel("columns", tile),
    transposed: productKernel("transposed", tile),
  };
  await compileKernels(device, [...Object.values(kernels), gatherSum, segmentSum]);
  const inputs = createInputs(device);
  const { recorder } = inputs.stores;
  const copy = createCopy(device);

  const dispatched =
    (kernel: Kernel, numbers: Record<string, number>, size: { threads: number } | GridSize): Work =>
    async () => {
      recorder.dispatch(kernel, numbers, size);
      recorder.submit();
      await device.queue.onSubmittedWorkDone();
    };
  const product = (kernel: Kernel, [m, n, k]: [number, number, number], a: Place, b: Place, c: Place) =>
    dispatched(kernel, { m, n, k, ...placesOf({ a, b, c }), ...WITHOUT_EXTRAS }, productGrid(tile, m, n, 1));
  const { a, b, c, bySlot, bias, list } = inputs;
  const vectors = 4 * VECTORS_OF_THREAD;
  return {
    copy: copy.work,
    rows: product(kernels.rows, [ROWS, COLUMNS, DEPTH], a, b, c),
    columns: product(kernels.columns, [DEPTH, COLUMNS, ROWS], a, c, b),
    transposed: product(kernels.transposed, [ROWS, DEPTH, COLUMNS], c, b, a),
    gather: dispatched(
      gatherSum,
      {
        rows: ROWS,
        columns: COLUMNS,
        fields: FIELDS,
        list: list.fields,
        stride: FIELDS,
        slots: list.slots,
        weights: 0,
        weighted: 0,
        projected: bySlot.at,
        projectedStride: bySlot.stride,
        bias,
        z: c.at,
        zStride: c.stride,
      },
      { threads: (ROWS * COLUMNS) / vectors },
    ),
    segmentSum: dispatched(
      segmentSum,
      {
        runs: SLOTS,
        columns: COLUMNS,
        list: list.runs,
        positions: list.positions,
        weights: 0,
        weighted: 0,
        rows: c.at,
        rowsStride: c.stride,
        sums: bySlot.at,
        sumsStride: bySlot.stride,
      },
      { threads: (SLOTS * COLUMNS) / vectors },
    ),
    free() {
      inputs.free();
      copy.free();
    },
  };
}

/** What a product of the bench leaves out. */
const WITHOUT_EXTRAS = { splits: 1, accumulate: 0, bias: 0, hasBias: 0, list: 0, embeddingDim: 0 };

function placesOf(matrices: Record<"a" | "b" | "c", Place>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(matrices).flatMap(([name, { at, stride }]) => [
      [name, at],
      [`${name}Stride`, stride],
    ]),
  );
}

/** The stores with room for all matrices, and the lists that gathering and its gradient read. */
function createInputs(device: GPUDevice) {
  const table = createTable(device, 1, 1);
  const a = { at: 0, stride: DEPTH };
  const b = { at: ROWS * DEPTH, stride: COLUMNS };
  const c = { at: b.at + DEPTH * COLUMNS, stride: COLUMNS };
  const bySlot = { at: c.at + ROWS * COLUMNS, stride: COLUMNS };
  const bias = bySlot.at + SLOTS * COLUMNS;
  const slots = drawSlots();
  const { rows: positions, starts } = groupBySlot(slots);
  const lists = {
    slots,
    positions,
    fields: Int32Array.from(Array.from({ length: FIELDS }, (_, f) => [f, 0, SLOTS]).flat()),
    runs: Int32Array.from(Array.from({ length: SLOTS }, (_, s) => [s, starts[s]!, starts[s + 1]!]).flat()),
  };
  const list = { slots: 0, positions: 0, fields: 0, runs: 0 };
  let integers = 0;
  for (const name of ["slots", "positions", "fields", "runs"] as const) {
    list[name] = integers;
    integers += lists[name].length;
  }
  const stores = createStores(
    device,
    { floats: bias + COLUMNS, integers },
    table.parts.map((part) => part.buffers),
  );
  for (const name of ["slots", "positions", "fields", "runs"] as const)
    stores.write("integers", list[name], lists[name]);
  return {
    stores,
    a,
    b,
    c,
    bySlot,
    bias,
    list,
    free(): void {
      stores.free();
      table.free();
    },
  };
}

/** Copies from one buffer into another. */
function createCopy(device: GPUDevice): { work: Work; free(): void } {
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const from = device.createBuffer({ size: COPY_BYTES, usage });
  const to = device.createBuffer({ size: COPY_BYTES, usage });
  return {
    async work() {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(from, 0, to, 0, COPY_BYTES);
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
    },
    free() {
      from.destroy();
      to.destroy();
    },
  };
}
