// One thread of preprocessing.

import { parentPort } from "node:worker_threads";
import type { Port } from "../base/rpc/port.ts";
import { serveEncoder } from "../preprocess/workerPool.ts";

serveEncoder(parentPort as unknown as Port);
