// How the charts of a tab are drawn, for as long as the page is open. The runs' own view travels in links and is theirs.

import { useCallback } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import { type ChartView, DEFAULT_VIEW } from "../../store/charts/chartView.ts";

export type ViewStore = StoreApi<ChartView>;

export const curvesView: ViewStore = createStore(() => DEFAULT_VIEW);
export const arenaView: ViewStore = createStore(() => DEFAULT_VIEW);
export const branchesView: ViewStore = createStore(() => DEFAULT_VIEW);
export const gradientsView: ViewStore = createStore(() => DEFAULT_VIEW);

/** A view and what changes it. */
export interface ViewProps {
  view: ChartView;
  onView(change: Partial<ChartView>): void;
}

export function useView(store: ViewStore): ViewProps {
  const view = useStore(store);
  const onView = useCallback((change: Partial<ChartView>) => store.setState(change), [store]);
  return { view, onView };
}
