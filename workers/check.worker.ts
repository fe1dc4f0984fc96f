// The worker that checks this device: golden files, kernels, training steps.

import type { Port } from "../src/base/rpc/port.ts";
import { serve } from "../src/base/rpc/serve.ts";
import { browserCheck } from "../src/check/browser.ts";
import type { CheckEvent, CheckRequests } from "../src/check/requests.ts";

// Fetched when a check begins, not before.
const goldenUrls = import.meta.glob<string>("../test/golden/*.json", {
  query: "?url",
  import: "default",
  eager: true,
});

// TypeScript sees `self` as a window.
serve<CheckRequests, CheckEvent>(self as unknown as Port, (outlet) => browserCheck(goldenUrls, outlet));
