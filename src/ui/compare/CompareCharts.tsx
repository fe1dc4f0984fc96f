import { Button, Group, SegmentedControl, Slider, Switch, Text } from "@mantine/core";
import { useCallback, useMemo, useState } from "react";
import type { PositionName } from "../../store/runCurves.ts";
import { drawnRuns } from "../../store/runs.ts";
import { moved, type Window, zoomed } from "../../store/runsView.ts";
import classes from "../charts/charts.module.css";
import { chartsOf } from "../charts/definitions.ts";
import { useRuns, useRunsState } from "../runs/RunsContext.tsx";
import { useStudioState } from "../StudioContext.tsx";
import { positionText } from "./axis.ts";
import { OverlayChart } from "./OverlayChart.tsx";
import { type DrawnRun, drawsBranches, extentOf } from "./series.ts";

const X_NAMES: { value: PositionName; label: string }[] = [
  { value: "rowsSeen", label: "rows" },
  { value: "step", label: "steps" },
  { value: "activeSeconds", label: "active time" },
  { value: "time", label: "clock" },
];

/** Charts of all runs on show, over a common window with a common crosshair. */
export function CompareCharts() {
  const runs = useRuns();
  const view = useRunsState((state) => state.view);
  const drawnIds = useRunsState((state) =>
    drawnRuns(state)
      .map(({ runId, name, color }) => `${runId}/${name}/${color}`)
      .join("\n"),
  );
  const [frozenAt, setFrozenAt] = useState<number | null>(null);
  const summary = useStudioState((state) => state.dataset?.summary ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other runs on show make another function
  const drawn = useCallback((): DrawnRun[] => {
    return drawnRuns(runs.store.getState()).flatMap((record) => {
      const curves = runs.curvesOf(record.runId);
      return curves ? [{ record, curves }] : [];
    });
  }, [runs, drawnIds]);
  const isFrozen = frozenAt !== null;
  const subscribe = useCallback(
    (listener: () => void) =>
      isFrozen
        ? () => {}
        : runs.store.subscribe((state, before) => {
            if (state.curvesVersion !== before.curvesVersion) listener();
          }),
    [runs, isFrozen],
  );
  const branches = useRunsState((state) =>
    Math.max(1, ...drawnRuns(state).map(({ config }) => config.branches.length)),
  );
  // The levels are those of the open data set, and mean nothing for runs on other data.
  const sameData = useRunsState((state) =>
    drawnRuns(state).every(({ data }) => data.identity === summary?.identity),
  );
  const charts = useMemo(() => chartsOf(branches, sameData ? summary : null), [branches, summary, sameData]);

  function setWindow(change: (window: Window, whole: Window) => Window | null): void {
    const whole = extentOf(drawn(), view.x);
    runs.setView({ window: change(view.window ?? whole, whole) });
  }
  function freeze(frozen: boolean): void {
    const extent = extentOf(drawn(), view.x);
    setFrozenAt(frozen ? extent[1] : null);
    // Held in place: lines grow beyond its end.
    if (frozen) runs.setView({ window: view.window ?? extent });
    else if (view.window?.[1] === frozenAt) runs.setView({ window: null });
  }
  return (
    <section aria-label="Charts of the runs">
      <Group justify="space-between" gap="sm" mb={8}>
        <Group gap={6}>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => setWindow((window, whole) => zoomed(window, 0.5, whole))}
          >
            Zoom in
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={!view.window}
            onClick={() => setWindow((window, whole) => zoomed(window, 2, whole))}
          >
            Zoom out
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={!view.window}
            onClick={() => setWindow((window, whole) => moved(window, -0.25, whole))}
          >
            Earlier
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={!view.window}
            onClick={() => setWindow((window, whole) => moved(window, 0.25, whole))}
          >
            Later
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={!view.window}
            onClick={() => runs.setView({ window: null })}
          >
            Show all
          </Button>
          {frozenAt !== null && (
            <Text size="xs" role="status">
              View frozen at {positionText(view.x, frozenAt)}; training goes on.
            </Text>
          )}
        </Group>
        <Group gap="sm">
          <Switch
            label="Freeze view"
            checked={frozenAt !== null}
            onChange={(event) => freeze(event.currentTarget.checked)}
          />
          <Switch
            label="Branches"
            checked={drawsBranches(view, drawn().length)}
            onChange={(event) => runs.setView({ branches: event.currentTarget.checked })}
          />
          <Text size="xs" c="dimmed" aria-hidden="true">
            Smoothing
          </Text>
          <Slider
            thumbLabel="Smoothing of the runs"
            w={110}
            size="xs"
            min={0}
            max={0.99}
            step={0.01}
            value={view.smoothing}
            onChange={(smoothing) => runs.setView({ smoothing })}
          />
          <SegmentedControl
            aria-label="Horizontal axis of the runs"
            data={X_NAMES}
            value={view.x}
            onChange={(x) => {
              setFrozenAt(null);
              runs.setView({ x: x as PositionName, window: null });
            }}
          />
        </Group>
      </Group>
      <div className={classes.grid}>
        {charts.map((definition) => (
          <OverlayChart key={definition.id} {...{ definition, view, subscribe }} runs={drawn} />
        ))}
      </div>
    </section>
  );
}
