import { Select } from "@mantine/core";
import { useEffect, useState } from "react";
import { nameOfSplit } from "../../base/batch.ts";
import { shrunkenRates } from "../../insight/embeddings.ts";
import type { Insight } from "../../insight/examiner.ts";
import type { TrainerRequests } from "../../train/requests.ts";
import { Term } from "../explain/Term.tsx";
import { count, metric, percent } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import { FigureCard } from "./FigureCard.tsx";
import classes from "./insight.module.css";
import { type Dot, ScatterFigure } from "./ScatterFigure.tsx";
import { numberColumn, type TableColumn } from "./SortableTable.tsx";

type Report = NonNullable<TrainerRequests["embeddingMap"]["output"]>;

interface Value {
  id: number;
  name: string;
  rows: number;
  clicks: number;
  /** Drawn towards the common click rate where it has few rows. */
  rate: number;
  x: number;
  y: number;
}

/** The embeddings of a column's values as a map, at any evaluation. */
export function MapPanel({ insight }: { insight: Insight }) {
  const { insights } = useStudio();
  const { columns: names, step } = insight;
  const [chosen, choose] = useState(() => mostUsed(insight));
  const column = Math.max(0, names.indexOf(chosen));
  const [found, setFound] = useState<{ column: number; report: Report | null } | null>(null);
  // Of another column, it says nothing here.
  const report = found?.column === column ? found.report : undefined;
  useEffect(() => {
    let isCurrent = true;
    void insights.embeddingMap(step, column).then((next) => {
      if (isCurrent) setFound({ column, report: next });
    });
    return () => {
      isCurrent = false;
    };
  }, [insights, step, column]);
  const values = report ? valuesOf(report) : [];
  const isMap = values.length > 2;
  return (
    <FigureCard
      id="embeddings"
      title={`Embeddings of ${names[column]}`}
      heads={0}
      hint={
        <>
          Each dot is a value by its <Term of="embedding" />, on the two{" "}
          <Term of="principalComponents">principal components</Term>. A larger dot has more rows; its colour
          is their click rate. What you should see: no order at first, then values with like click rates
          together, since the model treats neighbours alike.
        </>
      }
      choice={
        <Select
          label="Column"
          w={240}
          searchable
          data={names}
          value={names[column]!}
          onChange={(value) => choose(value ?? names[0]!)}
        />
      }
      figure={
        report && isMap
          ? (svg) => {
              const { dots, ends } = dotsOf(values);
              const [first, second] = report.shares.map((share) => percent(share));
              return (
                <ScatterFigure
                  svg={svg}
                  dots={dots}
                  ends={ends}
                  label={`The ${values.length} most frequent values of ${names[column]} by their embeddings`}
                  axes={[`first component, ${first} of the variance`, `second component, ${second ?? "0 %"}`]}
                />
              );
            }
          : null
      }
      table={
        isMap ? { label: "Values", columns: TABLE, rows: values, keyOf: ({ id }) => id, sortedBy: 1 } : null
      }
    >
      {report && <p className={classes.hint}>{aboutText(report, insight, isMap)}</p>}
      {report === undefined && <p className={classes.hint}>Reading the column’s values…</p>}
      {report === null && (
        <p className={classes.hint}>
          No embeddings are kept for this run: a model of more than 4 million parameters is not read at
          evaluations.
        </p>
      )}
    </FigureCard>
  );
}

/** The column whose permutation costs most, among those that are known. */
function mostUsed({ fields, columns }: Insight): string {
  const rise = ({ importance }: Insight["fields"][number]) => importance?.drops.at(-1)?.logLoss.mean ?? 0;
  const best = fields.reduce((a, b) => (rise(b) > rise(a) ? b : a));
  // Columns of numbers come first, and may have one embedding alone.
  return columns[rise(best) > 0 ? best.column : columns.length - 1]!;
}

function valuesOf({ ids, names, rows, clicks, x, y }: Report): Value[] {
  const rates = shrunkenRates(rows, clicks);
  return Array.from(ids, (id, i) => ({
    id,
    name: names[i]!,
    rows: rows[i]!,
    clicks: clicks[i]!,
    rate: rates[i]!,
    x: x[i]!,
    y: y[i]!,
  }));
}

/** The values as dots, which come by falling rows, and the click rates at the ends of their colours. */
function dotsOf(values: Value[]): { dots: Dot[]; ends: [string, string] } {
  const rates = values.map(({ rate }) => rate);
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const most = values[0]!.rows;
  const dots = values.map(({ name, rows, clicks, rate, x, y }) => ({
    name,
    text: `${count(rows)} rows, ${count(clicks)} clicked (${percent(clicks / rows)})`,
    x,
    y,
    size: rows / most,
    shade: high > low ? (rate - low) / (high - low) : 0.5,
  }));
  return { dots, ends: [percent(low), percent(high)] };
}

function aboutText({ step, split, sampleRows, ids, rows }: Report, insight: Insight, isMap: boolean): string {
  if (!isMap)
    return `This column’s values share ${ids.length === 1 ? "one embedding" : "two embeddings"}: there is no map to draw. A number that enters as a weight has one embedding for all its values.`;
  const covered = rows.reduce((a, b) => a + b, 0) / sampleRows;
  const earlier = step === insight.step ? "" : " (the nearest that is kept)";
  return `The ${count(ids.length)} most frequent values of ${count(sampleRows)} ${nameOfSplit(split)} rows, which cover ${percent(covered)} of them, after step ${count(step)}${earlier}. Colours draw values with few rows towards the common click rate.`;
}

const TABLE: TableColumn<Value>[] = [
  { name: "Value", value: ({ name }) => name },
  numberColumn("Rows", ({ rows }) => rows, count),
  numberColumn("Click rate", ({ clicks, rows }) => clicks / rows, percent, "Of its rows of the sample"),
  numberColumn("First component", ({ x }) => x, metric),
  numberColumn("Second component", ({ y }) => y, metric),
];
