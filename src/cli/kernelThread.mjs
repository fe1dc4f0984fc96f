// A thread does not inherit tsx from its process: it loads it itself, then helps with the WASM kernels.

import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
const { help } = await import("../engine/wasm/team.ts");
help(workerData);
