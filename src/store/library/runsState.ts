// What the page knows of the runs that this browser keeps.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Problem } from "../../base/problem.ts";
import type { LibraryList, LibraryRun } from "../../library/requests.ts";
import type { KeptArena } from "../../runs/arenaRecord.ts";
import { type ChartView, DEFAULT_VIEW } from "../charts/chartView.ts";

export interface RunsState {
  /** false until the kept runs are read. */
  loaded: boolean;
  /** The newest first. */
  records: LibraryRun[];
  /** The one run to draw, whatever else is shown. */
  solo: string | null;
  /** How all charts are drawn. */
  view: ChartView;
  /** Counted up when curves came or grew. */
  curvesVersion: number;
  /** Arenas that are kept, the newest first. */
  arenas: KeptArena[];
  /** The runs that were deleted last, here or before a reload, and can be brought back. */
  deleted: LibraryList["deleted"];
  /** What checkpoints take; null until it is known, and where this browser keeps none. */
  usage: LibraryList["usage"];
  /** Why this browser keeps no checkpoints; null where it does, or that is not known yet. */
  missing: Problem | null;
  problem: Problem | null;
}

export type RunsStore = StoreApi<RunsState>;

export function createRunsStore(): RunsStore {
  return createStore<RunsState>(() => ({
    loaded: false,
    records: [],
    solo: null,
    view: DEFAULT_VIEW,
    curvesVersion: 0,
    arenas: [],
    deleted: [],
    usage: null,
    missing: null,
    problem: null,
  }));
}

/** The runs that the charts draw, in the table's order. */
export function drawnRuns({ records, solo }: RunsState): LibraryRun[] {
  return records.filter(({ runId, shown }) => (solo === null ? shown : runId === solo));
}
