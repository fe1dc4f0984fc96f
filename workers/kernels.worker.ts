// A worker that helps another one with its WASM kernels. It receives one message, and works until it is ended.

import { type HelperOrder, help } from "../src/engine/wasm/team.ts";

self.addEventListener("message", ({ data }: MessageEvent<HelperOrder>) => help(data));
