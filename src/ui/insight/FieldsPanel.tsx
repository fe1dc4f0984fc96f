import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { FieldFinding, Insight } from "../../insight/examiner.ts";
import type { Drop } from "../../insight/fieldImportance.ts";
import { headLook } from "../branches/heads.ts";
import { Term } from "../explain/Term.tsx";
import { metric, percent, plusMinus } from "../format.ts";
import { BarFigure } from "./BarFigure.tsx";
import { FigureCard } from "./FigureCard.tsx";
import classes from "./insight.module.css";
import { csvOf, SortableTable, type TableColumn } from "./SortableTable.tsx";

const DRAWN = 14;

const MEASURES = { logLoss: "Log loss", auc: "AUC" } as const;
type Measure = keyof typeof MEASURES;

/** Which columns each branch and the fusion use, and what their embeddings do. */
export function FieldsPanel({ insight }: { insight: Insight }) {
  const { fields, columns: names, step } = insight;
  const measured = fields.filter(({ importance }) => importance !== null);
  const heads = measured[0]?.importance?.drops.length ?? 0;
  const [measure, setMeasure] = useState<Measure>("logLoss");
  const columns = tableColumns(insight, heads);
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
          data={Object.entries(MEASURES).map(([value, label]) => ({ value, label }))}
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
                label={`${measure === "auc" ? "Drop of AUC" : "Rise of log loss"} when a column is permuted, the ${strongest.length} largest`}
                rows={strongest.map(({ column, importance }) => ({
                  label: names[column]!,
                  bars: importance!.drops.map(
                    ({ [measure]: found }) =>
                      found && {
                        value: found.mean,
                        low: found.mean - found.radius,
                        high: found.mean + found.radius,
                      },
                  ),
                }))}
              />
            )
          : null
      }
    >
      <p className={classes.hint}>
        {measured.length} of {fields.length} columns measured so far
        {older > 0 && `, ${older} of them at an earlier evaluation (grey)`}. They come in turn, as far as
        about 3 % of training’s time reaches.
      </p>
      <SortableTable
        label="Fields"
        columns={columns.filter(({ of }) => !of || of === measure)}
        rows={fields}
        keyOf={({ column }) => column}
        sortedBy={Math.max(1, heads)}
      />
    </FigureCard>
  );
}

interface FieldColumn extends TableColumn<FieldFinding> {
  /** Shown with this measure alone; the CSV has both. */
  of?: Measure;
}

function tableColumns({ columns: names, step, fields }: Insight, heads: number): FieldColumn[] {
  const dropOf = (field: FieldFinding, h: number): Drop | null => field.importance?.drops[h] ?? null;
  const aged = (field: FieldFinding, text: string) =>
    field.importance && field.importance.step !== step ? (
      <span className={classes.old} title={`measured at step ${field.importance.step}`}>
        {text}
      </span>
    ) : (
      text
    );
  const losses = Array.from({ length: heads }, (_, h): FieldColumn => {
    const head = headLook(h, heads).label;
    return {
      of: "logLoss",
      name: `Log loss, ${head.toLowerCase()}`,
      hint: `${head}: rise of log loss when the column is permuted ± 95 % interval`,
      value: (field) => dropOf(field, h)?.logLoss.mean ?? null,
      cell(field) {
        const drop = dropOf(field, h);
        return drop && aged(field, plusMinus(drop.logLoss.mean, drop.logLoss.radius));
      },
    };
  });
  const areas = Array.from({ length: heads }, (_, h): FieldColumn => {
    const head = headLook(h, heads).label;
    return {
      of: "auc",
      name: `AUC, ${head.toLowerCase()}`,
      hint: `${head}: drop of AUC when the column is permuted`,
      value: (field) => dropOf(field, h)?.auc?.mean ?? null,
      cell(field) {
        const auc = dropOf(field, h)?.auc;
        return auc ? aged(field, plusMinus(auc.mean, auc.radius)) : null;
      },
    };
  });
  const gates = Array.from(
    { length: Math.max(0, heads - 1) },
    (_, b): TableColumn<FieldFinding> => ({
      name: `Gate, branch ${b + 1}`,
      hint: "Mean size of the feature gate that multiplies the column’s embedding",
      value: (field) => field.gates[b] ?? null,
      cell: (field) => metric(field.gates[b]),
    }),
  );
  return [
    { name: "Column", value: ({ column }) => names[column]! },
    ...losses,
    ...areas,
    {
      name: "Norm",
      hint: "Mean Euclidean norm of the column’s embeddings, times their weights",
      value: (field) => field.embeddingNorm,
      cell: (field) => metric(field.embeddingNorm),
    },
    {
      name: "Update rate",
      hint: "Relative change of the column’s embeddings a step, since the evaluation before",
      value: (field) => field.updateRate,
      cell: (field) => metric(field.updateRate),
    },
    {
      name: "Unseen",
      hint: "Share of the sample’s values whose id training has not met",
      value: (field) => field.unseenShare,
      cell: (field) => (field.unseenShare === null ? "–" : percent(field.unseenShare)),
    },
    ...gates.filter(({ value }) => fields.some((field) => value(field) !== null)),
  ];
}
