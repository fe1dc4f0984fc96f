// An arena's curves → the series of its charts.

import type { ArenaCurves, Measure } from "../../runs/arenaCurves.ts";
import { mayBeSmoothed } from "../../runs/points.ts";
import type { Table } from "../../runs/table.ts";
import type { ChartView } from "../../store/charts/chartView.ts";
import { curveOutline, drawnLine } from "../../store/charts/curveLines.ts";
import { LINE_POINTS, markedSeries, OUTLINE_POINTS, plainPoints, type Series } from "../charts/series.ts";
import { lookOf } from "./members.ts";

const X = "rowsSeen";

/** A line a member, and its evaluations on the test split. */
export function memberSeries(
  { members, tests }: ArenaCurves,
  measure: Measure,
  names: readonly string[],
  { window, smoothing }: ChartView,
): Series[] {
  const request = { column: measure, x: X, window } as const;
  return names.flatMap((name, m): Series[] => {
    const look = { row: `member ${m}`, name, color: lookOf(m).color };
    const progressive: Series = {
      ...look,
      id: look.row,
      column: smoothing > 0 && mayBeSmoothed(measure) ? "train, smoothed" : "train",
      dashes: lookOf(m).dashes,
      width: 1.75,
      points: drawnLine(members[m]!, { ...request, most: LINE_POINTS, smoothing }),
      outline: curveOutline(members[m]!, { ...request, most: OUTLINE_POINTS }),
      sign: null,
      mark: null,
      band: null,
      settling: 0.05,
    };
    const test = markedSeries(
      { ...look, id: `${look.row} test`, column: "test", dashes: lookOf(m).dashes, mark: "circle" },
      plainPoints(tests[m]!, request),
    );
    return [progressive, test].filter(({ points }) => points.x.length > 0);
  });
}

/** The mean difference between the ends of its interval. */
export function differenceSeries(pair: Table, name: string, { window }: ChartView): Series[] {
  const points = (column: string) => plainPoints(pair, { column, x: X, window });
  const [mean, low, high] = [points("mean"), points("low"), points("high")];
  if (mean.x.length === 0) return [];
  const look = {
    row: name,
    name,
    color: "var(--fused)",
    dashes: undefined,
    sign: null,
    outline: null,
    mark: null,
    band: null,
    // At first it is so wide that nothing else would be seen.
    settling: 0.25,
  };
  return [
    { ...look, id: "mean", column: "mean", width: 2, points: mean, band: { low, high, name: null } },
    { ...look, id: "low", column: "from", width: 0.75, points: low },
    { ...look, id: "high", column: "to", width: 0.75, points: high },
  ];
}
