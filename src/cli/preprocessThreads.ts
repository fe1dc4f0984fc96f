// A crew of Node's threads.

import { Worker } from "node:worker_threads";
import { type CrewReply, type CrewRules, createCrew } from "../preprocess/crew.ts";
import type { Hands } from "../preprocess/hands.ts";

/** Starts `count` threads; `close` ends them. */
export function startThreads(count: number, rules: CrewRules): { hands: Hands; close: () => Promise<void> } {
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL("./preprocessThread.mjs", import.meta.url)),
  );
  const members = workers.map((worker) => ({
    post: worker.postMessage.bind(worker),
    listen(hear: (reply: CrewReply) => void, fail: (cause: Error) => void) {
      worker.on("message", hear);
      worker.on("error", fail);
      worker.on("exit", (code) => fail(new Error(`a thread of preprocessing ended with code ${code}`)));
    },
  }));
  return {
    hands: createCrew(members, rules),
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
