import { type Points, valueNear } from "../../store/charts/curveLines.ts";
import { metric } from "../format.ts";
import { positionText } from "./axis.ts";
import { FigureTable } from "./FigureTable.tsx";
import type { Drawing } from "./Plot.tsx";
import { labelOf, type Series } from "./series.ts";

const ROWS = 20;

/** What the chart draws, in equal steps of the window; the export has every point. */
export function ChartTable({ title, drawing }: { title: string; drawing: Drawing }) {
  const { series, x: window, xName } = drawing;
  const step = (window[1] - window[0]) / ROWS;
  const positions = Array.from({ length: ROWS }, (_, i) => window[0] + (i + 1) * step);
  return (
    <FigureTable
      title={title}
      head={[{ key: "at", name: "At" }, ...series.map((one) => ({ key: one.id, name: headOf(one) }))]}
      rows={positions.map((position) => ({
        key: position,
        cells: [positionText(xName, position), ...series.map((one) => textAt(one, position, step / 2))],
      }))}
    />
  );
}

function headOf(series: Series): string {
  const ends = series.band?.name;
  return ends ? `${labelOf(series)} (${ends})` : labelOf(series);
}

function textAt({ points, band }: Series, position: number, reach: number): string {
  const at = (line: Points) => metric(valueNear(line, position, reach));
  const value = at(points);
  return band?.name && value !== "–" ? `${value} (${at(band.low)} to ${at(band.high)})` : value;
}
