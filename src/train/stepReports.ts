// From the reports of an engine's steps to the points of a run's curves. Steps are dispatched ahead of their reports, so each
// report is matched with the place and the learning rate that its step had.

import { type Problem, problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { RunProgress, StepContext } from "../checkpoint/progress.ts";
import type { Engine, StepReport } from "../engine/engine.ts";
import type { ProgressPoint } from "../runs/events.ts";
import type { Meter } from "./meter.ts";

export interface StepReportsInputs {
  engine: Engine;
  progress: Readonly<RunProgress>;
  meter: Meter;
  /** Receives each point, in order. */
  onPoint(point: ProgressPoint): void;
  /** Receives every step's report, in order. */
  onReport?: (report: StepReport, context: StepContext) => void;
}

export interface StepReports {
  /** Adds a step that was dispatched; gives how many are under way. */
  dispatched(context: StepContext): number;
  /** Waits for all steps under way and reads their reports. Throws a ProblemError where the loss is no longer finite. */
  drain(): Promise<void>;
  /** Makes a point of the steps that do not fill one. */
  flush(): void;
}

export function createStepReports({ engine, progress, meter, ...on }: StepReportsInputs): StepReports {
  const underWay: StepContext[] = [];
  let notFinite: Problem | null = null;

  function add(point: ProgressPoint | null): void {
    if (point) on.onPoint(point);
  }
  return {
    dispatched: (context) => underWay.push(context),
    async drain() {
      // The first call that meets it may be a save's; the loop's next call has to end, too.
      if (notFinite) throw new ProblemError(notFinite);
      for (const report of await engine.drain()) {
        if (!Number.isFinite(report.losses.total)) {
          notFinite = await whatIsNotFinite(report, engine, progress);
          throw new ProblemError(notFinite);
        }
        const context = underWay.shift()!;
        on.onReport?.(report, context);
        add(meter.add(report, context));
      }
    },
    flush: () => add(meter.flush()),
  };
}

async function whatIsNotFinite(
  report: StepReport,
  engine: Engine,
  progress: Readonly<RunProgress>,
): Promise<Problem> {
  const { parameters } = await engine.read();
  const broken = [...parameters].find(([, { values }]) => !values.every(Number.isFinite));
  return problem("loss-not-finite", {
    step: report.step,
    tensor: broken ? broken[0] : "the loss",
    learningRate: progress.schedule.learningRate,
  });
}
