import { useCallback } from "react";
import { aloneOf } from "../../runs/seedGroups.ts";
import { drawnGroups, drawnRuns, type RunsState } from "../../store/library/runsState.ts";
import { RunCharts } from "../charts/RunCharts.tsx";
import type { DrawnRun } from "../charts/runSeries.ts";
import { useStudioState } from "../StudioContext.tsx";
import { useRuns, useRunsState } from "./RunsContext.tsx";

/** The charts of all runs on show together. */
export function OverlayCharts() {
  const library = useRuns();
  const view = useRunsState((state) => state.view);
  const drawnIds = useRunsState((state) =>
    drawnLines(state)
      .map(({ id, name, color, counted }) =>
        [id, name, color, ...counted.map(({ runId }) => runId)].join("/"),
      )
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
      drawnLines(library.store.getState()).flatMap(({ id, name, color, counted }) => {
        const curves = counted.flatMap(({ runId }) => library.curvesOf(runId) ?? []);
        const words = curves.length > 1 ? `${name}, ${curves.length} seeds` : name;
        return curves.length > 0 ? [{ runId: id, name: words, color, curves }] : [];
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

/** What is drawn, one line each. Over the time of day seeds lie one behind the other and have no mean. */
function drawnLines(state: RunsState): ReturnType<typeof drawnGroups> {
  const groups = drawnGroups(state);
  if (state.view.x !== "time") return groups;
  return groups.flatMap(({ color, counted }) => counted.map((run) => ({ ...aloneOf(run), color })));
}
