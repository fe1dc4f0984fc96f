import { Table } from "@mantine/core";
import type { ColumnInspection, Inspection } from "../../preprocess/inspection.ts";
import { count, percent } from "../format.ts";
import overview from "../overview/overview.module.css";
import classes from "./data.module.css";
import { Histogram } from "./Histogram.tsx";

/** What is said of the rows that were counted, where they are not all of the data set. */
const COUNTED: Record<Inspection["counted"]["of"], string> = {
  all: "",
  train: " What is missing, distinct and frequent, and how often, was counted in the training rows alone.",
  given:
    " What is missing, distinct and frequent, and how often, was counted in the data set whose ids these rows have.",
};

/** Column by column: what is missing, rare or unseen, and what its values are. */
export function InspectedColumns({ columns, counted }: Pick<Inspection, "columns" | "counted">) {
  return (
    <section className={overview.card} aria-labelledby="inspected-columns-title">
      <h2 id="inspected-columns-title" className={overview.title}>
        {columns.length} columns
      </h2>
      <Table className={overview.columns} horizontalSpacing="sm" verticalSpacing={2} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Column</Table.Th>
            <Table.Th ta="end">Missing</Table.Th>
            <Table.Th ta="end">Distinct</Table.Th>
            <Table.Th ta="end">With an id</Table.Th>
            <Table.Th ta="end">OOV share</Table.Th>
            <Table.Th ta="end">Unseen in training</Table.Th>
            <Table.Th>Values</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map((column) => (
            <Table.Tr key={column.name} data-column={column.name}>
              <Table.Th scope="row">{column.name}</Table.Th>
              <Table.Td ta="end">
                {column.missingShare === null ? "–" : percent(column.missingShare)}
              </Table.Td>
              <Table.Td ta="end">{count(column.distinct)}</Table.Td>
              <Table.Td ta="end">{count(column.frequent)}</Table.Td>
              <Table.Td ta="end">{percent(column.oovShare)}</Table.Td>
              <Table.Td ta="end">{percent(column.unseenInTrainingShare)}</Table.Td>
              <Table.Td>
                {column.kind === "integer" ? <Histogram column={column} /> : <TopValues column={column} />}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <p className={overview.note}>
        Integers are counted in FuxiCTR’s buckets, ⌊ln²x⌋ above 2. OOV: rows of the training split whose value
        is too rare for an id of its own. Unseen: rows of the test split whose id no training row has.
        {COUNTED[counted.of]}
      </p>
    </section>
  );
}

function TopValues({ column: { top } }: { column: ColumnInspection & { kind: "category" } }) {
  const [first] = top;
  if (!first) return "–";
  return (
    <details className={classes.details}>
      <summary>
        {shown(first.value)} in {count(first.count)} rows
      </summary>
      <ol>
        {top.map(({ value, count: rows }) => (
          <li key={value}>
            {shown(value)}: {count(rows)}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** A value holds one byte a character: what they write together is UTF-8. */
function shown(value: string): string {
  if (value === "") return "(empty)";
  return new TextDecoder().decode(Uint8Array.from(value, (character) => character.charCodeAt(0)));
}
