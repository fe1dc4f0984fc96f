// What a run's model had learned, as it is kept with the run: after a reload, on other rows, of any run of the list.

import type { ReactNode } from "react";
import type { RunInsight } from "../../runs/runInsight.ts";
import { headLook } from "../branches/heads.ts";
import { Term } from "../explain/Term.tsx";
import { count, plusMinus } from "../format.ts";
import { BarFigure } from "./BarFigure.tsx";
import { FigureCard } from "./FigureCard.tsx";
import { GRADIENT_COLUMNS } from "./GradientsPanel.tsx";
import classes from "./insight.module.css";
import { csvOf, SortableTable, type TableColumn } from "./SortableTable.tsx";
import { shareText } from "./shareText.ts";

type Heads = RunInsight["fields"][number]["logLoss"];

const DRAWN = 12;

interface KeptInsightProps {
  insight: RunInsight;
  /** Which run on which rows. */
  of: string;
  /** Of the files that are saved. */
  id: string;
  /** What one should see in the columns. */
  hint: ReactNode;
}

/** The strongest columns and interactions, and the gradients by source where they were measured. */
export function KeptInsight(props: KeptInsightProps) {
  return (
    <div className={classes.cards}>
      <FieldsCard {...props} />
      <CombinedCard {...props} />
      <GradientsCard {...props} />
    </div>
  );
}

function FieldsCard({ insight: { fields, rows }, of, id, hint }: KeptInsightProps) {
  const heads = fields[0]?.logLoss.length ?? 0;
  const columns = tableColumns<RunInsight["fields"][number]>(
    { name: "Column", value: ({ column }) => column },
    heads,
    ({ logLoss }) => logLoss,
    ({ mean, radius }) => plusMinus(mean, radius),
  );
  return (
    <FigureCard
      id={`${id}-fields`}
      title={`Fields: ${of}`}
      heads={heads}
      hint={
        <>
          <Term of="permutationImportance" /> on {count(rows)} rows, in nats a row, with 95 % intervals over
          rows. {hint}
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

function CombinedCard({ insight: { interactions }, of, id }: KeptInsightProps) {
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
      id={`${id}-interactions`}
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

function GradientsCard({ insight: { gradients }, of, id }: KeptInsightProps) {
  if (!gradients) return null;
  return (
    <FigureCard
      id={`${id}-gradients`}
      title={`Gradients: ${of}`}
      heads={0}
      hint={`Norms of the gradients of clicks and of distillation at step ${count(gradients.step)}, on ${count(gradients.rows)} rows.`}
      csv={() => csvOf(GRADIENT_COLUMNS, gradients.parts)}
      figure={null}
    >
      <SortableTable
        label={`Gradients, ${of}`}
        columns={GRADIENT_COLUMNS}
        rows={gradients.parts}
        keyOf={({ part }) => part}
        sortedBy={null}
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
