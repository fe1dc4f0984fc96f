// What a run's model has learned, as a report's tables.

import { escaped, reportTable } from "./reportPage.ts";
import { partName, type RunInsight } from "./runInsight.ts";

type Heads = RunInsight["fields"][number]["logLoss"];

/** Headings, a sentence that says what was measured, and the tables. */
export function insightTables(name: string, insight: RunInsight): string[] {
  const { step, split, rows, fields, interactions, gradients } = insight;
  const heads = headNames(fields[0]?.logLoss.length ?? 0);
  const share = ({ mean, radius }: Heads[number]) =>
    `${(100 * mean).toPrecision(3)} ± ${(100 * radius).toPrecision(2)} %`;
  const rise = ({ mean, radius }: Heads[number]) => `${mean.toFixed(5)} ± ${radius.toFixed(5)}`;
  const combined = interactions ? [...interactions.pairs, ...interactions.triples] : [];
  return [
    `<h2>Insight: ${escaped(name)}</h2>`,
    `<p>Rise of log loss, in nats a row, when a column’s values are dealt to the rows anew: ${rows} ${split} rows, after at most ${step} steps, with 95 % intervals over rows.</p>`,
    reportTable(
      ["Column", ...heads, "After step"],
      fields.map(({ column, step: at, logLoss }) => [column, ...logLoss.map(rise), String(at)]),
    ),
    ...(interactions && combined.length > 0
      ? [
          `<p>Share of the logit’s variance in terms that hold all these columns: ${interactions.rows} ${split} rows, after step ${interactions.step}, with 95 % intervals.</p>`,
          reportTable(
            ["Columns", ...heads],
            combined.map(({ columns, heads: own }) => [columns.join(" × "), ...own.map(share)]),
          ),
        ]
      : []),
    ...(gradients
      ? [
          `<p>Norms of the gradients of the click loss and of distillation before step ${gradients.step}, on ${gradients.rows} training rows, and the cosine between the two.</p>`,
          reportTable(
            ["Part", "Clicks", "Distillation", "Cosine"],
            gradients.parts.map(({ part, clicks, distillation, cosine }) => [
              partName(part),
              clicks.toPrecision(4),
              distillation.toPrecision(4),
              cosine?.toFixed(3) ?? "–",
            ]),
          ),
        ]
      : []),
  ];
}

function headNames(heads: number): string[] {
  return Array.from({ length: heads }, (_, h) =>
    h < heads - 1 ? `Branch ${h + 1}` : heads > 2 ? "Fused" : "Model",
  );
}
