// A worker that does the heavy steps of preprocessing for the one that leads.

import type { WorkerStart } from "../src/base/rpc/port.ts";
import { serveEncoder } from "../src/preprocess/workerPool.ts";

self.addEventListener("message", ({ data }: MessageEvent<WorkerStart>) => serveEncoder(data.port));
