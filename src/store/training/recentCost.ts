// What steps cost of late: single reports are short and jump, so older ones count for a while.

import { STEP_PARTS, type StepPart } from "../../engine/engine.ts";
import type { TrainCost } from "../../runs/events.ts";

/** Seconds of training after which half of what is older is forgotten. */
const MEMORY_SECONDS = 5;

/** The cost of late, once `reported` has arrived. */
export function recentCost(recent: TrainCost | null, reported: TrainCost | null): TrainCost | null {
  if (!recent || !reported) return reported ?? recent;
  const share = recent.seconds > MEMORY_SECONDS ? 0.5 : 1;
  const blend = (of: (cost: TrainCost) => number) => share * of(recent) + of(reported);
  return {
    steps: blend((cost) => cost.steps),
    rows: blend((cost) => cost.rows),
    seconds: blend((cost) => cost.seconds),
    milliseconds: Object.fromEntries(
      STEP_PARTS.map((part) => [part, blend((cost) => cost.milliseconds[part])]),
    ) as Record<StepPart, number>,
    flops: blend((cost) => cost.flops),
    plainFlops: blend((cost) => cost.plainFlops),
    uploadedBytes: blend((cost) => cost.uploadedBytes),
    dispatches: blend((cost) => cost.dispatches),
    submits: blend((cost) => cost.submits),
    // These two are of the moment.
    uniqueShare: reported.uniqueShare,
    allocatedBytes: reported.allocatedBytes,
  };
}
