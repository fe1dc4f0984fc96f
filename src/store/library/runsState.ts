// What the page knows of the runs that this browser keeps.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Problem } from "../../base/problem.ts";
import { z } from "../../base/zod.ts";
import type { LibraryList, LibraryRun } from "../../library/requests.ts";
import type { KeptArena } from "../../runs/arenaRecord.ts";
import { aloneOf, type RunGroup, seedGroups } from "../../runs/seedGroups.ts";
import { type ChartView, DEFAULT_VIEW } from "../charts/chartView.ts";
import { note, noted } from "../noted.ts";

export interface RunsState {
  /** false until the kept runs are read. */
  loaded: boolean;
  /** The newest first. */
  records: LibraryRun[];
  /** The runs to draw, whatever else is shown: one, or all seeds of a configuration; null: those that are shown. */
  solo: readonly string[] | null;
  grouping: Grouping;
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

const groupingSchema = z.strictObject({
  /** Whether the seeds of a configuration are folded into one row and one line. */
  on: z.boolean(),
  /** Groups whose runs are listed and drawn one by one all the same, by id. */
  unfolded: z.array(z.string()).readonly(),
});

export type Grouping = z.infer<typeof groupingSchema>;

const GROUPING_KEY = "final-studio/runs-grouping";

export type RunsStore = StoreApi<RunsState>;

export function createRunsStore(): RunsStore {
  const store = createStore<RunsState>(() => ({
    loaded: false,
    records: [],
    solo: null,
    grouping: noted(GROUPING_KEY, groupingSchema.parse, { on: true, unfolded: [] }),
    view: DEFAULT_VIEW,
    curvesVersion: 0,
    arenas: [],
    deleted: [],
    usage: null,
    missing: null,
    problem: null,
  }));
  store.subscribe(({ grouping }, before) => {
    if (grouping !== before.grouping) note(GROUPING_KEY, grouping);
  });
  return store;
}

const groups = new WeakMap<LibraryRun[], RunGroup<LibraryRun>[]>();

/** The kept runs by configuration, the newest first; each by itself where they are not grouped. */
export function groupsOf({
  records,
  grouping,
}: Pick<RunsState, "records" | "grouping">): RunGroup<LibraryRun>[] {
  if (!grouping.on) return records.map(aloneOf);
  const known = groups.get(records) ?? seedGroups(records);
  groups.set(records, known);
  return known;
}

/** Whether the group is one row and one line of several runs. */
export function isFolded({ id, runs }: RunGroup<LibraryRun>, { unfolded }: Grouping): boolean {
  return runs.length > 1 && !unfolded.includes(id);
}

/** What the charts draw, one line each, in the table's order: of folded seeds all, where one of them is on show. */
export function drawnGroups(state: Pick<RunsState, "records" | "solo" | "grouping">): RunGroup<LibraryRun>[] {
  const { solo, grouping } = state;
  const isDrawn = ({ runId, shown }: LibraryRun) => (solo === null ? shown : solo.includes(runId));
  return groupsOf(state).flatMap((group) =>
    isFolded(group, grouping)
      ? group.runs.some(isDrawn)
        ? [group]
        : []
      : group.runs.filter(isDrawn).map(aloneOf),
  );
}

/** The runs that the charts draw, by themselves or among the seeds of their configuration. */
export function drawnRuns(state: Parameters<typeof drawnGroups>[0]): LibraryRun[] {
  return drawnGroups(state).flatMap(({ runs }) => runs);
}
