import { Text } from "@mantine/core";
import { useCallback } from "react";
import { isActive } from "../../store/training/runState.ts";
import { Term } from "../explain/Term.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { RunCharts } from "./RunCharts.tsx";
import type { DrawnRun } from "./runSeries.ts";
import { curvesView, useView } from "./views.ts";

/** All charts of the run on show. */
export function Charts() {
  const studio = useStudio();
  const runId = useStudioState(({ run }) => run?.runId ?? null);
  const branches = useStudioState(
    ({ run, configuration }) => run?.config.branches.length ?? configuration.draft.branches.length,
  );
  const summed = useStudioState(
    ({ run, configuration }) => (run?.config.fusion ?? configuration.draft.fusion) === "sum",
  );
  const summary = useStudioState((state) => state.dataset?.summary ?? null);
  const started = useStudioState(({ run }) => isActive(run));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run makes another function
  const runs = useCallback((): DrawnRun[] => {
    const { run } = studio.store.getState();
    const { curves } = studio;
    return run && curves ? [{ runId: run.runId, name: run.name, color: 0, curves: [curves] }] : [];
  }, [studio, runId]);
  const subscribe = useCallback(
    (listener: () => void) =>
      studio.store.subscribe((state, before) => {
        if (state.run?.curvesVersion !== before.run?.curvesVersion) listener();
      }),
    [studio],
  );
  return (
    <RunCharts
      label="Charts of the run"
      runs={runs}
      subscribe={subscribe}
      branches={branches}
      summed={summed}
      summary={summary}
      {...useView(curvesView)}
      started={started}
      note={<Explanation />}
    />
  );
}

/** What lines and marks are; progressive values mean less once rows come again. */
function Explanation() {
  const seenBefore = useStudioState(({ run }) => run?.latest?.firstPass === false);
  return (
    <Text size="xs" c="dimmed" component="p" m={0} mb={8}>
      Lines: <Term of="progressive">progressive</Term>, before each update
      {seenBefore ? "; from epoch 2 on rows seen before" : ""}. Marks: a whole split of{" "}
      <Term of="heldOut">held-out rows</Term>.
    </Text>
  );
}
