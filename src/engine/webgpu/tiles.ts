// Which shape of product is fastest on a device: found by timing each once, before the first engine starts.

import { compileKernels, createStores, gpuDevice } from "./device.ts";
import {
  DIRECT_TILE,
  PRODUCT_TILES,
  type ProductTile,
  productGrid,
  productKernel,
} from "./kernels/product.ts";
import { createTable } from "./table.ts";

const SIZE = 512;
const REPEATS = 3;

const chosen = new WeakMap<GPUDevice, Promise<ProductTile>>();

/** The fastest tile of the current backend's device; all give the same numbers, since each sums along the depth in order. */
export function fastestTile(): Promise<ProductTile> {
  const device = gpuDevice();
  let tile = chosen.get(device);
  if (!tile) {
    tile = computesOnCpu(device) ? Promise.resolve(DIRECT_TILE) : timeTiles(device);
    chosen.set(device, tile);
  }
  return tile;
}

/** Workgroup memory and barriers only cost where there is no GPU, and timing takes seconds there. */
function computesOnCpu(device: GPUDevice): boolean {
  const { adapterInfo } = device as GPUDevice & {
    adapterInfo?: GPUAdapterInfo & { isFallbackAdapter?: boolean };
  };
  return adapterInfo?.isFallbackAdapter === true || /swiftshader/i.test(adapterInfo?.architecture ?? "");
}

async function timeTiles(device: GPUDevice): Promise<ProductTile> {
  const square = SIZE * SIZE;
  const table = createTable(device, 1, 1);
  const buffers = table.parts.map((part) => part.buffers);
  const stores = createStores(device, { floats: 3 * square, integers: 1 }, buffers);
  let best = DIRECT_TILE;
  let bestMs = Number.POSITIVE_INFINITY;
  for (const tile of PRODUCT_TILES) {
    const kernel = productKernel("rows", tile);
    await compileKernels(device, [kernel]);
    const numbers = {
      m: SIZE,
      n: SIZE,
      k: SIZE,
      a: 0,
      aStride: SIZE,
      b: square,
      bStride: SIZE,
      c: 2 * square,
      cStride: SIZE,
      splits: 1,
      accumulate: 0,
      bias: 0,
      hasBias: 0,
      list: 0,
      embeddingDim: 0,
    };
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      stores.recorder.dispatch(kernel, numbers, productGrid(tile, SIZE, SIZE, 1));
      const started = performance.now();
      stores.recorder.submit();
      await device.queue.onSubmittedWorkDone();
      const ms = performance.now() - started;
      if (ms < bestMs) {
        bestMs = ms;
        best = tile;
      }
    }
  }
  stores.free();
  table.free();
  return best;
}
