// The worker that checks this device: golden files, kernels, training steps.

import type { Port } from "../src/base/rpc/port.ts";
import { serve } from "../src/base/rpc/serve.ts";
import { browserCheck } from "../src/check/browser.ts";
import type { CheckEvent, CheckRequests } from "../src/check/requests.ts";
import type { HelperOrder } from "../src/engine/wasm/team.ts";

const parts = {
  // Fetched when a check begins, not before.
  goldenUrls: import.meta.glob<string>("../test/golden/*.json", {
    query: "?url",
    import: "default",
    eager: true,
  }),
  startHelper(order: HelperOrder): void {
    new Worker(new URL("./kernels.worker.ts", import.meta.url), { type: "module" }).postMessage(order);
  },
};

// TypeScript sees `self` as a window.
serve<CheckRequests, CheckEvent>(self as unknown as Port, ({ emit }) => browserCheck(parts, emit));
