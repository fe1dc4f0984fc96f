import { createStore } from "zustand/vanilla";

/** Which step of the tour is on show; null when it is not under way. */
export const tour = createStore<{ step: number | null }>(() => ({ step: null }));

export function startTour(): void {
  tour.setState({ step: 0 });
}
