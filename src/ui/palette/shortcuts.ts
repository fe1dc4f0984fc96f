// Whether keys work without a field in front: some people's speech or switches would press them by chance.

import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

const KEY = "final-studio/shortcuts";

const store = createStore(() => ({ isOn: noted() }));

function noted(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function useShortcuts(): boolean {
  return useStore(store, ({ isOn }) => isOn);
}

export function switchShortcuts(isOn: boolean): void {
  store.setState({ isOn });
  try {
    localStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // It then lasts as long as the page.
  }
}
