// The worker that keeps data sets: it imports logs with the help of the page's encoders.

import type { Port } from "../src/base/rpc/port.ts";
import { serve } from "../src/base/rpc/serve.ts";
import { createDataService } from "../src/datasets/dataService.ts";
import type { DataEvent, DataRequests } from "../src/datasets/requests.ts";
import { startPoolWorkers } from "../src/datasets/workers.ts";

// TypeScript sees `self` as a window.
serve<DataRequests, DataEvent>(self as unknown as Port, ({ emit, computing, startWorker }) =>
  createDataService(
    { startPoolWorkers: () => startPoolWorkers(() => startWorker("encoder")), computing },
    emit,
  ),
);
