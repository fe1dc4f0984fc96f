// A worker pool of Node's threads.

import { Worker } from "node:worker_threads";
import type { Encoder } from "../preprocess/encoder.ts";
import { createWorkerPool, type PoolReply, type PoolSettings } from "../preprocess/workerPool.ts";
import { threadScript } from "./threadScript.ts";

/** Starts `count` threads; `close` ends them. */
export async function startThreads(
  count: number,
  rules: PoolSettings,
): Promise<{ encoder: Encoder; close: () => Promise<void> }> {
  const script = await threadScript(new URL("./preprocessThread.ts", import.meta.url));
  const workers = Array.from({ length: count }, () => new Worker(script));
  const members = workers.map((worker) => ({
    post: worker.postMessage.bind(worker),
    listen(hear: (reply: PoolReply) => void, fail: (cause: Error) => void) {
      worker.on("message", hear);
      worker.on("error", fail);
      worker.on("exit", (code) => fail(new Error(`a thread of preprocessing ended with code ${code}`)));
    },
  }));
  return {
    encoder: createWorkerPool(members, rules),
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
