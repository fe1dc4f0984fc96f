// Which shape of product is fastest on a device: found by timing each once, before the first engine starts.

import { compileKernels, createStores } from "./device.ts";
import { PRODUCT_TILES, type ProductTile, productGrid, productKernel } from "./product.ts";

const SIZE = 256;
const REPEATS = 3;

const chosen = new WeakMap<GPUDevice, Promise<ProductTile>>();

/** The fastest tile; all give the same numbers, since each sums along the depth in order. */
export function fastestTile(device: GPUDevice): Promise<ProductTile> {
  let tile = chosen.get(device);
  if (!tile) {
    tile = timeTiles(device);
    chosen.set(device, tile);
  }
  return tile;
}

async function timeTiles(device: GPUDevice): Promise<ProductTile> {
  const square = SIZE * SIZE;
  const one = { integers: 1, table: 1, tableFirst: 1, tableSecond: 1, marks: 1 };
  const stores = createStores(device, { floats: 3 * square, ...one });
  let best = PRODUCT_TILES[0]!;
  let bestMs = Number.POSITIVE_INFINITY;
  for (const tile of PRODUCT_TILES) {
    const kernel = productKernel("rows", tile);
    await compileKernels(device, [kernel]);
    const numbers = {
      ...{ m: SIZE, n: SIZE, k: SIZE, a: 0, aStride: SIZE, b: square, bStride: SIZE, c: 2 * square },
      ...{ cStride: SIZE, splits: 1, accumulate: 0, bias: 0, hasBias: 0, list: 0, embeddingDim: 0 },
    };
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const recorder = stores.recorder();
      recorder.dispatch(kernel, numbers, productGrid(tile, SIZE, SIZE, 1));
      const started = performance.now();
      recorder.submit();
      await device.queue.onSubmittedWorkDone();
      const ms = performance.now() - started;
      if (ms < bestMs) {
        bestMs = ms;
        best = tile;
      }
    }
  }
  stores.free();
  return best;
}
