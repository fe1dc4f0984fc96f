import { Table } from "@mantine/core";
import type { ColumnInspection, Inspection } from "../../preprocess/inspection.ts";
import { Card } from "../Card.tsx";
import type { TermName } from "../explain/glossary.ts";
import { Term } from "../explain/Term.tsx";
import { count, percent } from "../format.ts";
import overview from "../overview/overview.module.css";
import { Histogram } from "./Histogram.tsx";
import { TopValues } from "./TopValues.tsx";

interface Share {
  name: string;
  term: TermName;
  /** null where nobody knows. */
  of(column: ColumnInspection): number | null;
}

/** What is said of the rows that were counted, where they are not all of the data set. */
const COUNTED: Record<Inspection["counted"]["of"], string> = {
  all: "",
  train: " What is missing, distinct and frequent, and how often, was counted in the training rows alone.",
  given:
    " What is missing, distinct and frequent, and how often, was counted in the data set whose ids these rows have.",
};

/** Column by column: what is missing, rare or unseen, and what its values are. */
export function InspectedColumns({ inspection: { columns, splits, counted } }: { inspection: Inspection }) {
  const [hasTrain, hasTest] = [splits.train.rows > 0, splits.test.rows > 0];
  const shares: Share[] = [
    { name: "Missing", term: "missing", of: (column) => column.missingShare },
    ...(hasTrain
      ? [{ name: "OOV in training", term: "oov" as const, of: (column: ColumnInspection) => column.oovShare }]
      : []),
    ...(hasTest
      ? [{ name: "OOV in test", term: "oov" as const, of: (column: ColumnInspection) => column.testOovShare }]
      : []),
    ...(hasTrain && hasTest
      ? [
          {
            name: "Test ids unseen",
            term: "unseen" as const,
            of: (column: ColumnInspection) => column.unseenInTrainingShare,
          },
        ]
      : []),
  ];
  return (
    <Card title={`${columns.length} columns`} className={overview.card}>
      <Table.ScrollContainer minWidth={760} maxHeight="75vh">
        <Table className={overview.columns} horizontalSpacing="sm" verticalSpacing={2} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Column</Table.Th>
              <Table.Th ta="end">
                <Term of="distinct">Distinct</Term>
              </Table.Th>
              <Table.Th ta="end">
                <Term of="oov">With an id</Term>
              </Table.Th>
              {shares.map(({ name, term }) => (
                <Table.Th key={name} ta="end">
                  <Term of={term}>{name}</Term>
                </Table.Th>
              ))}
              <Table.Th>Values</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {columns.map((column) => (
              <Table.Tr key={column.name} data-column={column.name}>
                <Table.Th scope="row">{column.name}</Table.Th>
                <Table.Td ta="end">{count(column.distinct)}</Table.Td>
                <Table.Td ta="end">{count(column.frequent)}</Table.Td>
                {shares.map(({ name, of }) => {
                  const share = of(column);
                  return (
                    <Table.Td key={name} ta="end">
                      {share === null ? "–" : percent(share)}
                    </Table.Td>
                  );
                })}
                <Table.Td>
                  {column.kind === "integer" ? <Histogram column={column} /> : <TopValues column={column} />}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <p className={overview.note}>
        Integers are counted in FuxiCTR’s buckets, ⌊ln²x⌋ above 2. OOV: share of the rows whose value is too
        rare for an id of its own. {hasTrain && hasTest && UNSEEN}
        {COUNTED[counted.of]}
      </p>
    </Card>
  );
}

const UNSEEN =
  "Test ids unseen: share of the test rows whose id no training row has; a value that training lacks is mostly OOV, and is counted there.";
