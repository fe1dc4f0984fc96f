import { Select } from "@mantine/core";
import { useMemo, useState } from "react";
import { useStore } from "zustand";
import {
  GRADIENT_SHARE,
  type GradientPoint,
  type PartGradients,
  togetherNorm,
  WHOLE_MODEL,
} from "../../insight/gradients.ts";
import { partName } from "../../runs/runInsight.ts";
import { Card } from "../Card.tsx";
import { colorOf, DASHES } from "../charts/definitions.ts";
import { TimeChart, type TimeLine } from "../charts/TimeChart.tsx";
import { gradientsView } from "../charts/views.ts";
import { Term } from "../explain/Term.tsx";
import { count, metric, percent } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import { FigureCard } from "./FigureCard.tsx";
import classes from "./insight.module.css";
import { csvOf, numberColumn, type TableColumn } from "./SortableTable.tsx";

const PROMISE = `Measured every so many steps, as far as ${percent(GRADIENT_SHARE)} of training’s time reaches.`;

/** How hard clicks and distillation pull at each part of the model, and whether they pull the same way. */
export function GradientsPanel({ step }: { step: number }) {
  const { insights } = useStudio();
  const points = useStore(insights.gradients, (state) => state.points);
  const [chosen, choose] = useState(WHOLE_MODEL);
  const parts = points.at(-1)?.parts ?? [];
  const part = parts.some(({ part: name }) => name === chosen) ? chosen : WHOLE_MODEL;
  const norms = useMemo(() => normLines(part), [part]);
  const cosines = useMemo(() => [cosineLine(part)], [part]);
  if (points.length === 0) return <p className={classes.card}>{PROMISE}</p>;
  const isTaught = parts.some(({ distillation }) => distillation > 0);
  const point = points.findLast((one) => one.step <= step + 1) ?? points[0]!;
  const name = partName(part);
  const { seconds, trainedSeconds, rows, batchRows } = points.at(-1)!;
  return (
    <>
      <Card title="Gradients by source">
        <p className={classes.hint}>
          The <Term of="gradientBySource">gradients of clicks and of distillation</Term>, before{" "}
          {points.length === 1 ? "one step" : `${count(points.length)} steps`} so far, each on{" "}
          {rows < batchRows ? `${count(rows)} rows of that step’s batch` : "that step’s whole batch"}, without
          L2’s part. Measuring took {percent(seconds / trainedSeconds)} on top of training’s time.{" "}
          {isTaught
            ? "What you should see: clicks pull several times harder. Distillation’s share is largest in units and heads, where it draws the branches towards each other: often one along with the clicks, another against them."
            : "This model has one branch, or a distillation weight of 0: all its gradients come from the clicks."}
        </p>
        <Select
          label="Part of the model"
          w={240}
          data={parts.map(({ part: value }) => ({ value, label: partName(value) }))}
          value={part}
          onChange={(value) => choose(value ?? WHOLE_MODEL)}
        />
      </Card>
      <div className={classes.grid}>
        <TimeChart
          id="gradientNorms"
          title={`Norms: ${name}`}
          term="gradientNorm"
          hint="Euclidean norm of each source’s gradient: the larger one moves this part of the model more."
          promise={PROMISE}
          unit="norm"
          store={gradientsView}
          points={points}
          lines={norms}
          at={point.rowsSeen}
        />
        {isTaught && (
          <TimeChart
            id="gradientCosine"
            title={`Cosine: ${name}`}
            term="gradientCosine"
            hint="1: clicks and distillation pull the same way; 0: at right angles; below 0: one undoes a part of what the other does."
            promise={PROMISE}
            unit="cosine"
            store={gradientsView}
            points={points}
            lines={cosines}
            at={point.rowsSeen}
          />
        )}
      </div>
      <PartsCard point={point} points={points} />
    </>
  );
}

/** All parts at one step; the CSV has all steps. */
function PartsCard({ point, points }: { point: GradientPoint; points: GradientPoint[] }) {
  return (
    <FigureCard
      id="gradients"
      title={`Each part of the model before step ${count(point.step)}`}
      heads={0}
      hint="The measurement at the evaluation that the slider shows, or the last one before it. The CSV has all of them."
      csv={() =>
        csvOf(
          ALL_COLUMNS,
          points.flatMap(({ step, rowsSeen, parts }) => parts.map((one) => ({ step, rowsSeen, ...one }))),
        )
      }
      table={{
        label: "Gradients by part",
        columns: GRADIENT_COLUMNS,
        rows: point.parts,
        keyOf: ({ part }) => part,
        sortedBy: null,
      }}
    />
  );
}

/** Distillation's norm as a share of both. */
function distillationShare({ clicks, distillation }: PartGradients): number | null {
  return clicks + distillation > 0 ? distillation / (clicks + distillation) : null;
}

/** What is said of each part of a model. */
export const GRADIENT_COLUMNS: TableColumn<PartGradients>[] = [
  { name: "Part", value: ({ part }) => partName(part) },
  numberColumn("Clicks", ({ clicks }) => clicks, metric, "Norm of the click loss’s gradient"),
  numberColumn(
    "Distillation",
    ({ distillation }) => distillation,
    metric,
    "Norm of the weighted distillation losses’ gradient",
  ),
  numberColumn("Share of distillation", distillationShare, percent, "Its norm as a share of both norms’ sum"),
  numberColumn(
    "Cosine",
    ({ cosine }) => cosine,
    (cosine) => cosine.toFixed(3),
    "Of the angle between the two gradients",
  ),
  numberColumn("Together", togetherNorm, metric, "Norm of the two gradients’ sum"),
];

const ALL_COLUMNS: TableColumn<PartGradients & { step: number; rowsSeen: number }>[] = [
  { name: "Step", value: ({ step }) => step },
  { name: "Rows seen", value: ({ rowsSeen }) => rowsSeen },
  ...GRADIENT_COLUMNS,
];

function lineOf(
  part: string,
  label: string,
  look: Pick<TimeLine<GradientPoint>, "color" | "dashes">,
  value: (gradients: PartGradients) => number | null,
): TimeLine<GradientPoint> {
  return {
    label,
    ...look,
    value({ parts }) {
      const gradients = parts.find((one) => one.part === part);
      return gradients ? value(gradients) : null;
    },
  };
}

const SOLID = { color: colorOf("fused"), dashes: DASHES.fused };

function normLines(part: string): TimeLine<GradientPoint>[] {
  const dashed = { color: colorOf("reference"), dashes: "6 3" };
  return [
    lineOf(part, "Distillation", dashed, ({ distillation }) => distillation),
    lineOf(part, "Clicks", SOLID, ({ clicks }) => clicks),
  ];
}

function cosineLine(part: string): TimeLine<GradientPoint> {
  return lineOf(part, "Cosine", SOLID, ({ cosine }) => cosine);
}
