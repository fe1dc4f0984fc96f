// The worker that reads data sets for the one that trains.

import type { Port } from "../src/base/rpc/port.ts";
import { serve } from "../src/base/rpc/serve.ts";
import { openAt } from "../src/datasets/openAt.ts";
import type { DatasetLocation } from "../src/datasets/requests.ts";
import { createReader, type ReaderEvent, type ReaderRequests } from "../src/train/reader.ts";

// TypeScript sees `self` as a window.
serve<ReaderRequests<DatasetLocation>, ReaderEvent>(self as unknown as Port, ({ emit }) =>
  createReader(async (location, onProgress) => (await openAt(location, onProgress)).dataset, emit),
);
