// A thread that helps with the WASM kernels.

import { workerData } from "node:worker_threads";
import { type HelperOrder, help } from "../engine/wasm/team.ts";

help(workerData as HelperOrder);
