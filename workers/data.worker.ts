// The worker that keeps data sets: it imports logs with the help of workers of its own.

import { createDataService } from "../src/datasets/dataService.ts";
import { startPoolWorkers } from "../src/datasets/workers.ts";
import type { DataEvent, DataRequests } from "../src/protocol/dataMessages.ts";
import type { Port } from "../src/protocol/port.ts";
import { serve } from "../src/protocol/serve.ts";

const startHand = () => new Worker(new URL("./encoder.worker.ts", import.meta.url), { type: "module" });

// TypeScript sees `self` as a window.
serve<DataRequests, DataEvent>(self as unknown as Port, ({ emit, computing }) =>
  createDataService({ startPoolWorkers: () => startPoolWorkers(startHand), computing }, emit),
);
