// What the evaluations of a run showed, one point each: a history to slide back through.

import { createStore, type StoreApi } from "zustand/vanilla";

export interface PointHistoryState<P> {
  runId: string | null;
  /** Oldest first. */
  points: P[];
}

export interface PointHistory<P> {
  readonly store: StoreApi<PointHistoryState<P>>;
  /** Takes in a point of a run; another run's points are given up. */
  add(runId: string, point: P): void;
}

/** A history of at most `most` points. */
export function createPointHistory<P>(most: number): PointHistory<P> {
  const store = createStore<PointHistoryState<P>>(() => ({ runId: null, points: [] }));
  return {
    store,
    add(runId, point) {
      const { runId: before, points } = store.getState();
      const kept = before === runId ? points : [];
      // When there are too many, every second one goes, the newest never.
      const thinned = kept.length < most ? kept : kept.filter((_, i) => i % 2 === 1);
      store.setState({ runId, points: [...thinned, point] });
    },
  };
}
