// Members of an arena, batch by batch: the paired differences of their losses, and what they say so far.

import type { StepContext } from "../checkpoint/progress.ts";
import type { StepReport } from "../engine/engine.ts";
import { createConfidenceSequence, type MeanDifference } from "../metrics/confidenceSequence.ts";
import type { DifferencePoint, Pair } from "../runs/arenaEvents.ts";

/** What the batches so far say of two members. */
export interface PairState {
  /** Every loss was equal, bit for bit. */
  identical: boolean;
  logLoss: MeanDifference | null;
  rowsToTell: number | null;
  /** First-pass rows that both have trained on. */
  rowsSeen: number;
}

export interface Comparison {
  /** Takes in a member's step; steps of one member come in order. Rows seen before do not count. */
  add(member: number, report: StepReport, context: StepContext): void;
  /** A member met a problem: the others are compared without it. */
  leave(member: number): void;
  /** The points of each pair that have come since the last call, in the order of the pairs. */
  takePoints(): DifferencePoint[][];
  state(pair: number): PairState;
}

export interface ComparisonOptions {
  pairs: Pair[];
  members: number;
  /** Batches of the first pass. */
  batches: number;
  /** For each pair. */
  alpha: number;
}

// A difference curve has at most about this many points.
const CURVE_POINTS = 2000;

export function createComparison({ pairs, members, batches, alpha }: ComparisonOptions): Comparison {
  const stepsPerPoint = Math.ceil(batches / CURVE_POINTS);
  const present = new Set(Array.from({ length: members }, (_, member) => member));
  /** Fused log losses of steps that not all members have reported yet. */
  const waiting: number[][] = Array.from({ length: members }, () => []);
  /** Rows of these steps, from the member that is ahead. */
  const rowCounts: number[] = [];
  const trackers = pairs.map(() => createTracker());

  function createTracker() {
    const sequence = createConfidenceSequence({ alpha, batches });
    let points: DifferencePoint[] = [];
    let identical = true;
    let rowsSeen = 0;
    let [steps, rows, sum] = [0, 0, 0];
    return {
      add(first: number, second: number, rowCount: number): void {
        const difference = second - first;
        if (difference !== 0) identical = false;
        sequence.add(difference, rowCount);
        rowsSeen += rowCount;
        steps++;
        rows += rowCount;
        sum += difference * rowCount;
        if (steps < stepsPerPoint) return;
        const { mean = null, radius = null } = sequence.current ?? {};
        points.push({ rowsSeen, rows, difference: sum / rows, mean, radius });
        [steps, rows, sum] = [0, 0, 0];
      },
      takePoints(): DifferencePoint[] {
        const taken = points;
        points = [];
        return taken;
      },
      state: (): PairState => ({
        identical: identical && rowsSeen > 0,
        logLoss: sequence.current,
        rowsToTell: sequence.rowsToTell(),
        rowsSeen,
      }),
    };
  }

  /** Compares the steps that all members present have reported. */
  function compare(): void {
    while (present.size > 0 && [...present].every((member) => waiting[member]!.length > 0)) {
      const rowCount = rowCounts.shift()!;
      const losses = waiting.map((queue) => queue.shift());
      for (const [index, { first, second }] of pairs.entries())
        if (present.has(first) && present.has(second))
          trackers[index]!.add(losses[first]!, losses[second]!, rowCount);
    }
  }

  return {
    add(member, report, context) {
      if (!context.firstPass) return;
      const queue = waiting[member]!;
      queue.push(report.losses.fused);
      if (queue.length > rowCounts.length) rowCounts.push(report.rowCount);
      compare();
    },
    leave(member) {
      present.delete(member);
      compare();
    },
    takePoints: () => trackers.map((tracker) => tracker.takePoints()),
    state: (pair) => trackers[pair]!.state(),
  };
}
