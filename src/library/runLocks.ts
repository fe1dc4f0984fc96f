// One tab trains a run at a time.

import { heldLocks, takeLock } from "../base/locks.ts";

const PREFIX = "final-studio/run/";

/** Takes the run for this tab; gives what lets it go again, or null when another tab has it. */
export async function lockRun(runId: string): Promise<(() => void) | null> {
  return takeLock(PREFIX + runId);
}

/** Runs that this tab or another one holds. */
export async function lockedRuns(): Promise<Set<string>> {
  return heldLocks(PREFIX);
}
