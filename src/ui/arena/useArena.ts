// The arena, for the components that show it.

import { useStore } from "zustand";
import type { Member } from "../../arena/questions.ts";
import type { ArenaStoreState } from "../../store/arena/arenaState.ts";
import { canTrain } from "../../store/studio.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";

/** A part of the arena's state. Select what is there: no new objects. */
export function useArenaState<T>(select: (state: ArenaStoreState) => T): T {
  return useStore(useStudio().arena.store, select);
}

const NOBODY: Member[] = [];

/** Who competes, or competed last. */
export function useMembers(): Member[] {
  return useArenaState(({ arena }) => arena?.members ?? NOBODY);
}

/** Whether an arena can start. */
export function useReady(): boolean {
  return useStudioState(canTrain);
}
