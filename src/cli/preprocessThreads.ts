// A worker pool of Node's threads.

import type { Encoder } from "../preprocess/encoder.ts";
import { createWorkerPool, type PoolSettings } from "../preprocess/workerPool.ts";
import { threadPort } from "./threadPort.ts";
import { threadStarter } from "./threads.ts";

/** Starts `count` threads; `close` ends them. */
export async function startThreads(
  count: number,
  settings: PoolSettings,
): Promise<{ encoder: Encoder; close: () => Promise<void> }> {
  const startThread = await threadStarter("preprocessThread");
  const workers = Array.from({ length: count }, () => startThread());
  const encoder = createWorkerPool(workers.map(threadPort), settings);
  return {
    encoder,
    async close() {
      encoder.close();
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
