// A worker that helps another one with its WASM kernels. It receives one message, and works until it is ended.

import type { WorkerStart } from "../src/base/rpc/port.ts";
import { type HelperOrder, help } from "../src/engine/wasm/team.ts";

self.addEventListener("message", ({ data }: MessageEvent<WorkerStart<HelperOrder>>) => help(data.order));
