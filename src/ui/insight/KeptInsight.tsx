// What a run's model had learned, as it is kept with the run: after a reload, on other rows, of any run of the list.

import type { ReactNode } from "react";
import type { RunInsight } from "../../runs/runInsight.ts";
import { Term } from "../explain/Term.tsx";
import { count, plusMinus } from "../format.ts";
import { FigureCard } from "./FigureCard.tsx";
import { GRADIENT_COLUMNS } from "./GradientsPanel.tsx";
import { HeadsCard } from "./HeadsCard.tsx";
import classes from "./insight.module.css";
import { shareText } from "./shareText.ts";

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
  const found = fields.map(({ column, logLoss }) => ({ name: column, heads: logLoss }));
  return (
    <HeadsCard
      id={`${id}-fields`}
      title={`Fields: ${of}`}
      hint={
        <>
          <Term of="permutationImportance" /> on {count(rows)} rows, in nats a row, with 95 % intervals over
          rows. {hint}
        </>
      }
      labels={{ figure: `Rise of log loss when a column is permuted, ${of}`, table: `Fields, ${of}` }}
      first="Column"
      rows={found}
      drawn={found.slice(0, DRAWN)}
      text={({ mean, radius }) => plusMinus(mean, radius)}
    />
  );
}

function CombinedCard({ insight: { interactions }, of, id }: KeptInsightProps) {
  if (!interactions) return null;
  const found = [...interactions.pairs, ...interactions.triples].map(({ columns, heads }) => ({
    name: columns.join(" × "),
    heads,
  }));
  return (
    <HeadsCard
      id={`${id}-interactions`}
      title={`Pairs and triples: ${of}`}
      hint={
        <>
          <Term of="columnInteraction" />: share of each head’s logit variance in terms that hold all the
          columns, on {count(interactions.rows)} rows, with 95 % intervals.
        </>
      }
      labels={{ figure: `The strongest interactions, ${of}`, table: `Interactions, ${of}` }}
      first="Columns"
      rows={found}
      drawn={found.toSorted((a, b) => b.heads.at(-1)!.mean - a.heads.at(-1)!.mean).slice(0, DRAWN)}
      lowest={0}
      text={shareText}
    />
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
      table={{
        label: `Gradients, ${of}`,
        columns: GRADIENT_COLUMNS,
        rows: gradients.parts,
        keyOf: ({ part }) => part,
        sortedBy: null,
      }}
    />
  );
}
