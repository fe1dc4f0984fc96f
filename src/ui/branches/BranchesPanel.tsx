import { Text } from "@mantine/core";
import { useState } from "react";
import { useStore } from "zustand";
import { Card } from "../Card.tsx";
import { Term } from "../explain/Term.tsx";
import { short } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import classes from "./branches.module.css";
import { DensityCard } from "./DensityCard.tsx";
import { EvaluationSlider } from "./EvaluationSlider.tsx";
import { CorrelationChart, GainChart } from "./GainCharts.tsx";
import { ReliabilityCard } from "./ReliabilityCard.tsx";

/** Branches against each other and against their fusion, on a fixed sample of the test split, at any evaluation. */
export function BranchesPanel() {
  const { inspections } = useStudio();
  const points = useStore(inspections.store, (state) => state.points);
  // null follows the newest evaluation.
  const [chosen, choose] = useState<number | null>(null);
  if (points.length === 0)
    return (
      <Text size="sm" c="dimmed" component="p" className={classes.card}>
        After each evaluation of the test split: how well each branch and the fusion are calibrated, how far
        the branches disagree, and what that disagreement gains.
      </Text>
    );
  const index = Math.min(chosen ?? points.length - 1, points.length - 1);
  const { inspection, step, rowsSeen } = points[index]!;
  return (
    <div className={classes.panel}>
      <Card
        title={
          <>
            <Term of="branch">Branches</Term> and their <Term of="fusion">fusion</Term>
          </>
        }
      >
        <div className={classes.slider}>
          <Text size="sm" component="p" m={0} data-testid="inspected">
            Evaluation {index + 1} of {points.length}: after step {step.toLocaleString("en-US")},{" "}
            {short(rowsSeen)} rows; {inspection.rows.toLocaleString("en-US")} test rows, the same ones each
            time
          </Text>
          <EvaluationSlider count={points.length} index={index} choose={choose} />
        </div>
        {inspection.branches?.collapse && (
          <p className={classes.collapse} role="status">
            {inspection.branches.collapse}
          </p>
        )}
      </Card>
      <div className={classes.charts}>
        <ReliabilityCard calibrations={inspection.calibrations} />
        {inspection.branches && <DensityCard branches={inspection.branches} rows={inspection.rows} />}
        {inspection.branches && <GainChart points={points} />}
        {inspection.branches && <CorrelationChart points={points} />}
      </div>
    </div>
  );
}
