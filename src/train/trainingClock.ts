// Which time counts as training. Time passes from step to step; what lies between (a pause, an evaluation, another
// learner's turn) is left out by a restart.

import type { RunProgress } from "../checkpoint/progress.ts";
import type { Engine } from "../engine/engine.ts";
import type { TrainCost } from "../runs/events.ts";
import { createCostTally } from "./cost.ts";
import { createThroughput } from "./throughput.ts";

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
