import { Table } from "@mantine/core";
import { Card } from "../Card.tsx";
import { useDatasets } from "../data/useDatasets.ts";
import { Term } from "../explain/Term.tsx";
import { count, percent } from "../format.ts";
import { useStudioState } from "../StudioContext.tsx";
import classes from "./overview.module.css";

/** The data set column by column: what is missing, how many values there are, how many have an id of their own. */
export function ColumnsTable({ isInData = false }: { isInData?: boolean }) {
  const summary = useStudioState((state) => state.dataset?.summary);
  if (!summary) return null;
  return (
    <Card title={`The data: ${summary.columns.length} columns of ${summary.name}`} className={classes.card}>
      <p className={classes.note}>
        How many values a column of numbers has is known once every row was read
        {isInData ? "." : ", in Data."}
      </p>
      <Table.ScrollContainer minWidth={520} maxHeight="75vh">
        <Table className={classes.columns} horizontalSpacing="sm" verticalSpacing={2} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Column</Table.Th>
              <Table.Th>Kind</Table.Th>
              <Table.Th>
                <Term of="missing">Missing</Term>
              </Table.Th>
              <Table.Th ta="end">
                <Term of="distinct">Distinct values</Term>
              </Table.Th>
              <Table.Th ta="end">
                <Term of="oov">With an id of their own</Term>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {summary.columns.map(({ name, kind, missingShare, distinct, frequent }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td>{kind}</Table.Td>
                <Table.Td className={classes.missing}>
                  <span
                    className={classes.bar}
                    style={{ width: `${(60 * (missingShare ?? 0)).toFixed(1)}px` }}
                  />
                  {missingShare === null ? "–" : percent(missingShare)}
                </Table.Td>
                {kind === "category" ? (
                  <>
                    <Table.Td ta="end">{count(distinct)}</Table.Td>
                    <Table.Td ta="end">{count(frequent)}</Table.Td>
                  </>
                ) : (
                  <InspectedNumber name={name} />
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

/** Values of a column of numbers, which are counted when every row is read. */
function InspectedNumber({ name }: { name: string }) {
  const identity = useStudioState((state) => state.dataset?.summary.identity);
  const column = useDatasets(({ inspection }) =>
    inspection?.identity === identity
      ? (inspection?.inspection.columns.find((candidate) => candidate.name === name) ?? null)
      : null,
  );
  if (!column)
    return (
      <Table.Td ta="end" colSpan={2} c="dimmed">
        –
      </Table.Td>
    );
  return (
    <>
      <Table.Td ta="end">{count(column.distinct)}</Table.Td>
      <Table.Td ta="end">{count(column.frequent)}</Table.Td>
    </>
  );
}
