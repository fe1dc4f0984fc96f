// Step reports → points of the progressive curves.

import type { MeterState, StepContext } from "../checkpoint/progress.ts";
import type { StepReport } from "../engine/engine.ts";
import { fusionGain } from "../metrics/fusionGain.ts";
import { createWindow } from "../metrics/window.ts";
import type { Config } from "../model/config.ts";
import type { ProgressPoint } from "../runs/events.ts";
import { headValues } from "./evaluate.ts";

/** Progressive AUC is over this many rows. */
const AUC_WINDOW_ROWS = 50_000;

const NOTHING: Pick<MeterState, "last" | "auc" | "rowsSinceAuc" | "steps" | "rows"> = {
  last: null,
  auc: null,
  rowsSinceAuc: 0,
  steps: 0,
  rows: 0,
};

export interface MeterOptions {
  branches: number;
  fusion: Config["fusion"];
  /** Steps that one point averages over. */
  stepsPerPoint: number;
  /** Rows between two computations of the progressive AUC, which sorts the window. */
  rowsPerAuc: number;
}

export interface Meter {
  /** Takes a step in; gives a point at every `stepsPerPoint`-th step. */
  add(report: StepReport, context: StepContext): ProgressPoint | null;
  /** The point of the steps since the last one, if there are any: for a pause, or the end. */
  flush(): ProgressPoint | null;
  /** A copy of all that later points depend on. */
  state(): MeterState;
}

/**
 * Averages losses over rows since the last point, and keeps the window that progressive AUC is over. With `from` it
 * continues where another one stood, to the same points.
 */
export function createMeter(
  { branches, fusion, stepsPerPoint, rowsPerAuc }: MeterOptions,
  from?: MeterState,
): Meter {
  const window = createWindow(AUC_WINDOW_ROWS, branches + 1, from);
  let { last, auc, rowsSinceAuc, steps, rows } = from ?? NOTHING;
  let sums = from?.sums.slice() ?? new Float64Array(2 * branches + 5);

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
      fusionGain: fusionGain(weightedBranches, fused, fusion),
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
    state: () => ({ last, auc, rowsSinceAuc, steps, rows, sums: sums.slice(), ...window.rows() }),
  };
}
