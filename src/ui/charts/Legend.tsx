import { memo } from "react";
import { useStore } from "zustand";
import type { Window } from "../../store/charts/chartView.ts";
import type { Points } from "../../store/charts/curveLines.ts";
import { metric } from "../format.ts";
import classes from "./charts.module.css";
import { crosshair } from "./crosshair.ts";
import { MarkShape } from "./MarkShape.tsx";
import { readAt } from "./reading.ts";
import { Swatch } from "./Swatch.tsx";
import { rowsOf, type Series } from "./series.ts";

const MOST_ROWS = 9;

/** The lines by name with their numbers: the newest ones in the window, or those under the crosshair. */
export const Legend = memo(function Legend({ series, window }: { series: Series[]; window: Window }) {
  const at = useStore(crosshair, ({ x }) => (x !== null && x >= window[0] && x <= window[1] ? x : null));
  const columns = [...new Set(series.map(({ column }) => column))];
  const rows = rowsOf(series);
  const read = at === null ? null : readAt(series, at, window);
  const readings =
    read && new Map([...read.lines, ...read.marks].map(({ series: { id }, value }) => [id, value]));
  const shownValue = ({ id, points }: Series) => (readings ? readings.get(id) : newest(points, window[1]));
  return (
    <table className={classes.legend}>
      {columns.some((column) => column !== "") && (
        <thead>
          <tr>
            <td />
            {columns.map((column) => (
              <th scope="col" key={column}>
                <ColumnMark series={series} column={column} /> {column}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {[...rows].slice(0, MOST_ROWS).map(([row, own]) => (
          <tr key={row}>
            <th scope="row">
              <Swatch {...own[0]!} />
              <span title={own[0]!.name}>{own[0]!.name}</span>
            </th>
            {columns.map((column) => {
              const one = own.find((candidate) => candidate.column === column);
              return <td key={column}>{metric(one && shownValue(one))}</td>;
            })}
          </tr>
        ))}
      </tbody>
      {rows.size > MOST_ROWS && (
        <tfoot>
          <tr>
            <td className={classes.more} colSpan={columns.length + 1}>
              and {rows.size - MOST_ROWS} more, in the table
            </td>
          </tr>
        </tfoot>
      )}
    </table>
  );
});

/** The last value that is drawn before the window's end. */
function newest({ x, y }: Points, end: number): number | undefined {
  return y[x.findLastIndex((position) => position <= end)];
}

/** The mark that the points of a column have in the chart. */
function ColumnMark({ series, column }: { series: Series[]; column: string }) {
  const mark = series.find((one) => one.column === column)?.mark;
  if (!mark) return null;
  return (
    <svg width="10" height="10" viewBox="-5 -5 10 10" aria-hidden="true">
      <MarkShape mark={mark} x={0} y={0} color="currentColor" />
    </svg>
  );
}
