// A thread of Node behind the interface of a page's worker.

import type { Worker } from "node:worker_threads";
import type { WorkerPort } from "../base/rpc/port.ts";

/** `worker` as a port to call through; its end by itself is an "error" event, as in a browser. */
export function threadPort(worker: Worker): WorkerPort {
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer as ArrayBuffer[]),
    addEventListener(type: "message" | "error" | "messageerror", listener: (event: never) => void) {
      const emit = listener as (event: { data?: unknown; message?: string }) => void;
      if (type === "error") {
        worker.on("error", (cause) =>
          emit({ message: cause instanceof Error ? cause.message : String(cause) }),
        );
        worker.on("exit", (code) => emit({ message: `a thread ended with code ${code}` }));
      } else worker.on(type, (data) => emit({ data }));
    },
    terminate() {
      void worker.terminate();
    },
  };
}
