// The runs that train in this tab: the library's list lags behind them.

import type { LibraryList, LibraryRun } from "../../library/requests.ts";
import { type RunRecord, withWritten } from "../../runs/record.ts";
import type { RunsStore } from "./runsState.ts";

export interface LiveRuns {
  has(runId: string): boolean;
  /** Puts a run of this tab, or what it has done since, into the list. */
  put(record: RunRecord): void;
  /** The library's list is as far as this record from now on. */
  forget(record: RunRecord): void;
  /** Puts the library's list on show, with the runs of this tab further. */
  take(list: LibraryList): void;
}

export function createLiveRuns({ setState: set, getState: get }: RunsStore): LiveRuns {
  const live = new Map<string, RunRecord>();

  /** A listed run, further where it trains here; the same object where nothing is new, so that its row stays. */
  function merged(listed: LibraryRun, known: LibraryRun | undefined): LibraryRun {
    const own = live.get(listed.runId);
    const run = own ? { ...listed, ...withWritten(own, listed) } : listed;
    return known && JSON.stringify(known) === JSON.stringify(run) ? known : run;
  }

  return {
    has: (runId) => live.has(runId),
    put(record) {
      const { runId } = record;
      live.set(runId, record);
      set(({ records }) => {
        const at = records.findIndex((run) => run.runId === runId);
        const { checkpoint, isOpen } = records[at] ?? { checkpoint: null, isOpen: record.arenaId === null };
        const run = { ...record, checkpoint, isOpen };
        return { records: at < 0 ? [run, ...records] : records.with(at, run) };
      });
    },
    forget(record) {
      if (live.get(record.runId) === record) live.delete(record.runId);
    },
    take(list) {
      const before = new Map(get().records.map((run) => [run.runId, run]));
      const listed = list.runs.map((run) => merged(run, before.get(run.runId)));
      const ids = new Set(listed.map(({ runId }) => runId));
      // A run that begins here is not in the library yet; one that is over and not listed was deleted.
      const beginning = get().records.filter(
        ({ runId }) => live.get(runId)?.status === "running" && !ids.has(runId),
      );
      set(({ loaded, solo, deleted, problem: known }) => ({
        loaded: true,
        records: [...beginning, ...listed].sort((a, b) => b.startedAt - a.startedAt),
        solo: solo?.some((runId) => ids.has(runId)) ? solo : null,
        usage: list.usage,
        missing: list.missing,
        deleted: loaded ? deleted : list.deleted,
        problem: loaded ? known : (list.problem ?? known),
      }));
    },
  };
}
