// A worker pool of the browser's workers.

import type { PoolWorker } from "../preprocess/workerPool.ts";

/** More workers wait for the one that cuts the log into lines and writes; each keeps counts of its own. */
const MOST_WORKERS = 4;

/** As many workers as the processor has cores besides that of whoever leads. */
export function startPoolWorkers(start: () => Worker): { members: PoolWorker[]; end: () => void } {
  const count = Math.min(MOST_WORKERS, Math.max(1, navigator.hardwareConcurrency - 1));
  const workers = Array.from({ length: count }, start);
  return {
    members: workers.map((worker) => ({
      post: (request, transfer) => worker.postMessage(request, transfer),
      listen(hear, fail) {
        worker.addEventListener("message", ({ data }) => hear(data));
        worker.addEventListener("error", ({ message }) =>
          fail(new Error(message || "a worker of preprocessing could not be loaded")),
        );
      },
    })),
    end() {
      for (const worker of workers) worker.terminate();
    },
  };
}
