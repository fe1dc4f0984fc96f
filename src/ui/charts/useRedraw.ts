// When a chart draws: not too often, in its own turn, and never out of sight.

import { type RefObject, useEffect } from "react";
import { flushSync } from "react-dom";
import { leaveTurn, takeTurn } from "./turns.ts";

/** A chart is drawn at most this often, */
const REDRAW_MS = 400;
/** and rests so many times as long as its drawing took: on a busy machine the page stays free for the person, */
const REST = 10;
/** but never so long that it shows what is no longer true. */
const LONGEST_REST_MS = 1200;

/**
 * Calls `draw` (which sets state) for the chart in `element` whenever `subscribe`'s listener is called, but not
 * too often, while the chart is in sight. Both must stay the same from one rendering to the next.
 */
export function useRedraw(
  element: RefObject<HTMLElement | null>,
  subscribe: (listener: () => void) => () => void,
  draw: () => void,
): void {
  useEffect(() => {
    let inSight = true;
    let nextAt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    function drawNow(): void {
      if (!inSight) return;
      const started = performance.now();
      // In this task to its end, or React would draw several charts in one.
      flushSync(draw);
      const ended = performance.now();
      nextAt = Math.max(started + REDRAW_MS, ended + Math.min(REST * (ended - started), LONGEST_REST_MS));
    }
    function ask(): void {
      if (timer !== undefined) return;
      timer = setTimeout(
        () => {
          timer = undefined;
          takeTurn(drawNow);
        },
        Math.max(0, nextAt - performance.now()),
      );
    }
    const sight = new IntersectionObserver(([entry]) => {
      inSight = entry?.isIntersecting ?? true;
      if (inSight) ask();
    });
    if (element.current) sight.observe(element.current);
    const unsubscribe = subscribe(ask);
    ask();
    return () => {
      unsubscribe();
      sight.disconnect();
      clearTimeout(timer);
      leaveTurn(drawNow);
    };
  }, [element, subscribe, draw]);
}
