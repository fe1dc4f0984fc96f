// What the page asks of the worker that checks this device. Types only.

import type { BackendName } from "../engine/engine.ts";
import type { BackendOutcome } from "./report.ts";

export interface CheckRequests {
  /** Checks every backend that starts here, one after the other. */
  check: {
    input: Record<string, never>;
    output: { backends: BackendOutcome[]; missing: { backend: BackendName; reason: string }[] };
  };
}

/** What is being done, on which backend, and which share of all is behind it, from 0 to 1. */
export interface CheckEvent {
  backend: BackendName;
  stage: string;
  share: number;
}
