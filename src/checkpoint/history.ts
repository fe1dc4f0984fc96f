// All points of a run so far: what a checkpoint carries of its curves.

import type { EvaluationPoint, ProgressPoint } from "../runs/points.ts";

/** Oldest first. */
export interface History {
  progress: ProgressPoint[];
  evaluations: EvaluationPoint[];
}
