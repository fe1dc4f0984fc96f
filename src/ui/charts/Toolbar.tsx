import { Button, Group, SegmentedControl, Slider, Switch, Text } from "@mantine/core";
import { type ReactNode, useCallback, useState } from "react";
import type { PositionName } from "../../runs/points.ts";
import { moved, type Window, zoomed } from "../../store/charts/chartView.ts";
import { Term } from "../explain/Term.tsx";
import { positionText } from "./axis.ts";
import classes from "./charts.module.css";
import type { ViewProps } from "./views.ts";

const X_NAMES: { value: PositionName; label: string }[] = [
  { value: "rowsSeen", label: "rows" },
  { value: "step", label: "steps" },
  { value: "activeSeconds", label: "active time" },
  { value: "time", label: "clock" },
];

type Subscribe = (listener: () => void) => () => void;

interface ToolbarProps extends ViewProps {
  /** All of x that there is now. */
  extent(): Window;
  frozenAt: number | null;
  onFreeze(frozen: boolean): void;
  /** Over what else than rows the charts can be drawn. */
  hasPositions: boolean;
  children?: ReactNode;
}

/** What all charts of a tab obey: the window, whether it is frozen, smoothing, and what x is. */
export function Toolbar({ view, onView, extent, frozenAt, onFreeze, hasPositions, children }: ToolbarProps) {
  function change(make: (window: Window, whole: Window) => Window | null): void {
    const whole = extent();
    onView({ window: make(view.window ?? whole, whole) });
  }
  const button = (label: string, isEnabled: boolean, make: Parameters<typeof change>[0]) => (
    <Button size="compact-xs" disabled={!isEnabled} onClick={() => change(make)}>
      {label}
    </Button>
  );
  const isZoomed = view.window !== null;
  return (
    <div className={classes.toolbar}>
      <Group gap={4} wrap="nowrap">
        {button("Zoom in", true, (window, whole) => zoomed(window, 0.5, whole))}
        {button("Zoom out", isZoomed, (window, whole) => zoomed(window, 2, whole))}
        {button("Earlier", isZoomed, (window, whole) => moved(window, -0.25, whole))}
        {button("Later", isZoomed, (window, whole) => moved(window, 0.25, whole))}
        {button("Show all", isZoomed, () => null)}
      </Group>
      <Group gap="sm">
        <Switch
          label="Freeze view"
          checked={frozenAt !== null}
          onChange={(event) => onFreeze(event.currentTarget.checked)}
        />
        {children}
        <Text size="xs" c="dimmed">
          <Term of="smoothing">Smoothing</Term> <span aria-hidden="true">{view.smoothing.toFixed(2)}</span>
        </Text>
        <Slider
          thumbLabel="Smoothing"
          w={90}
          size="xs"
          min={0}
          max={0.99}
          step={0.01}
          value={view.smoothing}
          onChange={(smoothing) => onView({ smoothing })}
        />
        {hasPositions && (
          <SegmentedControl
            aria-label="Horizontal axis"
            data={X_NAMES}
            value={view.x}
            onChange={(x) => {
              onFreeze(false);
              onView({ x: x as PositionName, window: null });
            }}
          />
        )}
      </Group>
      <Text size="xs" role="status" className={classes.frozen}>
        {frozenAt !== null && `View frozen at ${positionText(view.x, frozenAt)}; training continues.`}
      </Text>
    </div>
  );
}

interface Frozen {
  frozenAt: number | null;
  onFreeze(frozen: boolean): void;
  /** `subscribe`, silent while the view is frozen. */
  subscribe: Subscribe;
}

/** Holds the charts as they are while training continues: lines grow beyond the window's end. */
export function useFreeze({ view, onView }: ViewProps, extent: () => Window, subscribe: Subscribe): Frozen {
  const [frozenAt, setFrozenAt] = useState<number | null>(null);
  const isFrozen = frozenAt !== null;
  function onFreeze(frozen: boolean): void {
    const whole = extent();
    setFrozenAt(frozen ? whole[1] : null);
    if (frozen) onView({ window: view.window ?? whole });
    else if (isFrozen && view.window?.[1] === frozenAt) onView({ window: null });
  }
  const unlessFrozen = useCallback<Subscribe>(
    (listener) => (isFrozen ? () => {} : subscribe(listener)),
    [subscribe, isFrozen],
  );
  return { frozenAt, onFreeze, subscribe: unlessFrozen };
}
