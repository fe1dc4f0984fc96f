// The studio, for every component: what it knows, and its verbs.

import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { Studio, StudioState } from "../store/studio.ts";

const Context = createContext<Studio | null>(null);

export function StudioProvider({ studio, children }: { studio: Studio; children: ReactNode }) {
  return <Context value={studio}>{children}</Context>;
}

export function useStudio(): Studio {
  const studio = useContext(Context);
  if (!studio) throw new Error("useStudio outside of StudioProvider");
  return studio;
}

/** A part of the state; the component draws again when that part changes. Select what is there: no new objects. */
export function useStudioState<T>(select: (state: StudioState) => T): T {
  return useStore(useStudio().store, select);
}
