// What the page asks of the worker that keeps runs.

import type { Problem } from "../base/problem.ts";
import type { CheckpointStoreUsage } from "../checkpoint/checkpointStore.ts";
import type { CheckpointSummary } from "../checkpoint/summary.ts";
import type { StoredArena } from "../runs/arenaRecord.ts";
import type { SentCurves } from "../runs/curves.ts";
import type { RunRecord } from "../runs/record.ts";
import type { RunEvaluation } from "../runs/runEvaluation.ts";
import type { RunInsight } from "../runs/runInsight.ts";

/** A run as the library lists it. */
export interface LibraryRun extends RunRecord {
  /** Where its newest checkpoint stands, and what all of its files take; null where there is none. */
  checkpoint: { summary: CheckpointSummary; files: number; byteLength: number } | null;
  /** Some tab trains it. */
  isOpen: boolean;
}

export interface LibraryList {
  /** The newest first. */
  runs: LibraryRun[];
  /** What was deleted last and can be brought back. */
  deleted: Pick<RunRecord, "runId" | "name">[];
  /** What checkpoints take; null where this browser keeps none. */
  usage: CheckpointStoreUsage | null;
  /** Why this browser keeps no checkpoints; null where it does. */
  missing: Problem | null;
  /** Why runs are lost when the page closes; null where they are not. */
  problem: Problem | null;
}

/** What a person writes on a run, and how it is drawn. */
export type RunEdit = Partial<Pick<RunRecord, "name" | "note" | "tags" | "shown" | "isBaseline">>;

export type RunsFormat = "json" | "csv" | "report";

/** What only the page can give to a report. */
export interface ReportParts {
  /** SVG texts. */
  charts: string[];
  /** Addresses that open the runs' configurations, by run. */
  links: Record<string, string>;
}

export interface LibraryRequests {
  listRuns: { input: Record<string, never>; output: LibraryList };
  /** null where there are none. */
  runCurves: { input: { runId: string }; output: SentCurves | null };
  /**
   * Keeps what a run has done: adds it, or replaces this part of it and leaves what a person wrote. A run that was deleted
   * stays so.
   */
  keepRun: { input: { record: RunRecord; curves: SentCurves }; output: null };
  editRuns: { input: { runIds: string[]; edit: RunEdit }; output: null };
  /** Keeps an evaluation with its run; the oldest gives way where there are too many. */
  addEvaluation: { input: { runId: string; evaluation: RunEvaluation }; output: null };
  /** Keeps what a run's model has learned, in place of what was kept before. */
  keepInsight: { input: { runId: string; insight: RunInsight }; output: null };
  deleteEvaluation: { input: { runId: string; id: string }; output: null };
  /** Makes a run the baseline, and no other; null: none. */
  pinRun: { input: { runId: string | null }; output: null };
  /** Deletes runs with their curves and checkpoints, so that `restoreRuns` can bring them back. Refuses open ones. */
  deleteRuns: { input: { runIds: string[] }; output: null };
  restoreRuns: { input: { runIds: string[] }; output: null };
  /** Runs with every point, as a file; `charts` are the pictures of a report, as SVG. */
  exportRuns: { input: { runIds: string[]; format: RunsFormat } & ReportParts; output: { blob: Blob } };
  /** Adds the runs of an exported file, or a checkpoint's run without its weights; those that are here stay as they are, and are counted. */
  importRuns: { input: { name: string; file: Blob }; output: { added: number; doubles: number } };
  /** The newest checkpoint of a run; or those of several in a zip, of all where `runIds` is null. */
  exportCheckpoints: { input: { runIds: string[] | null }; output: { name: string; blob: Blob } };
  /** How many bytes all checkpoints may take; what is worth least goes at once. */
  setBudget: { input: { bytes: number }; output: null };
  listArenas: { input: Record<string, never>; output: StoredArena[] };
  keepArena: { input: { arena: StoredArena }; output: null };
}

/** Something was changed, by this tab or another one: the list is worth asking for. */
export interface LibraryEvent {
  type: "changed";
}
