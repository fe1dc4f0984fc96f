// Step reports → points of the progressive curves.

import type { StepReport } from "../engine/engine.ts";
import { fusionGain } from "../metrics/fusionGain.ts";
import { createWindow } from "../metrics/window.ts";
import { headValues } from "./evaluate.ts";
import type { HeadValues, Position, ProgressPoint } from "./events.ts";

/** Progressive AUC is over this many rows. */
export const AUC_WINDOW_ROWS = 50_000;

export interface MeterOptions {
  branches: number;
  /** Steps that one point averages over. */
  stepsPerPoint: number;
  /** Rows between two computations of the progressive AUC, which sorts the window. */
  rowsPerAuc: number;
}

/** What a step needs to be told besides the engine's report. */
export interface StepContext {
  position: Position;
  learningRate: number;
  firstPass: boolean;
}

export interface Meter {
  /** Takes a step in; gives a point at every `stepsPerPoint`-th step. */
  add(report: StepReport, context: StepContext): ProgressPoint | null;
  /** The point of the steps since the last one, if there are any: for a pause, or the end. */
  flush(): ProgressPoint | null;
}

/** Averages losses over rows since the last point, and keeps the window that progressive AUC is over. */
export function createMeter({ branches, stepsPerPoint, rowsPerAuc }: MeterOptions): Meter {
  const window = createWindow(AUC_WINDOW_ROWS, branches + 1);
  let last: StepContext | null = null;
  let auc: HeadValues | null = null;
  let rowsSinceAuc = 0;
  let steps = 0;
  let rows = 0;
  let sums = new Float64Array(2 * branches + 5);

  function flush(): ProgressPoint | null {
    if (!last || steps === 0) return null;
    const mean = Array.from(sums, (sum) => sum / rows);
    const [fused, weightedBranches, teacherEntropy, l2, total] = mean as [
      number,
      number,
      number,
      number,
      number,
    ];
    const point: ProgressPoint = {
      ...last.position,
      rows,
      logLoss: { branches: mean.slice(5, 5 + branches), fused },
      auc,
      distillation: mean.slice(5 + branches),
      teacherEntropy,
      fusionGain: fusionGain(weightedBranches, fused),
      l2,
      total,
      learningRate: last.learningRate,
      firstPass: last.firstPass,
    };
    auc = null;
    steps = 0;
    rows = 0;
    sums = new Float64Array(sums.length);
    return point;
  }

  return {
    add(report, context) {
      const { losses, rowCount } = report;
      const { fused, weightedBranches, teacherEntropy, l2, total } = losses;
      const values = [
        fused,
        weightedBranches,
        teacherEntropy,
        l2,
        total,
        ...losses.branches,
        ...losses.distillation,
      ];
      for (const [i, value] of values.entries()) sums[i]! += value * rowCount;
      window.push(report.logits, report.labels);
      last = context;
      steps++;
      rows += rowCount;
      rowsSinceAuc += rowCount;
      if (rowsSinceAuc >= rowsPerAuc) {
        rowsSinceAuc = 0;
        const values = window.aucs();
        auc = values && headValues(values);
      }
      return steps >= stepsPerPoint ? flush() : null;
    },
    flush,
  };
}
