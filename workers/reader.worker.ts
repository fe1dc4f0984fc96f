// The worker that reads data sets for the one that trains.

import type { WorkerStart } from "../src/base/rpc/port.ts";
import { serve } from "../src/base/rpc/serve.ts";
import { openAt } from "../src/datasets/openAt.ts";
import type { DatasetLocation } from "../src/datasets/requests.ts";
import { createReader, type ReaderEvent, type ReaderRequests } from "../src/train/reader.ts";

self.addEventListener("message", ({ data }: MessageEvent<WorkerStart>) =>
  serve<ReaderRequests<DatasetLocation>, ReaderEvent>(data.port, ({ emit }) =>
    createReader(async (location, onProgress) => (await openAt(location, onProgress)).dataset, emit),
  ),
);
