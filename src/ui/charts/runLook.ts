// How a run looks wherever it is drawn: a hue, and beyond eight runs a sign along its lines, so that no two are alike.

import { RUN_HUES } from "../../runs/record.ts";

export interface RunLook {
  color: string;
  /** The sign as an SVG path relative to its centre; null for none. */
  sign: string | null;
}

// Circles and squares are the marks of evaluations.
const SIGNS = [
  null,
  "m0 -4l4 7h-8z",
  "m-3.5 -3.5l7 7m0 -7l-7 7",
  "m0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z",
  "m0 4l4 -7h-8z",
  "m-4.5 0h9m-4.5 -4.5v9",
  "m-4 -3.5v7l8 -7v7z",
];

/** The look of a record's `color`. */
export function runLook(color: number): RunLook {
  return {
    color: `var(--run-${color % RUN_HUES})`,
    sign: SIGNS[Math.floor(color / RUN_HUES) % SIGNS.length]!,
  };
}
