import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { FieldFinding, Insight } from "../../insight/examiner.ts";
import { headLook } from "../branches/heads.ts";
import { Term } from "../explain/Term.tsx";
import { metric, percent, plusMinus } from "../format.ts";
import { BarFigure, barOf } from "./BarFigure.tsx";
import { FigureCard } from "./FigureCard.tsx";
import classes from "./insight.module.css";
import { csvOf, numberColumn, type TableColumn } from "./SortableTable.tsx";

const DRAWN = 14;

const MEASURES = {
  logLoss: { label: "Log loss", change: "Rise of log loss" },
  auc: { label: "AUC", change: "Drop of AUC" },
};
type Measure = keyof typeof MEASURES;

/** Which columns each branch and the fusion use, and what their embeddings do. */
export function FieldsPanel({ insight }: { insight: Insight }) {
  const { fields, columns: names, step } = insight;
  const measured = fields.filter(({ importance }) => importance !== null);
  const heads = measured[0]?.importance?.drops.length ?? 0;
  const [measure, setMeasure] = useState<Measure>("logLoss");
  const columns = tableColumns(insight, heads, measure);
  const rise = ({ importance }: FieldFinding) => importance!.drops.at(-1)![measure]?.mean ?? 0;
  const strongest = measured.toSorted((a, b) => rise(b) - rise(a)).slice(0, DRAWN);
  const older = measured.filter(({ importance }) => importance!.step !== step).length;
  return (
    <FigureCard
      id="fields"
      title="Fields: what each branch uses"
      heads={heads}
      hint={
        <>
          <Term of="permutationImportance" />: how much log loss rises (in nats a row) or AUC falls when a
          column’s values are dealt to the rows anew, with 95 % intervals over rows. The longer a bar, the
          more that head needs the column; bars of unlike length in one group: the branches use different
          columns.
        </>
      }
      choice={
        <SegmentedControl
          aria-label="Measured by"
          data={Object.entries(MEASURES).map(([value, { label }]) => ({ value, label }))}
          value={measure}
          onChange={(value) => setMeasure(value as Measure)}
        />
      }
      csv={measured.length > 0 ? () => csvOf(columns, fields) : null}
      figure={
        heads > 0
          ? (svg) => (
              <BarFigure
                svg={svg}
                label={`${MEASURES[measure].change} when a column is permuted, the ${strongest.length} largest`}
                rows={strongest.map(({ column, importance }) => ({
                  label: names[column]!,
                  bars: importance!.drops.map(({ [measure]: found }) => found && barOf(found)),
                }))}
              />
            )
          : null
      }
      table={{
        label: "Fields",
        columns,
        rows: fields,
        keyOf: ({ column }) => column,
        sortedBy: Math.max(1, heads),
      }}
    >
      <p className={classes.hint}>
        {measured.length} of {fields.length} columns measured so far
        {older > 0 && `, ${older} of them at an earlier evaluation (grey)`}. They come in turn, as far as
        about 3 % of training’s time reaches.
      </p>
    </FigureCard>
  );
}

/** Of the measures' columns those of `shown` alone are in the table; the CSV has both. */
function tableColumns(
  { columns: names, step, fields }: Insight,
  heads: number,
  shown: Measure,
): TableColumn<FieldFinding>[] {
  const aged = (field: FieldFinding, text: string) =>
    field.importance && field.importance.step !== step ? (
      <span className={classes.old} title={`measured at step ${field.importance.step}`}>
        {text}
      </span>
    ) : (
      text
    );
  const byHead = (measure: Measure) =>
    Array.from({ length: heads }, (_, h): TableColumn<FieldFinding> => {
      const { label, change } = MEASURES[measure];
      const head = headLook(h, heads).label;
      const dropOf = ({ importance }: FieldFinding) => importance?.drops[h]?.[measure] ?? null;
      return {
        isCsvOnly: measure !== shown,
        name: `${label}, ${head.toLowerCase()}`,
        hint: `${head}: ${change.replace(/^./, (first) => first.toLowerCase())} when the column is permuted ± 95 % interval`,
        value: (field) => dropOf(field)?.mean ?? null,
        cell(field) {
          const drop = dropOf(field);
          return drop && aged(field, plusMinus(drop.mean, drop.radius));
        },
      };
    });
  const gates = Array.from({ length: Math.max(0, heads - 1) }, (_, b) =>
    numberColumn<FieldFinding>(
      `Gate, branch ${b + 1}`,
      ({ gates }) => gates[b] ?? null,
      metric,
      "Mean size of the feature gate that multiplies the column’s embedding",
    ),
  );
  return [
    { name: "Column", value: ({ column }) => names[column]! },
    ...byHead("logLoss"),
    ...byHead("auc"),
    numberColumn(
      "Norm",
      ({ embeddingNorm }) => embeddingNorm,
      metric,
      "Mean Euclidean norm of the column’s embeddings, times their weights",
    ),
    numberColumn(
      "Update rate",
      ({ updateRate }) => updateRate,
      metric,
      "Relative change of the column’s embeddings a step, since the evaluation before",
    ),
    numberColumn(
      "Unseen",
      ({ unseenShare }) => unseenShare,
      percent,
      "Share of the sample’s values whose id training has not met",
    ),
    ...gates.filter(({ value }) => fields.some((field) => value(field) !== null)),
  ];
}
