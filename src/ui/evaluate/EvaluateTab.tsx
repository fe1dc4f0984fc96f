import { Text } from "@mantine/core";
import type { ComponentType } from "react";
import { nameOfSplit } from "../../base/batch.ts";
import { rowsOf } from "../../runs/runEvaluation.ts";
import { ReliabilityCard } from "../branches/ReliabilityCard.tsx";
import { KeptInsight } from "../insight/KeptInsight.tsx";
import { SlicesCard } from "../insight/SlicesCard.tsx";
import { EvaluateForm } from "./EvaluateForm.tsx";
import { EvaluationsTable } from "./EvaluationsTable.tsx";
import classes from "./evaluate.module.css";
import { HeadsPanel } from "./HeadsPanel.tsx";
import { type ShownEvaluation, useEvaluations } from "./useEvaluations.ts";

/** What a panel draws: the evaluations on show, at least one, the one that was chosen last at the end. */
export interface PanelProps {
  shown: ShownEvaluation[];
}

/** What there is to see of evaluations, from top to bottom. */
const PANELS: Record<string, ComponentType<PanelProps>> = {
  heads: HeadsPanel,
  calibration: CalibrationPanel,
  slices: SlicesPanel,
  learned: LearnedPanel,
};

/** Any kept run on the rows of any data set: made here, kept with the run, compared. */
export function EvaluateTab() {
  const { all, shown } = useEvaluations();
  return (
    <div className={classes.panel}>
      <EvaluateForm />
      {all.length > 0 && <EvaluationsTable all={all} />}
      {shown.length > 0
        ? Object.entries(PANELS).map(([name, Panel]) => <Panel key={name} shown={shown} />)
        : all.length > 0 && (
            <Text size="sm" c="dimmed" component="p" className={classes.card}>
              Choose an evaluation in the table to see its branches and its calibration; several to compare
              them.
            </Text>
          )}
    </div>
  );
}

/** Whether the predicted probabilities are true, for every evaluation on show. */
function CalibrationPanel({ shown }: PanelProps) {
  return (
    <div className={classes.charts}>
      {shown.map(({ run, evaluation: { id, heads, split, data } }) => (
        <ReliabilityCard
          key={id}
          of={`${run.name} on ${nameOfSplit(split)} of ${data.name}`}
          calibrations={(heads.length === 2 ? heads.slice(1) : heads).map(({ calibration }) => calibration)}
        />
      ))}
    </div>
  );
}

/** How the models of the evaluations on show do on parts of the rows, where that was asked for. */
function SlicesPanel({ shown }: PanelProps) {
  return shown.map(
    ({ run, evaluation }) =>
      evaluation.slices && (
        <SlicesCard
          key={evaluation.id}
          id="evaluated-slices"
          title={`Slices by ${evaluation.slices.by}: ${run.name} on ${rowsOf(evaluation)}`}
          by={evaluation.slices.by}
          slices={evaluation.slices.slices}
        />
      ),
  );
}

const HINT =
  "What you should see: the same columns on top as on the run’s own held-out rows; others on top mean that the model meets other data here.";

/** What the models of the evaluations on show use and combine, where that was asked for. */
function LearnedPanel({ shown }: PanelProps) {
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
