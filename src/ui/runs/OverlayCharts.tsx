import { useCallback } from "react";
import { drawnRuns } from "../../store/library/runsState.ts";
import { RunCharts } from "../charts/RunCharts.tsx";
import type { DrawnRun } from "../charts/runSeries.ts";
import { useStudioState } from "../StudioContext.tsx";
import { useRuns, useRunsState } from "./RunsContext.tsx";

/** The charts of all runs on show together. */
export function OverlayCharts() {
  const library = useRuns();
  const view = useRunsState((state) => state.view);
  const drawnIds = useRunsState((state) =>
    drawnRuns(state)
      .map(({ runId, name, color }) => `${runId}/${name}/${color}`)
      .join("\n"),
  );
  const summary = useStudioState((state) => state.dataset?.summary ?? null);
  // The levels are those of the open data set, and mean nothing for runs on other data.
  const sameData = useRunsState((state) =>
    drawnRuns(state).every(({ data }) => data.identity === summary?.identity),
  );
  const branches = useRunsState((state) =>
    Math.max(1, ...drawnRuns(state).map(({ config }) => config.branches.length)),
  );
  const summed = useRunsState((state) => drawnRuns(state).every(({ config }) => config.fusion === "sum"));
  // biome-ignore lint/correctness/useExhaustiveDependencies: other runs on show make another function
  const runs = useCallback(
    (): DrawnRun[] =>
      drawnRuns(library.store.getState()).flatMap(({ runId, name, color }) => {
        const curves = library.curvesOf(runId);
        return curves ? [{ runId, name, color, curves }] : [];
      }),
    [library, drawnIds],
  );
  const subscribe = useCallback(
    (listener: () => void) =>
      library.store.subscribe((state, before) => {
        if (state.curvesVersion !== before.curvesVersion) listener();
      }),
    [library],
  );
  return (
    <RunCharts
      label="Charts of the runs"
      runs={runs}
      subscribe={subscribe}
      branches={branches}
      summed={summed}
      view={view}
      onView={library.setView}
      summary={sameData ? summary : null}
      started={false}
    />
  );
}
