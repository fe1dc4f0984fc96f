// What the parts of a GPU step share: the model's plan, the stores and where everything lies in them, and how a product is
// dispatched. The stores grow with the batches; the table and the parameters move over.

import type { Config, InputShape } from "../../model/config.ts";
import { type CostMeter, createCostMeter, plainFlopsPerRow } from "../cost.ts";
import type { Matrix, Plan } from "../plan.ts";
import { planModel } from "../planModel.ts";
import {
  compileKernels,
  createStores,
  gpuDevice,
  type Recorder,
  readBuffer,
  type WorkStore,
  type WorkStores,
} from "./device.ts";
import { kernelsOf } from "./kernels/all.ts";
import { clear } from "./kernels/gating.ts";
import type { Kernel } from "./kernels/kernel.ts";
import {
  PRODUCT_FORMS,
  type ProductForm,
  type ProductTile,
  productGrid,
  productKernel,
  sumParts,
  tileOf,
} from "./kernels/product.ts";
import {
  type Capacity,
  type FloatPlaces,
  type IntegerPlaces,
  type Place,
  placeFloats,
  placeIntegers,
} from "./memory.ts";
import { createTable, type GpuTable } from "./table.ts";

export interface Workspace {
  readonly device: GPUDevice;
  readonly config: Config;
  readonly plan: Plan;
  readonly meter: CostMeter;
  readonly table: GpuTable;
  /** The products' kernels, and the shape of each. */
  readonly products: Record<ProductForm, { kernel: Kernel; tile: ProductTile }>;
  capacity: Capacity;
  floats: FloatPlaces;
  /** Where the batch's integers lie: as close together as it allows, so that little is uploaded. */
  integers: IntegerPlaces;
  recorder: Recorder;
  write(store: WorkStore, at: number, values: Float32Array | Int32Array): void;
  /** Reads from the floats; waits for the device. */
  read(at: number, count: number): Promise<Float32Array>;
  /** Makes room for a batch that large. */
  grow(needed: Capacity): void;
  readonly bytes: number;
  dispose(): void;
}

export interface WorkspaceOptions {
  tile: ProductTile;
  /** Bytes that one buffer of the table holds at most, where not the device's own limit. */
  largestBytes?: number | undefined;
}

/**
 * Allocates the stores for batches of capacity `first` and compiles the kernels. Throws a ProblemError without memory.
 */
export async function createWorkspace(
  config: Config,
  shape: InputShape,
  first: Capacity,
  { tile, largestBytes }: WorkspaceOptions,
): Promise<Workspace> {
  const device = gpuDevice();
  const plan = planModel(config, shape);
  const products = Object.fromEntries(
    PRODUCT_FORMS.map((form) => {
      const own = tileOf(form, tile, config.embeddingDim);
      return [form, { kernel: productKernel(form, own), tile: own }];
    }),
  ) as Workspace["products"];
  const table = createTable(device, plan.tableRows, plan.tableWidth, largestBytes);
  let stores = makeStores(first);
  // After the memory: a model that has no room is refused before seconds of compilation.
  await compileKernels(device, [...kernelsOf(plan), ...Object.values(products).map(({ kernel }) => kernel)]);

  function makeStores(capacity: Capacity): WorkStores {
    const sizes = { floats: placeFloats(plan, capacity).end, integers: placeIntegers(plan, capacity).end };
    const buffers = table.parts.map((part) => part.buffers);
    return createStores(device, sizes, buffers);
  }

  const workspace: Workspace = {
    device,
    config,
    plan,
    table,
    products,
    meter: createCostMeter(plainFlopsPerRow(config, plan.fields)),
    capacity: first,
    floats: placeFloats(plan, first),
    integers: placeIntegers(plan, first),
    recorder: stores.recorder,
    write: (store, at, values) => stores.write(store, at, values),
    read: (at, count) => readBuffer(device, stores.floats, at, count),
    grow({ rows, slots, plainColumns }) {
      const { capacity } = workspace;
      const grown = {
        rows: Math.max(rows, capacity.rows),
        slots: Math.max(slots, capacity.slots),
        plainColumns: Math.max(plainColumns, capacity.plainColumns),
      };
      const next = makeStores(grown);
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(stores.floats, 0, next.floats, 0, 4 * workspace.floats.stateEnd);
      device.queue.submit([encoder.finish()]);
      stores.free();
      stores = next;
      workspace.capacity = grown;
      workspace.floats = placeFloats(plan, grown);
      workspace.recorder = stores.recorder;
    },
    get bytes() {
      return table.bytes + stores.bytes;
    },
    dispose() {
      stores.free();
      table.free();
    },
  };
  return workspace;
}

