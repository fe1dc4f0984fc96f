// What scores say together: the same for the page and the command line.

import type { Problem } from "../../base/problem.ts";
import { createScoreSums } from "../../metrics/scoreSummary.ts";
import { leftOutText } from "../../preprocess/formats/setAside.ts";
import type { HeadValues } from "../../runs/events.ts";
import { headValues } from "../evaluate.ts";
import { probabilities } from "./scoreFile.ts";
import type { ScoredRows, ScoringAccount } from "./scoreLogs.ts";

export interface PredictSummary {
  rows: number;
  badLines: number;
  /** Of the fused output. */
  meanProbability: number;
  /** Share of the categories' values that have no id of their own. */
  unseenShare: number;
  files: string[];
  /** Names of files that were not read, and why they were not. */
  leftOut: string[];
  leftOutReasons: string[];
  /** What is strange about values or numbers, beside those that the model was trained on. */
  warning: Problem | null;
  /** Over the rows that have labels; null where none has. */
  labelled: {
    rows: number;
    positives: number;
    auc: HeadValues | null;
    /** How far each AUC can be from the exact one, which is kept up to four million rows. */
    aucErrorBound: number;
    logLoss: HeadValues;
    calibration: { ece: number; copc: number } | null;
  } | null;
}

export interface SummarySums {
  add(rows: ScoredRows): void;
  finish(account: ScoringAccount): PredictSummary;
}

export function createSummarySums(branches: number): SummarySums {
  const sums = createScoreSums(branches + 1);
  const losses = new Float64Array(branches + 1);
  let rows = 0;
  let labelledRows = 0;
  let probability = 0;
  return {
    add(scored) {
      for (const value of probabilities(scored, branches)[0]!) probability += value;
      rows += scored.rowCount;
      if (!scored.labels) return;
      sums.add(scored.logits, scored.labels, scored.rowCount);
      for (const [h, loss] of scored.logLosses!.entries()) losses[h]! += loss * scored.rowCount;
      labelledRows += scored.rowCount;
    },
    finish({ lines, read, leftOut, unseenShare, warning }) {
      const { positives, auc, aucErrorBound, calibration } = sums.summary();
      const isDefined = auc.every((value) => value !== null);
      return {
        rows,
        badLines: lines.bad,
        meanProbability: probability / rows,
        unseenShare,
        files: read,
        leftOut: leftOut.map(({ name }) => name),
        leftOutReasons: leftOut.map(leftOutText),
        warning,
        labelled:
          labelledRows === 0
            ? null
            : {
                rows: labelledRows,
                positives,
                auc: isDefined ? headValues(auc as number[]) : null,
                aucErrorBound,
                logLoss: headValues(Array.from(losses, (sum) => sum / labelledRows)),
                calibration: calibration && { ece: calibration.ece, copc: calibration.copc },
              },
      };
    },
  };
}
