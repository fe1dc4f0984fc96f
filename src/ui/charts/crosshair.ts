// Where the crosshair is: one for all charts, which share positions and not pixels.

import { createStore } from "zustand/vanilla";

export interface Crosshair {
  /** null: there is none. */
  x: number | null;
  /** The chart that the person points at, and how far from its top. */
  chart: string;
  top: number;
  /** Moved by keyboard: a screen reader should say what is there. */
  byKeyboard: boolean;
}

export const crosshair = createStore<Crosshair>(() => ({ x: null, chart: "", top: 0, byKeyboard: false }));
