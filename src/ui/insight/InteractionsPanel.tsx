import type { Insight } from "../../insight/examiner.ts";
import type { Interaction } from "../../insight/interactions.ts";
import { headLook } from "../branches/heads.ts";
import { Term } from "../explain/Term.tsx";
import { useStudioState } from "../StudioContext.tsx";
import { BarFigure } from "./BarFigure.tsx";
import { FigureCard } from "./FigureCard.tsx";
import classes from "./insight.module.css";
import { csvOf, SortableTable, type TableColumn } from "./SortableTable.tsx";
import { shareText } from "./shareText.ts";

const DRAWN = { pairs: 12, triples: 8 };

/** Which pairs and triples of columns the model combines, branch by branch. */
export function InteractionsPanel({ insight }: { insight: Insight }) {
  const { interactions, columns: names, step } = insight;
  const isDemo = useStudioState(({ dataset }) => dataset?.location.type === "demo");
  if (!interactions)
    return (
      <FigureCard
        id="interactions"
        title="Interactions: which columns the model combines"
        heads={0}
        hint="Which pairs and triples of columns the model combines, branch by branch. They are measured once every column’s importance is known and there is time for it, at the latest when training ends."
        csv={null}
        figure={null}
      />
    );
  const { pairs, triples, rows, columns } = interactions;
  return (
    <>
      <InteractionCard
        id="interactions"
        title="Pairs: which columns the model combines"
        found={pairs}
        drawn={DRAWN.pairs}
        names={names}
      >
        Share of each head’s logit variance in terms that hold both columns (<Term of="columnInteraction" />
        ), with 95 % intervals. One branch long and another short: only the first combines these columns.
        {isDemo && " Planted in the demo data, and to be seen on top: C17 × C23, C6 × C14, I11 × C20."} Among
        the {columns.length} most important columns, on {rows.toLocaleString("en-US")} rows
        {interactions.step !== step && `, measured at step ${interactions.step.toLocaleString("en-US")}`}.
      </InteractionCard>
      <InteractionCard
        id="triples"
        title="Triples among the strongest pairs"
        found={triples}
        drawn={DRAWN.triples}
        names={names}
      >
        Share of the logit’s variance that needs all three columns at once.
        {isDemo && " Planted in the demo data: C14 × C17 × C23, which takes longer to learn than the pairs."}
      </InteractionCard>
    </>
  );
}

interface InteractionCardProps {
  id: string;
  title: string;
  found: Interaction[];
  drawn: number;
  names: string[];
  children: React.ReactNode;
}

function InteractionCard({ id, title, found, drawn, names, children }: InteractionCardProps) {
  const heads = found[0]?.heads.length ?? 0;
  const nameOf = ({ columns }: Interaction) => columns.map((column) => names[column]).join(" × ");
  const columns: TableColumn<Interaction>[] = [
    { name: "Columns", value: nameOf },
    ...Array.from(
      { length: heads },
      (_, h): TableColumn<Interaction> => ({
        name: headLook(h, heads).label,
        value: (one) => one.heads[h]!.mean,
        cell: (one) => shareText(one.heads[h]!),
      }),
    ),
  ];
  return (
    <FigureCard
      id={id}
      title={title}
      heads={heads}
      hint={children}
      csv={heads > 0 ? () => csvOf(columns, found) : null}
      figure={
        heads > 0
          ? (svg) => (
              <BarFigure
                svg={svg}
                label={`${title}: the ${Math.min(drawn, found.length)} strongest`}
                rows={found
                  .slice(0, drawn)
                  .map((one) => ({
                    label: nameOf(one),
                    bars: one.heads.map(({ mean, radius }) => ({
                      value: mean,
                      low: Math.max(0, mean - radius),
                      high: mean + radius,
                    })),
                  }))}
              />
            )
          : null
      }
    >
      {heads > 0 ? (
        <SortableTable
          label={title}
          columns={columns}
          rows={found}
          keyOf={(one) => one.columns.join()}
          sortedBy={heads}
        />
      ) : (
        <p className={classes.hint}>None was measured.</p>
      )}
    </FigureCard>
  );
}
