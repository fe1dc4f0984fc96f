// What steps cost, reading and reporting included: the engine counts its own work, the loop the time around it.

import type { Engine } from "../engine/engine.ts";
import type { TrainCost } from "../runs/events.ts";

export interface CostTally {
  /** Milliseconds that a step waited for its batch. */
  read(milliseconds: number): void;
  /** Milliseconds spent on reports. */
  reported(milliseconds: number): void;
  /** Seconds of training that passed, by another clock. */
  passed(seconds: number): void;
  /** Everything since the last call; null where no step was counted. */
  take(): TrainCost | null;
}

export function createCostTally(engine: Engine): CostTally {
  let around = { read: 0, report: 0, seconds: 0 };
  return {
    read(milliseconds) {
      around.read += milliseconds;
    },
    reported(milliseconds) {
      around.report += milliseconds;
    },
    passed(seconds) {
      around.seconds += seconds;
    },
    take() {
      const { read, report, seconds } = around;
      around = { read: 0, report: 0, seconds: 0 };
      const cost = engine.cost?.();
      if (!cost || cost.steps === 0) return null;
      const { milliseconds } = cost;
      return {
        ...cost,
        milliseconds: {
          ...milliseconds,
          read: milliseconds.read + read,
          report: milliseconds.report + report,
        },
        seconds,
      };
    },
  };
}
