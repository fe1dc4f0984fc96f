import { rowsOf } from "../../runs/runEvaluation.ts";
import type { RunInsight } from "../../runs/runInsight.ts";
import { headLook } from "../branches/heads.ts";
import { Term } from "../explain/Term.tsx";
import { count, plusMinus } from "../format.ts";
import { BarFigure } from "../insight/BarFigure.tsx";
import { FigureCard } from "../insight/FigureCard.tsx";
import { csvOf, SortableTable, type TableColumn } from "../insight/SortableTable.tsx";
import { shareText } from "../insight/shareText.ts";
import type { PanelProps } from "./EvaluateTab.tsx";
import classes from "./evaluate.module.css";

type Heads = RunInsight["fields"][number]["logLoss"];

const DRAWN = 12;

/** What the models of the evaluations on show use and combine, where that was asked for. */
export function LearnedPanel({ shown }: PanelProps) {
  return shown.map(
    ({ run, evaluation }) =>
      evaluation.insight && (
        <div key={evaluation.id} className={classes.charts}>
          <FieldsCard insight={evaluation.insight} of={`${run.name} on ${rowsOf(evaluation)}`} />
          <CombinedCard insight={evaluation.insight} of={`${run.name} on ${rowsOf(evaluation)}`} />
        </div>
      ),
  );
}

interface CardProps {
  insight: RunInsight;
  /** Which run on which rows. */
  of: string;
}

function FieldsCard({ insight: { fields, rows }, of }: CardProps) {
  const heads = fields[0]?.logLoss.length ?? 0;
  const columns = tableColumns<RunInsight["fields"][number]>(
    { name: "Column", value: ({ column }) => column },
    heads,
    ({ logLoss }) => logLoss,
    ({ mean, radius }) => plusMinus(mean, radius),
  );
  return (
    <FigureCard
      id="evaluated-fields"
      title={`Fields: ${of}`}
      heads={heads}
      hint={
        <>
          <Term of="permutationImportance" /> on {count(rows)} of these rows, in nats a row, with 95 %
          intervals over rows. What you should see: the same columns on top as on the run’s own held-out rows;
          others on top mean that the model meets other data here.
        </>
      }
      csv={() => csvOf(columns, fields)}
      figure={(svg) => (
        <BarFigure
          svg={svg}
          label={`Rise of log loss when a column is permuted, ${of}`}
          rows={fields
            .slice(0, DRAWN)
            .map(({ column, logLoss }) => ({ label: column, bars: logLoss.map(barOf) }))}
        />
      )}
    >
      <SortableTable
        label={`Fields, ${of}`}
        columns={columns}
        rows={fields}
        keyOf={({ column }) => column}
        sortedBy={heads}
      />
    </FigureCard>
  );
}

function CombinedCard({ insight: { interactions }, of }: CardProps) {
  if (!interactions) return null;
  const found = [...interactions.pairs, ...interactions.triples].map(({ columns: combined, heads }) => ({
    name: combined.join(" × "),
    heads,
  }));
  const heads = found[0]?.heads.length ?? 0;
  const columns = tableColumns<(typeof found)[number]>(
    { name: "Columns", value: ({ name }) => name },
    heads,
    (one) => one.heads,
    shareText,
  );
  return (
    <FigureCard
      id="evaluated-interactions"
      title={`Pairs and triples: ${of}`}
      heads={heads}
      hint={
        <>
          Share of each head’s logit variance in terms that hold all the columns (
          <Term of="columnInteraction" />
          ), on {count(interactions.rows)} rows, with 95 % intervals.
        </>
      }
      csv={() => csvOf(columns, found)}
      figure={(svg) => (
        <BarFigure
          svg={svg}
          label={`The strongest interactions, ${of}`}
          rows={found
            .toSorted((a, b) => b.heads.at(-1)!.mean - a.heads.at(-1)!.mean)
            .slice(0, DRAWN)
            .map((one) => ({ label: one.name, bars: one.heads.map(barOf) }))}
        />
      )}
    >
      <SortableTable
        label={`Interactions, ${of}`}
        columns={columns}
        rows={found}
        keyOf={({ name }) => name}
        sortedBy={heads}
      />
    </FigureCard>
  );
}

function barOf({ mean, radius }: Heads[number]): { value: number; low: number; high: number } {
  return { value: mean, low: mean - radius, high: mean + radius };
}

/** What the rows are, then a column for each head. */
function tableColumns<R>(
  first: TableColumn<R>,
  heads: number,
  of: (row: R) => Heads,
  text: (measured: Heads[number]) => string,
): TableColumn<R>[] {
  const byHead = Array.from(
    { length: heads },
    (_, h): TableColumn<R> => ({
      name: headLook(h, heads).label,
      value: (row) => of(row)[h]!.mean,
      cell: (row) => text(of(row)[h]!),
    }),
  );
  return [first, ...byHead];
}
