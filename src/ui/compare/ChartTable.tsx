import { Table } from "@mantine/core";
import type { PositionName } from "../../store/runCurves.ts";
import { valueNear } from "../../store/runsLines.ts";
import type { Window } from "../../store/runsView.ts";
import { metric } from "../format.ts";
import { positionText } from "./axis.ts";
import classes from "./compare.module.css";
import type { Series } from "./series.ts";

const ROWS = 20;

interface ChartTableProps {
  title: string;
  series: Series[];
  window: Window;
  x: PositionName;
}

/** What the chart draws, in equal steps of the window; the export has every point. */
export function ChartTable({ title, series, window, x }: ChartTableProps) {
  const step = (window[1] - window[0]) / ROWS;
  const positions = Array.from({ length: ROWS }, (_, i) => window[0] + (i + 1) * step);
  return (
    // A part that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={classes.tableScroll} tabIndex={0} aria-label={`${title}, table`}>
      <Table className={classes.table} horizontalSpacing="xs" verticalSpacing={2} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>At</Table.Th>
            {series.map(({ key, label }) => (
              <Table.Th key={key} ta="end">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {positions.map((position) => (
            <Table.Tr key={position}>
              <Table.Th scope="row">{positionText(x, position)}</Table.Th>
              {series.map(({ key, points }) => (
                <Table.Td key={key} ta="end">
                  {metric(valueNear(points, position, step / 2))}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
