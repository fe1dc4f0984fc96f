// The tab in front. What starts elsewhere may bring its own to the front.

import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

export type TabName = "overview" | "data" | "curves" | "branches" | "numbers" | "runs" | "arena";

const front = createStore<{ tab: TabName }>(() => ({ tab: "overview" }));

export function useTab(): TabName {
  return useStore(front, ({ tab }) => tab);
}

export function showTab(tab: TabName): void {
  front.setState({ tab });
}
