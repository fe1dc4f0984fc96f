// Runs that can be resumed, and the checkpoint that was brought, as the page shows them.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { LibraryRun } from "../../library/requests.ts";
import type { CheckpointReport, TrainerRequests } from "../../train/requests.ts";

/** A run of the list that has a checkpoint. */
export type ResumableRun = LibraryRun & { checkpoint: NonNullable<LibraryRun["checkpoint"]> };

/** A run that was under way when its session ended, and what was lost of it. */
export interface Offer {
  run: ResumableRun;
  /** Steps and seconds of training after the last save; null where they are not known. */
  lost: { steps: number; seconds: number } | null;
}

export type CheckpointEvaluation = TrainerRequests["evaluateCheckpoint"]["output"];

export interface SessionsState {
  /** Unfinished runs that no tab has open, the newest first. */
  offers: Offer[];
  /** The last save of the run on show. */
  lastSave: { runId: string; step: number; time: number } | null;
  /** A checkpoint that was dropped or picked, until the person has chosen what to do with it. */
  uploaded: {
    name: string;
    file: File;
    report: CheckpointReport;
    evaluation: CheckpointEvaluation | null;
  } | null;
  /** What is under way, in words; buttons wait for it. */
  busy: string | null;
}

export type SessionsStore = StoreApi<SessionsState>;

export function createSessionsStore(): SessionsStore {
  return createStore<SessionsState>(() => ({ offers: [], lastSave: null, uploaded: null, busy: null }));
}

/** Does `work` while the page says that it is `busy`. */
export async function whileBusy<T>(store: SessionsStore, busy: string, work: () => Promise<T>): Promise<T> {
  store.setState({ busy });
  try {
    return await work();
  } finally {
    store.setState({ busy: null });
  }
}

/** Whether it can be resumed: it has a checkpoint, and is not a member of an arena. */
export function isResumable(run: LibraryRun): run is ResumableRun {
  return run.checkpoint !== null && run.arenaId === null;
}
