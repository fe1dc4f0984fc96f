// The worker that trains: the page's requests reach the trainer, its events go back.

import type { Port } from "../src/base/rpc/port.ts";
import { serve } from "../src/base/rpc/serve.ts";
import type { HelperOrder } from "../src/engine/wasm/team.ts";
import { browserPlatform } from "../src/train/browser.ts";
import type { TrainerEvent, TrainerRequests } from "../src/train/requests.ts";
import { createTrainer } from "../src/train/trainer.ts";

const workers = {
  startHelper(order: HelperOrder): void {
    new Worker(new URL("./kernels.worker.ts", import.meta.url), { type: "module" }).postMessage(order);
  },
  startReader: () => new Worker(new URL("./reader.worker.ts", import.meta.url), { type: "module" }),
};

// TypeScript sees `self` as a window.
serve<TrainerRequests, TrainerEvent>(self as unknown as Port, ({ emit, computing }) =>
  createTrainer(browserPlatform(computing, workers), emit),
);
