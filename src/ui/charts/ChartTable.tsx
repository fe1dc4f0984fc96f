import { Table } from "@mantine/core";
import { type Points, valueNear } from "../../store/charts/curveLines.ts";
import { metric } from "../format.ts";
import { positionText } from "./axis.ts";
import classes from "./charts.module.css";
import type { Drawing } from "./Plot.tsx";
import { labelOf } from "./series.ts";

const ROWS = 20;

/** What the chart draws, in equal steps of the window; the export has every point. */
export function ChartTable({ title, drawing }: { title: string; drawing: Drawing }) {
  const { series, x: window, xName } = drawing;
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
            {series.map((one) => (
              <Table.Th key={one.id} ta="end">
                {labelOf(one)}
                {one.band?.name && ` (${one.band.name})`}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {positions.map((position) => (
            <Table.Tr key={position}>
              <Table.Th scope="row">{positionText(xName, position)}</Table.Th>
              {series.map(({ id, points, band }) => {
                const at = (line: Points) => metric(valueNear(line, position, step / 2));
                return (
                  <Table.Td key={id} ta="end">
                    {at(points)}
                    {band?.name && at(points) !== "–" && ` (${at(band.low)} to ${at(band.high)})`}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
