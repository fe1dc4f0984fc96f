// How many workers of the browser preprocess beside the one that leads.

import type { WorkerPort } from "../base/rpc/port.ts";

/** More workers wait for the one that cuts the log into lines and writes; each keeps counts of its own. */
const MOST_WORKERS = 4;

/** As many workers as the processor has cores besides that of whoever leads. */
export function startPoolWorkers(start: () => WorkerPort): WorkerPort[] {
  const count = Math.min(MOST_WORKERS, Math.max(1, navigator.hardwareConcurrency - 1));
  return Array.from({ length: count }, start);
}
