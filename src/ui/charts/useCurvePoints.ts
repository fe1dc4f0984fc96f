// The points that a chart draws now. They are made once for all charts, and each chart takes them in its own turn.

import { type RefObject, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { isActive } from "../../store/run.ts";
import { type Drawing, drawnPoints, type RunCurves } from "../../store/runCurves.ts";
import type { Studio } from "../../store/studio.ts";
import type { DrawnPoint } from "../../store/thin.ts";
import { useStudio } from "../StudioContext.tsx";
import { leaveTurn, takeTurn } from "./turns.ts";

/** Points a line while it grows, and at rest (recharts takes 1 ms for a few dozen). */
const LIVE_POINTS = 150;
const RESTING_POINTS = 300;
/** A chart is drawn at most this often. */
const REDRAW_MS = 400;

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
  useEffect(() => {
    let inSight = true;
    let drawnAt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    function draw(): void {
      if (!inSight) return;
      drawnAt = performance.now();
      // In this task to its end, or React would draw several charts in one.
      flushSync(() => setShown(currentPoints(studio, view)));
    }
    function ask(): void {
      if (timer !== undefined) return;
      timer = setTimeout(
        () => {
          timer = undefined;
          takeTurn(draw);
        },
        Math.max(0, drawnAt + REDRAW_MS - performance.now()),
      );
    }
    const sight = new IntersectionObserver(([entry]) => {
      inSight = entry?.isIntersecting ?? true;
      if (inSight) ask();
    });
    if (element.current) sight.observe(element.current);
    const unsubscribe = studio.store.subscribe((state, before) => {
      if (state.run !== before.run) ask();
    });
    ask();
    return () => {
      unsubscribe();
      sight.disconnect();
      clearTimeout(timer);
      leaveTurn(draw);
    };
  }, [studio, view, element]);
  return shown;
}
