// The arena, for the components that show it.

import { type RefObject, useCallback, useState } from "react";
import { useStore } from "zustand";
import type { Member } from "../../model/questions.ts";
import { type ArenaStoreState, isGoingOn } from "../../store/arena.ts";
import type { ArenaCurves } from "../../store/arenaCurves.ts";
import { useRedraw } from "../charts/useRedraw.ts";
import { useStudio } from "../StudioContext.tsx";

/** Points a line while it grows, and at rest. */
const LIVE_POINTS = 150;
const RESTING_POINTS = 300;

/** A part of the arena's state. Select what is there: no new objects. */
export function useArenaState<T>(select: (state: ArenaStoreState) => T): T {
  return useStore(useStudio().arena.store, select);
}

const NOBODY: Member[] = [];

/** Who competes, or competed last. */
export function useMembers(): Member[] {
  return useArenaState(({ arena }) => arena?.members ?? NOBODY);
}

/** What `make` makes of the curves, for the chart in `element`; null before there are any. `make` must stay the same. */
export function useArenaDrawing<T>(
  element: RefObject<HTMLElement | null>,
  make: (curves: ArenaCurves, most: number) => T,
): T | null {
  const { arena } = useStudio();
  const current = useCallback((): T | null => {
    if (!arena.curves) return null;
    return make(arena.curves, isGoingOn(arena.store.getState().arena) ? LIVE_POINTS : RESTING_POINTS);
  }, [arena, make]);
  const [drawing, setDrawing] = useState(current);
  const subscribe = useCallback((listener: () => void) => arena.store.subscribe(listener), [arena]);
  const draw = useCallback(() => setDrawing(current()), [current]);
  useRedraw(element, subscribe, draw);
  return drawing;
}
