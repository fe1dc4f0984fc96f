// The worker that reads data sets for the one that trains.

import { openAt } from "../src/datasets/openAt.ts";
import type { DatasetLocation } from "../src/protocol/messages.ts";
import type { Port } from "../src/protocol/port.ts";
import { serve } from "../src/protocol/serve.ts";
import { createReader, type ReaderEvent, type ReaderRequests } from "../src/train/reader.ts";

// TypeScript sees `self` as a window.
serve<ReaderRequests<DatasetLocation>, ReaderEvent>(self as unknown as Port, ({ emit }) =>
  createReader(async (location, tell) => (await openAt(location, tell)).dataset, emit),
);
