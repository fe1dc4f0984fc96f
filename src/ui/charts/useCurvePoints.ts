// The points that a chart draws now. They are made once for all charts, and each chart takes them in its own turn.

import { type RefObject, useCallback, useState } from "react";
import { isActive } from "../../store/run.ts";
import { type Drawing, drawnPoints, type RunCurves } from "../../store/runCurves.ts";
import type { Studio } from "../../store/studio.ts";
import type { DrawnPoint } from "../../store/thin.ts";
import { useStudio } from "../StudioContext.tsx";
import { useRedraw } from "./useRedraw.ts";

/** Points a line while it grows, and at rest (recharts takes 1 ms for a few dozen). */
const LIVE_POINTS = 150;
const RESTING_POINTS = 300;

/** How the person wants to see all charts. */
export type View = Pick<Drawing, "x" | "smoothing">;

export interface CurvePoints {
  curves: RunCurves | null;
  points: DrawnPoint[];
  /** Tells one drawing from the next. */
  version: string;
}

let cached: CurvePoints = { curves: null, points: [], version: "" };

function currentPoints(studio: Studio, { x, smoothing }: View): CurvePoints {
  const { curves } = studio;
  const { run } = studio.store.getState();
  if (!curves || !run) return { curves: null, points: [], version: "" };
  const most = isActive(run) ? LIVE_POINTS : RESTING_POINTS;
  const version = [run.runId, run.curvesVersion, x, smoothing, most].join(" ");
  if (cached.version !== version)
    cached = { curves, points: drawnPoints(curves, { x, smoothing, most }), version };
  return cached;
}

/** Points for the chart in `element`; they stay as they are while it is out of sight. */
export function useCurvePoints(view: View, element: RefObject<HTMLElement | null>): CurvePoints {
  const studio = useStudio();
  const [shown, setShown] = useState(() => currentPoints(studio, view));
  const subscribe = useCallback(
    (listener: () => void) =>
      studio.store.subscribe((state, before) => {
        if (state.run !== before.run) listener();
      }),
    [studio],
  );
  const draw = useCallback(() => setShown(currentPoints(studio, view)), [studio, view]);
  useRedraw(element, subscribe, draw);
  return shown;
}
