// The race, for the components that show it.

import { useStore } from "zustand";
import type { RaceStoreState } from "../../store/race/raceState.ts";
import { useStudio } from "../StudioContext.tsx";

/** A part of the race's state. Select what is there: no new objects. */
export function useRaceState<T>(select: (state: RaceStoreState) => T): T {
  return useStore(useStudio().race.store, select);
}
