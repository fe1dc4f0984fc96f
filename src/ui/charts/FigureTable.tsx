import { Table } from "@mantine/core";
import classes from "./charts.module.css";

interface FigureTableProps {
  title: string;
  head: { key: string; name: string }[];
  /** The first cell of each names its row. */
  rows: { key: string | number; cells: string[] }[];
}

/** A figure's numbers as a table. */
export function FigureTable({ title, head, rows }: FigureTableProps) {
  return (
    // A part that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={classes.tableScroll} tabIndex={0} aria-label={`${title}, table`}>
      <Table className={classes.table} horizontalSpacing="xs" verticalSpacing={2} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {head.map(({ key, name }, c) => (
              <Table.Th key={key} ta={c === 0 ? "start" : "end"}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, cells: [first, ...others] }) => (
            <Table.Tr key={key}>
              <Table.Th scope="row">{first}</Table.Th>
              {others.map((cell, c) => (
                <Table.Td key={head[c + 1]!.key} ta="end">
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
