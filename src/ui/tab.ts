// Which tab is in front, and which of its views. Both stand in the address, so that a reload, a bookmark and the browser's
// Back find them again; what starts elsewhere may bring its own to the front.

import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

/** The tabs and, where one has several, its views; the first is the one to begin with. */
export const TABS = {
  overview: ["overview"],
  data: ["data"],
  training: ["curves", "branches", "insight", "numbers"],
  compare: ["runs", "arena", "race"],
  evaluate: ["evaluate"],
} as const;

export type TabName = keyof typeof TABS;
export type ViewName = (typeof TABS)[TabName][number];

export const TAB_NAMES = Object.keys(TABS) as TabName[];

export const VIEW_NAMES: readonly ViewName[] = TAB_NAMES.flatMap((tab) => [...TABS[tab]]);

export const tabTitles: Record<TabName, string> = {
  overview: "Overview",
  data: "Data",
  training: "Training",
  compare: "Compare",
  evaluate: "Evaluate",
};

export const viewTitles: Record<ViewName, string> = {
  overview: "Overview",
  data: "Data",
  curves: "Curves",
  branches: "Branches",
  insight: "Insight",
  numbers: "Numbers",
  runs: "Runs",
  arena: "Arena",
  race: "Race",
  evaluate: "Evaluate",
};

interface Front {
  view: ViewName;
  /** The view that each tab showed last. */
  last: Record<TabName, ViewName>;
}

const first = Object.fromEntries(TAB_NAMES.map((tab) => [tab, TABS[tab][0]])) as Front["last"];
const front = createStore<Front>(() => ({ view: "overview", last: first }));

export function tabOf(view: ViewName): TabName {
  return TAB_NAMES.find((tab) => viewsOf(tab).includes(view))!;
}

export function viewsOf(tab: TabName): readonly ViewName[] {
  return TABS[tab];
}

export function useView(): ViewName {
  return useStore(front, ({ view }) => view);
}

/** Brings a view to the front, and notes it in the address. */
export function showView(view: ViewName): void {
  if (front.getState().view === view) return;
  take(view);
  history.pushState(null, "", addressOf(view));
}

/** Brings a tab to the front, with the view that it showed last. */
export function showTab(tab: TabName): void {
  showView(front.getState().last[tab]);
}

/** Shows what the address names, now and whenever the person goes back or forward. */
export function followAddress(): () => void {
  const follow = () => {
    const view = viewOf(location.hash);
    if (view) take(view);
  };
  follow();
  window.addEventListener("popstate", follow);
  return () => window.removeEventListener("popstate", follow);
}

function take(view: ViewName): void {
  front.setState(({ last }) => ({ view, last: { ...last, [tabOf(view)]: view } }));
}

/** `#compare/arena`; the name of a tab with one view alone. */
export function addressOf(view: ViewName): string {
  const tab = tabOf(view);
  return viewsOf(tab).length > 1 ? `#${tab}/${view}` : `#${tab}`;
}

/** The view that a hash names; null where it names none, as a shared link does. */
export function viewOf(hash: string): ViewName | null {
  const [tab = "", view] = hash.replace(/^#/, "").split("/");
  const named = TAB_NAMES.find((name) => name === tab);
  if (!named) return null;
  return viewsOf(named).find((name) => name === view) ?? TABS[named][0];
}
