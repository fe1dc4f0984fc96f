// The kernels of the fast engine on WebGPU.

import { compileKernels, createStores, type GridSize, gpuDevice } from "../engine/webgpu/device.ts";
import { gatherSum, segmentSum, VECTORS_OF_THREAD } from "../engine/webgpu/kernels/embedding.ts";
import type { Kernel } from "../engine/webgpu/kernels/kernel.ts";
import { productGrid, productKernel } from "../engine/webgpu/kernels/product.ts";
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
  const products = {
    rows: productKernel("rows", tile),
    columns: productKernel("columns", tile),
    transposed: productKernel("transposed", tile),
  };
  await compileKernels(device, [...Object.values(products), gatherSum, segmentSum]);
  const table = createTable(device, 1, 1);
  const [a, b, c] = [0, ROWS * DEPTH, ROWS * DEPTH + DEPTH * COLUMNS];
  const bySlot = c + ROWS * COLUMNS;
  const bias = bySlot + SLOTS * COLUMNS;
  const slots = drawSlots();
  const groups = groupBySlot(slots);
  const fieldList = new Int32Array(Array.from({ length: FIELDS }, (_, f) => [f, 0, SLOTS]).flat());
  const { starts } = groups;
  const runs = new Int32Array(
    Array.from({ length: SLOTS }, (_, s) => [s, starts[s]!, starts[s + 1]!]).flat(),
  );
  const [slotsAt, positionsAt] = [0, slots.length];
  const fieldsAt = positionsAt + groups.rows.length;
  const runsAt = fieldsAt + fieldList.length;
  const stores = createStores(
    device,
    { floats: bias + COLUMNS, integers: runsAt + runs.length },
    table.parts.map((part) => part.buffers),
  );
  for (const [at, values] of [
    [slotsAt, slots],
    [positionsAt, groups.rows],
    [fieldsAt, fieldList],
    [runsAt, runs],
  ] as const)
    stores.write("integers", at, values);
  const [copyFrom, copyTo] = [0, 1].map(() =>
    device.createBuffer({ size: COPY_BYTES, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST }),
  ) as [GPUBuffer, GPUBuffer];

  const dispatched =
    (kernel: Kernel, numbers: Record<string, number>, size: { threads: number } | GridSize): Work =>
    async () => {
      stores.recorder.dispatch(kernel, numbers, size);
      stores.recorder.submit();
      await device.queue.onSubmittedWorkDone();
    };
  const product = (kernel: Kernel, m: number, n: number, k: number, places: Record<string, number>) =>
    dispatched(
      kernel,
      { m, n, k, ...places, splits: 1, accumulate: 0, bias: 0, hasBias: 0, list: 0, embeddingDim: 0 },
      productGrid(tile, m, n, 1),
    );
  const vectors = 4 * VECTORS_OF_THREAD;
  return {
    async copy() {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(copyFrom, 0, copyTo, 0, COPY_BYTES);
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
    },
    rows: product(products.rows, ROWS, COLUMNS, DEPTH, {
      a,
      aStride: DEPTH,
      b,
      bStride: COLUMNS,
      c,
      cStride: COLUMNS,
    }),
    columns: product(products.columns, DEPTH, COLUMNS, ROWS, {
      a,
      aStride: DEPTH,
      b: c,
      bStride: COLUMNS,
      c: b,
      cStride: COLUMNS,
    }),
    transposed: product(products.transposed, ROWS, DEPTH, COLUMNS, {
      a: c,
      aStride: COLUMNS,
      b,
      bStride: COLUMNS,
      c: a,
      cStride: DEPTH,
    }),
    gather: dispatched(
      gatherSum,
      {
        rows: ROWS,
        columns: COLUMNS,
        fields: FIELDS,
        list: fieldsAt,
        stride: FIELDS,
        slots: slotsAt,
        weights: 0,
        weighted: 0,
        projected: bySlot,
        projectedStride: COLUMNS,
        bias,
        z: c,
        zStride: COLUMNS,
      },
      { threads: (ROWS * COLUMNS) / vectors },
    ),
    segmentSum: dispatched(
      segmentSum,
      {
        runs: SLOTS,
        columns: COLUMNS,
        list: runsAt,
        positions: positionsAt,
        weights: 0,
        weighted: 0,
        rows: c,
        rowsStride: COLUMNS,
        sums: bySlot,
        sumsStride: COLUMNS,
      },
      { threads: (SLOTS * COLUMNS) / vectors },
    ),
    free() {
      stores.free();
      table.free();
      copyFrom.destroy();
      copyTo.destroy();
    },
  };
}
