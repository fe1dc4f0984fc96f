// The kept runs, for every component.

import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { Runs } from "../../store/library/runs.ts";
import type { RunsState } from "../../store/library/runsState.ts";

const Context = createContext<Runs | null>(null);

export function RunsProvider({ runs, children }: { runs: Runs; children: ReactNode }) {
  return <Context value={runs}>{children}</Context>;
}

export function useRuns(): Runs {
  const runs = useContext(Context);
  if (!runs) throw new Error("useRuns outside of RunsProvider");
  return runs;
}

/** A part of what is known of the runs. Select what is there: no new objects. */
export function useRunsState<T>(select: (state: RunsState) => T): T {
  return useStore(useRuns().store, select);
}
