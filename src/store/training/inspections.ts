// What the evaluations of a run showed of its branches.

import type { Inspection } from "../../metrics/inspection.ts";
import { createPointHistory, type PointHistory } from "./pointHistory.ts";

/** An inspection, and where the run stood. */
export interface InspectedPoint {
  step: number;
  rowsSeen: number;
  inspection: Inspection;
}

export type Inspections = PointHistory<InspectedPoint>;

// One holds two grids of 40 × 40: 200 of them are 3 MB.
const MOST_POINTS = 200;

export function createInspections(): Inspections {
  return createPointHistory(MOST_POINTS);
}
