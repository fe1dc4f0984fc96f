import { Text } from "@mantine/core";
import type { ComponentType } from "react";
import { CalibrationPanel } from "./CalibrationPanel.tsx";
import { EvaluateForm } from "./EvaluateForm.tsx";
import { EvaluationsTable } from "./EvaluationsTable.tsx";
import classes from "./evaluate.module.css";
import { HeadsPanel } from "./HeadsPanel.tsx";
import { LearnedPanel } from "./LearnedPanel.tsx";
import { type ShownEvaluation, useEvaluations } from "./useEvaluations.ts";

/** What a panel draws: the evaluations on show, at least one, the one that was chosen last at the end. */
export interface PanelProps {
  shown: ShownEvaluation[];
}

/** What there is to see of evaluations, from top to bottom. */
const PANELS: Record<string, ComponentType<PanelProps>> = {
  heads: HeadsPanel,
  calibration: CalibrationPanel,
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
