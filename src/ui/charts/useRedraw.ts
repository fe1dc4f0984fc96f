// When a chart draws: not too often, in its own turn, and rarely out of sight.

import { type RefObject, startTransition, useEffect, useRef } from "react";
import { flushSync } from "react-dom";

/** A chart is drawn at most this often, */
const REDRAW_MS = 400;
/** and rests so many times as long as its drawing took: on a busy machine the page stays free for the person, */
const REST = 10;
/** but never so long that it shows what is no longer true. */
const LONGEST_REST_MS = 1200;

/** Out of sight it draws rarely: for the moment when it comes into sight, and for pictures and reports. */
const OUT_OF_SIGHT_MS = 3000;

/**
 * Calls `draw` (which sets state) for the chart in `element` at first, and then whenever `subscribe`'s listener is
 * called, but not too often. Both must stay the same from one rendering to the next.
 */
export function useRedraw(
  element: RefObject<HTMLElement | null>,
  subscribe: (listener: () => void) => () => void,
  draw: () => void,
): void {
  // They outlive the functions: other runs on show are no reason to draw what is out of sight at once.
  const inSight = useRef(true);
  const drawn = useRef(false);
  useEffect(() => {
    let nextAt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    function drawNow(): void {
      const started = performance.now();
      // At first in slices, between which the page answers; then in this task to its end, or React would draw several in one.
      if (drawn.current) flushSync(draw);
      else startTransition(draw);
      drawn.current = true;
      const ended = performance.now();
      nextAt = Math.max(started + REDRAW_MS, ended + Math.min(REST * (ended - started), LONGEST_REST_MS));
    }
    function ask(): void {
      if (timer !== undefined) return;
      const least = inSight.current || !drawn.current ? 0 : OUT_OF_SIGHT_MS;
      timer = setTimeout(
        () => {
          timer = undefined;
          takeTurn(drawNow);
        },
        Math.max(least, nextAt - performance.now()),
      );
    }
    function hurry(): void {
      if (timer === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      ask();
    }
    const sight = new IntersectionObserver(([entry]) => {
      inSight.current = entry?.isIntersecting ?? true;
      if (inSight.current) hurry();
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

type Draw = () => void;

// Charts draw one after another, one a frame: all at once they would hold the page up for longer than a key press may wait.
const waiting = new Set<Draw>();
let scheduled = false;

/** Calls `draw` in a task of its own, after a frame; asking twice before that draws once. A hidden page draws nothing. */
function takeTurn(draw: Draw): void {
  waiting.add(draw);
  if (!scheduled) schedule();
}

/** Takes back what `takeTurn` was asked. */
function leaveTurn(draw: Draw): void {
  waiting.delete(draw);
}

function schedule(): void {
  scheduled = true;
  requestAnimationFrame(() => setTimeout(next));
}

function next(): void {
  scheduled = false;
  const [draw] = waiting;
  if (!draw) return;
  waiting.delete(draw);
  if (waiting.size > 0) schedule();
  draw();
}
