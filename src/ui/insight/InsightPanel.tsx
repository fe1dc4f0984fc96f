import { Button, SegmentedControl, Text } from "@mantine/core";
import { type ComponentType, useState } from "react";
import { useStore } from "zustand";
import { nameOfSplit } from "../../base/batch.ts";
import type { Insight } from "../../insight/examiner.ts";
import { EvaluationSlider } from "../branches/EvaluationSlider.tsx";
import { count, percent, short } from "../format.ts";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { FieldsPanel } from "./FieldsPanel.tsx";
import { GradientsPanel } from "./GradientsPanel.tsx";
import { InteractionsPanel } from "./InteractionsPanel.tsx";
import classes from "./insight.module.css";
import { LearnedOfRun } from "./LearnedOfRun.tsx";
import { MapPanel } from "./MapPanel.tsx";
import { RowPanel } from "./RowPanel.tsx";
import { SlicesPanel } from "./SlicesPanel.tsx";

const PANELS: Record<string, ComponentType<{ insight: Insight }>> = {
  Fields: FieldsPanel,
  Interactions: InteractionsPanel,
  Slices: SlicesPanel,
  "One row": RowPanel,
  Embeddings: MapPanel,
  Gradients: ({ insight: { step } }) => <GradientsPanel step={step} />,
};

/** What the model has learned, at any evaluation: measured on held-out rows while it trains. */
export function InsightPanel() {
  const { insights } = useStudio();
  const points = useStore(insights.store, (state) => state.points);
  const isMeasuring = useStore(insights.measuring, (state) => state.isOn);
  // null follows the newest evaluation.
  const [chosen, choose] = useState<number | null>(null);
  const [panel, setPanel] = useState("Fields");
  const runId = useStudioState(({ run }) => run?.runId ?? null);
  const kept = useRunsState(({ records }) => records.find((run) => run.runId === runId) ?? null);
  const hasGradients = useStore(insights.gradients, (state) => state.points.length > 0);
  if (points.length === 0 && hasGradients) return <GradientsPanel step={Number.POSITIVE_INFINITY} />;
  if (points.length === 0 && kept?.insight) return <LearnedOfRun run={kept} />;
  if (points.length === 0)
    return (
      <Text size="sm" c="dimmed" component="p" className={classes.card}>
        After each evaluation, on a fixed sample of held-out rows: which columns each branch uses, which it
        combines, and where it does well; and every so many steps what its gradients come from.
      </Text>
    );
  const index = Math.min(chosen ?? points.length - 1, points.length - 1);
  const insight = points[index]!;
  const Panel = PANELS[panel]!;
  return (
    <div className={classes.panel}>
      <section className={classes.card} aria-labelledby="insight-title">
        <div className={classes.head}>
          <h2 id="insight-title" className={classes.title}>
            What the model has learned
          </h2>
          <Button
            size="compact-sm"
            loading={isMeasuring}
            onClick={() => void insights.measureAll()}
            title="Measures every column and all interactions of the model as it stands; training waits meanwhile"
          >
            Measure all now
          </Button>
        </div>
        <div className={classes.row}>
          <Text size="sm" component="p" m={0} data-testid="insight-at">
            Evaluation {index + 1} of {points.length}: after step {count(insight.step)},{" "}
            {short(insight.rowsSeen)} rows; {count(insight.rows)} {nameOfSplit(insight.split)} rows, the same
            ones each time. {costText(insight)}
          </Text>
          <EvaluationSlider count={points.length} index={index} choose={choose} />
        </div>
        <div className={classes.choice}>
          <SegmentedControl
            aria-label="What to look at"
            data={Object.keys(PANELS)}
            value={panel}
            onChange={setPanel}
          />
        </div>
      </section>
      <Panel insight={insight} />
    </div>
  );
}

function costText({ seconds, trainedSeconds }: Insight): string {
  return trainedSeconds > 0
    ? `Insight took ${percent(seconds / trainedSeconds)} on top of training’s time.`
    : "";
}
