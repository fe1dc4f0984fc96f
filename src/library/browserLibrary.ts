// The library as a worker of the browser has it: over its database, its private files, and a channel to other tabs.

import type { Handlers } from "../base/rpc/serve.ts";
import { openCheckpointStore } from "../checkpoint/browserStore.ts";
import type { CheckpointStore } from "../checkpoint/checkpointStore.ts";
import { openDatabase } from "./database.ts";
import { createLibrary } from "./library.ts";
import type { LibraryEvent, LibraryRequests } from "./requests.ts";
import { lockedRuns } from "./runLocks.ts";

const CHANNEL = "final-studio/library";

export function browserLibrary(emit: (event: LibraryEvent) => void): Handlers<LibraryRequests> {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", () => emit({ type: "changed" }));
  let checkpoints: Promise<CheckpointStore> | null = null;
  return createLibrary({
    database: openDatabase(),
    checkpoints: () => (checkpoints ??= openCheckpointStore()),
    openRuns: lockedRuns,
    announce: () => channel.postMessage("changed"),
    emit,
    now: Date.now,
  });
}
