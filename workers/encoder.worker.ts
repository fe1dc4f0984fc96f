// A worker that does the heavy steps of preprocessing for the one that leads.

import type { Port } from "../src/base/rpc/port.ts";
import { serveEncoder } from "../src/preprocess/workerPool.ts";

// TypeScript sees `self` as a window.
serveEncoder(self as unknown as Port);
