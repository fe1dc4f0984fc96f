// What the evaluations of a run showed of its branches: a history to slide back through.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Inspection } from "../../metrics/inspection.ts";

/** An inspection, and where the run stood. */
export interface InspectedPoint {
  step: number;
  rowsSeen: number;
  inspection: Inspection;
}

export interface InspectionsState {
  runId: string | null;
  /** Oldest first. */
  points: InspectedPoint[];
}

export interface Inspections {
  readonly store: StoreApi<InspectionsState>;
  /** Takes in a point of a run; another run's points are given up. */
  add(runId: string, point: InspectedPoint): void;
}

// One holds two grids of 40 × 40: 200 of them are 3 MB.
const MOST_POINTS = 200;

export function createInspections(): Inspections {
  const store = createStore<InspectionsState>(() => ({ runId: null, points: [] }));
  return {
    store,
    add(runId, point) {
      const { runId: before, points } = store.getState();
      const kept = before === runId ? points : [];
      // When there are too many, every second one goes, the newest never.
      const thinned = kept.length < MOST_POINTS ? kept : kept.filter((_, i) => i % 2 === 1);
      store.setState({ runId, points: [...thinned, point] });
    },
  };
}
