// A thread that reads a data set's folder for the one that trains.

import { parentPort } from "node:worker_threads";
import type { Port } from "../base/rpc/port.ts";
import { serve } from "../base/rpc/serve.ts";
import { openDataset } from "../shards/openDataset.ts";
import { createReader, type ReaderEvent, type ReaderRequests } from "../train/reader.ts";
import { diskFolder } from "./files.ts";

serve<ReaderRequests<string>, ReaderEvent>(parentPort as unknown as Port, ({ emit }) =>
  createReader((path) => openDataset(diskFolder(path)), emit),
);
