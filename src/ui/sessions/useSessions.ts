import { useStore } from "zustand";
import type { SessionsState } from "../../store/library/sessionsState.ts";
import { useStudio } from "../StudioContext.tsx";

/** A part of what the page knows of runs that can be resumed, and of a checkpoint that was brought. */
export function useSessions<T>(select: (state: SessionsState) => T): T {
  return useStore(useStudio().sessions.store, select);
}
