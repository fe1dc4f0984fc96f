import type { ReactNode } from "react";
import type { Insight } from "../../insight/examiner.ts";
import type { Interaction } from "../../insight/interactions.ts";
import { Term } from "../explain/Term.tsx";
import { useStudioState } from "../StudioContext.tsx";
import { FigureCard } from "./FigureCard.tsx";
import { HeadsCard } from "./HeadsCard.tsx";
import { shareText } from "./shareText.ts";

const CARDS = {
  interactions: { title: "Pairs: which columns the model combines", drawn: 12 },
  triples: { title: "Triples among the strongest pairs", drawn: 8 },
};

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
      />
    );
  const { pairs, triples, rows, columns } = interactions;
  const card = (id: keyof typeof CARDS, found: Interaction[], hint: ReactNode) => {
    const { title, drawn } = CARDS[id];
    const named = found.map((one) => ({
      name: one.columns.map((column) => names[column]).join(" × "),
      heads: one.heads,
    }));
    const figure = `${title}: the ${Math.min(drawn, named.length)} strongest`;
    return (
      <HeadsCard
        id={id}
        title={title}
        hint={hint}
        labels={{ figure, table: title }}
        first="Columns"
        rows={named}
        drawn={named.slice(0, drawn)}
        lowest={0}
        text={shareText}
      />
    );
  };
  return (
    <>
      {card(
        "interactions",
        pairs,
        <>
          <Term of="columnInteraction" />: share of each head’s logit variance in terms that hold both
          columns, with 95 % intervals. One branch long and another short: only the first combines these
          columns.
          {isDemo && " Planted in the demo data, and to be seen on top: C17 × C23, C6 × C14, I11 × C20."}{" "}
          Among the {columns.length} most important columns, on {rows.toLocaleString("en-US")} rows
          {interactions.step !== step && `, measured at step ${interactions.step.toLocaleString("en-US")}`}.
        </>,
      )}
      {card(
        "triples",
        triples,
        <>
          Share of the logit’s variance that needs all three columns at once.
          {isDemo &&
            " Planted in the demo data: C14 × C17 × C23, which takes longer to learn than the pairs."}
        </>,
      )}
    </>
  );
}
