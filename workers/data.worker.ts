// The worker that keeps data sets: it imports logs with the help of workers of its own.

import type { Port } from "../src/base/rpc/port.ts";
import { serve } from "../src/base/rpc/serve.ts";
import { createDataService } from "../src/datasets/dataService.ts";
import type { DataEvent, DataRequests } from "../src/datasets/requests.ts";
import { startPoolWorkers } from "../src/datasets/workers.ts";

const startEncoder = () => new Worker(new URL("./encoder.worker.ts", import.meta.url), { type: "module" });

// TypeScript sees `self` as a window.
serve<DataRequests, DataEvent>(self as unknown as Port, ({ emit, computing }) =>
  createDataService({ startPoolWorkers: () => startPoolWorkers(startEncoder), computing }, emit),
);
