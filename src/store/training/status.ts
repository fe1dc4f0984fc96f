// How a run or an arena is, as the page knows it.

import type { Problem } from "../../base/problem.ts";

/** While the worker holds it, or after a problem; how it ends otherwise is said by runs and arenas themselves. */
export type TrainingStatus =
  | { type: "starting" | "running" | "pausing" | "paused" | "stopping" }
  | { type: "failed"; problem: Problem };

const UNDER_WAY = ["starting", "running", "pausing", "paused", "stopping"];

/** Whether the worker still holds what has this status. */
export function isUnderWay({ type }: { type: string }): boolean {
  return UNDER_WAY.includes(type);
}

/** The status of what had this one, now that it trains: it may have been asked to stop while it started. */
export function afterStart<S extends { type: string }>(status: S): S | { type: "running" } {
  return status.type === "stopping" ? status : { type: "running" };
}
