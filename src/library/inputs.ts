// What the library works with: a browser's, or a test's.

import type { CheckpointStore } from "../checkpoint/checkpointStore.ts";
import type { LibraryDatabase } from "./database.ts";
import type { LibraryEvent } from "./requests.ts";

export interface LibraryInputs {
  /** May still be opening. */
  database: Promise<LibraryDatabase>;
  /** Throws a ProblemError where the browser keeps no files. */
  checkpoints(): Promise<CheckpointStore>;
  /** Runs that some tab trains. */
  openRuns(): Promise<Set<string>>;
  /** Notifies the libraries of other tabs of a change. */
  announce(): void;
  emit(event: LibraryEvent): void;
  now(): number;
}
