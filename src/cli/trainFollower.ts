// What train writes while a run continues: the logs, lines on standard error, and the result at its end.

import { join } from "node:path";
import type { Split } from "../base/batch.ts";
import { ProblemError } from "../base/result.ts";
import type { History } from "../checkpoint/history.ts";
import type { HeadValues, TrainEvent } from "../runs/events.ts";
import type { RunControl } from "../train/control.ts";
import { say } from "./log.ts";
import { appendLine, aucLine, continueLogs, lossLine } from "./trainLogs.ts";
import type { TrainValues } from "./trainOptions.ts";

interface Outcome {
  reason: string;
  /** Of the test split; null without evaluation. */
  auc: HeadValues | null;
  logLoss: HeadValues | null;
  /** What chose the epoch whose model is kept; null where the last one is. */
  selection: string | null;
  step: number;
  epoch: number;
  rowsSeen: number;
  /** Of training alone: evaluation and the first step, which compiles, left out. */
  rowsPerSecond: number;
  activeSeconds: number;
}

/** "validation", or "test, best of 5": then the test figures flatter the model that was chosen by them. */
function selectionOf(split: Split, evaluations: number): string {
  return split === "valid" ? "validation" : `test, best of ${evaluations}`;
}

interface Following {
  stepsPerEpoch: number;
  /** Whose evaluations go into auc.log: those of the test split, or of validation where there are no test rows. */
  logged: Split;
  keepsBest: boolean;
  /** Of the run before it was interrupted; null where it begins. */
  earlier: History | null;
  /** Settles when the checkpoints asked for so far lie on disk. */
  written(): Promise<void>;
}

interface Follower {
  take(event: TrainEvent): Promise<void>;
  /** Of the run that has ended. Throws what made it, or the writing of its checkpoints, fail. */
  outcome(): Outcome;
}

/** Where losses and AUC are written. */
export function logsOf(values: TrainValues): [string, string] {
  return [join(values.ckpt_path, values.loss_file_name), join(values.ckpt_path, values.eval_file_name)];
}

/** Writes the logs while the run continues, and gathers its result. */
export function followRun(
  values: TrainValues,
  control: RunControl,
  { stepsPerEpoch, logged, keepsBest, earlier, written }: Following,
): Follower {
  const [lossLog, aucLog] = logsOf(values);
  const tests = (earlier?.evaluations ?? []).filter((point) => point.split === "test");
  let rowsPerSecond = 0;
  let outcome: Outcome | null = null;
  let failure: unknown = null;

  if (earlier) {
    const losses = earlier.progress.map((point) => lossLine(point, stepsPerEpoch));
    const evaluations = earlier.evaluations.filter(({ split }) => split === logged);
    continueLogs({ file: lossLog, lines: losses }, { file: aucLog, lines: evaluations.map(aucLine) });
  }

  async function checkpointsWritten(): Promise<void> {
    try {
      await written();
    } catch (cause) {
      failure ??= cause;
      control.stop();
    }
  }

  return {
    async take(event) {
      await checkpointsWritten();
      switch (event.type) {
        case "progressed": {
          for (const point of event.points) appendLine(lossLog, lossLine(point, stepsPerEpoch));
          rowsPerSecond = event.rowsPerSecond;
          const { step, epoch } = event.position;
          const loss = event.points.at(-1)!.logLoss.fused.toFixed(4);
          // Nobody knows how fast it is before its second step.
          const speed = Number.isFinite(event.secondsLeft)
            ? `, ${Math.round(rowsPerSecond)} rows/s, ${Math.round(event.secondsLeft)} s left`
            : "";
          say(`epoch ${epoch} step ${step}/${event.totalSteps}: log loss ${loss}${speed}`);
          break;
        }
        case "evaluated": {
          // One line an evaluation, as MindSpore writes it, which names no split.
          if (event.point.split === logged) appendLine(aucLog, aucLine(event.point));
          if (event.point.split === "test") tests.push(event.point);
          const { split, auc, logLoss } = event.point;
          say(`${split}: AUC ${auc?.fused.toFixed(5) ?? "undefined"}, log loss ${logLoss.fused.toFixed(5)}`);
          break;
        }
        case "learningRateChanged":
          say(`learning rate ${event.learningRate}: AUC on ${event.split} did not improve`);
          break;
        case "failed":
          failure ??= new ProblemError(event.problem);
          break;
        case "finished": {
          // A schedule that keeps the best epoch ends with that epoch's model.
          const kept = keepsBest ? tests.find((test) => test.step === event.best?.step) : tests.at(-1);
          const { step, epoch, rowsSeen, activeSeconds } = event.position;
          const { auc = null, logLoss = null } = kept ?? {};
          const reason = control.stopping ? "stopped" : event.reason;
          const selection = keepsBest && event.best ? selectionOf(event.best.split, tests.length) : null;
          outcome = { reason, auc, logLoss, selection, step, epoch, rowsSeen, rowsPerSecond, activeSeconds };
        }
      }
    },
    outcome() {
      if (failure) throw failure;
      if (!outcome) throw new Error("the run ended without saying so");
      return outcome;
    },
  };
}