/** Where a parameter lies in the store of floats. */
export function parameterPlace({ floats }: Workspace, { at, columns }: Matrix): Place {
  return { at: floats.parameters + at, stride: columns };
}

/** Where a parameter's gradient lies. */
export function gradientPlace({ floats }: Workspace, { at, columns }: Matrix): Place {
  return { at: floats.gradients + at, stride: columns };
}

/** Sets a dense parameter's gradient to zero. */
export function clearGradient({ recorder, floats }: Workspace, { at, rows, columns }: Matrix): void {
  const count = rows * columns;
  recorder.dispatch(clear, { count, matrix: floats.gradients + at }, { threads: count });
}

/** The same matrix from `column` on. */
export function fromColumn({ at, stride }: Place, column: number): Place {
  return { at: at + column, stride };
}

/** C (+)= a product of `m × columns` with depth k; in `parts` along the depth, which are then joined in order. */
export function dispatchProduct(
  { products, recorder, meter, floats }: Workspace,
  form: ProductForm,
  [m, k, columns]: [number, number, number],
  [a, b, c]: [Place, Place, Place],
  more: { accumulate?: boolean; bias?: number; parts?: number } = {},
): void {
  const { parts = 1, bias, accumulate = false } = more;
  const { kernel, tile } = products[form];
  const target = parts > 1 ? { at: floats.parts, stride: c.stride } : c;
  recorder.dispatch(
    kernel,
    {
      m,
      n: columns,
      k,
      a: a.at,
      aStride: a.stride,
      b: b.at,
      bStride: b.stride,
      c: target.at,
      cStride: target.stride,
      splits: parts,
      accumulate: accumulate ? 1 : 0,
      bias: bias ?? 0,
      hasBias: bias === undefined ? 0 : 1,
      list: 0,
      embeddingDim: 0,
    },
    productGrid(tile, m, columns, parts),
  );
  meter.product(m, columns, k);
  if (parts > 1)
    recorder.dispatch(
      sumParts,
      { count: (m * c.stride) / 4, parts, source: floats.parts, sum: c.at },
      { threads: (m * c.stride) / 4 },
    );
}

/** A product over slots: by `tiles` of the list, or by the fields that are listed. */
export function dispatchSlotProduct(
  { products, recorder, plan }: Workspace,
  form: ProductForm,
  [k, columns]: [number, number],
  [a, b, c]: [Place, Place, Place],
  list: { at: number; tiles: number } | { at: number; fields: number },
  accumulate = false,
): void {
  const { kernel, tile } = products[form];
  const D = plan.embeddingDim;
  recorder.dispatch(
    kernel,
    {
      m: D,
      n: columns,
      k,
      a: a.at,
      aStride: a.stride,
      b: b.at,
      bStride: b.stride,
      c: c.at,
      cStride: c.stride,
      splits: 1,
      accumulate: accumulate ? 1 : 0,
      bias: 0,
      hasBias: 0,
      list: list.at,
      embeddingDim: D,
    },
    "tiles" in list
      ? [Math.ceil(columns / tile.columns), list.tiles, 1]
      : productGrid(tile, D, columns, list.fields),
  );
}
