// The checkpoint store in the browser's private file system; every worker that opens it has the same files.

import { ProblemError, problemError } from "../base/result.ts";
import { yieldToMessages } from "../base/yield.ts";
import { answering } from "./answering.ts";
import { type CheckpointStore, createCheckpointStore } from "./checkpointStore.ts";
import { openOpfs } from "./opfs.ts";

/** What checkpoints may take together until the person says otherwise. */
const DEFAULT_BUDGET = 2_000_000_000;

/** Throws a ProblemError where the browser keeps no files. */
export async function openCheckpointStore(): Promise<CheckpointStore> {
  try {
    const storage = answering(await openOpfs("runs", yieldToMessages));
    return createCheckpointStore({ storage, budget: DEFAULT_BUDGET, breathe: yieldToMessages });
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    const reason = (cause as Error).message.replace(/\.$/, "");
    throw problemError("storage-missing", { reason });
  }
}
