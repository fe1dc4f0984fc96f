import { rowsOf } from "../../runs/runEvaluation.ts";
import { KeptInsight } from "../insight/KeptInsight.tsx";
import type { PanelProps } from "./EvaluateTab.tsx";

const HINT =
  "What you should see: the same columns on top as on the run’s own held-out rows; others on top mean that the model meets other data here.";

/** What the models of the evaluations on show use and combine, where that was asked for. */
export function LearnedPanel({ shown }: PanelProps) {
  return shown.map(
    ({ run, evaluation }) =>
      evaluation.insight && (
        <KeptInsight
          key={evaluation.id}
          insight={evaluation.insight}
          of={`${run.name} on ${rowsOf(evaluation)}`}
          id="evaluated"
          hint={HINT}
        />
      ),
  );
}
