// Which time counts as training. Time passes from step to step; what lies between (a pause, an evaluation, another
// learner's turn) is left out by a restart.

import type { RunProgress } from "../checkpoint/progress.ts";
import type { Engine } from "../engine/engine.ts";
import type { TrainCost } from "../runs/events.ts";

export interface TrainingClock {
  /** Time since the clock was last read does not count. */
  restart(): void;
  /** The batch of the step to come has been read: time since the clock was last read was spent waiting for it. */
  batchRead(): void;
  /** Counts the time since the clock was last read as training on `rows` rows. */
  trained(rows: number): void;
  /** Does `work` and counts its time as that of reporting, a part of training. */
  reporting(work: () => Promise<void> | void): Promise<void>;
  /** What the steps since the last call cost; null where there were none. */
  takeCost(): TrainCost | null;
  rowsPerSecond(): number;
}

/** Adds the time that counts to `progress.activeSeconds`. */
export function createTrainingClock(engine: Engine, progress: RunProgress): TrainingClock {
  const tally = createCostTally(engine);
  const throughput = createThroughput();
  let read = performance.now();

  function trained(rows: number): void {
    const now = performance.now();
    const seconds = (now - read) / 1000;
    read = now;
    progress.activeSeconds += seconds;
    tally.passed(seconds);
    throughput.add(rows, seconds);
  }

  return {
    restart() {
      read = performance.now();
      // An evaluation's work is not a step's.
      tally.take();
    },
    batchRead: () => tally.read(performance.now() - read),
    trained,
    async reporting(work) {
      trained(0);
      const began = read;
      await work();
      trained(0);
      tally.reported(read - began);
    },
    takeCost: tally.take,
    rowsPerSecond: throughput.rowsPerSecond,
  };
}

/** Rows per second of training alone: the first step (which compiles) and all waiting excluded. */
function createThroughput(): { add(rows: number, seconds: number): void; rowsPerSecond(): number } {
  let warm = false;
  let rows = 0;
  let seconds = 0;
  return {
    add(moreRows, moreSeconds) {
      if (warm) {
        rows += moreRows;
        seconds += moreSeconds;
      }
      if (moreRows > 0) warm = true;
      // Half of what is long ago is forgotten, so the figure follows the machine.
      if (seconds > 20) {
        rows /= 2;
        seconds /= 2;
      }
    },
    rowsPerSecond: () => (seconds > 0 ? rows / seconds : 0),
  };
}

/** What steps cost, reading and reporting included: the engine counts its own work, the loop the time around it. */
interface CostTally {
  /** Milliseconds that a step waited for its batch. */
  read(milliseconds: number): void;
  /** Milliseconds spent on reports. */
  reported(milliseconds: number): void;
  /** Seconds of training that passed, by another clock. */
  passed(seconds: number): void;
  /** Everything since the last call; null where no step was counted. */
  take(): TrainCost | null;
}

function createCostTally(engine: Engine): CostTally {
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
