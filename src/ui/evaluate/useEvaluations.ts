// The evaluations of all kept runs, and those on show.

import { useMemo } from "react";
import { useStore } from "zustand";
import type { LibraryRun } from "../../library/requests.ts";
import type { RunEvaluation } from "../../runs/runEvaluation.ts";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudio } from "../StudioContext.tsx";

export interface ShownEvaluation {
  run: LibraryRun;
  evaluation: RunEvaluation;
}

/** All of them, the newest first, and those on show in the order in which they were chosen. */
export function useEvaluations(): { all: ShownEvaluation[]; shown: ShownEvaluation[] } {
  const records = useRunsState((state) => state.records);
  const chosen = useStore(useStudio().evaluations.store, (state) => state.shown);
  return useMemo(() => {
    const all = records
      .flatMap((run) => run.evaluations.map((evaluation) => ({ run, evaluation })))
      .sort((a, b) => b.evaluation.evaluatedAt - a.evaluation.evaluatedAt);
    const shown = chosen.flatMap((id) => all.find(({ evaluation }) => evaluation.id === id) ?? []);
    return { all, shown };
  }, [records, chosen]);
}
