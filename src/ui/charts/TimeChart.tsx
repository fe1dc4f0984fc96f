import { useCallback } from "react";
import type { Window } from "../../store/charts/chartView.ts";
import type { TermName } from "../explain/glossary.ts";
import { Chart } from "./Chart.tsx";
import type { Level } from "./Plot.tsx";
import { markedSeries, type Series } from "./series.ts";
import { useView, type ViewStore } from "./views.ts";

/** A point of a run's history. */
interface TimePoint {
  step: number;
  rowsSeen: number;
}

export interface TimeLine<P> {
  label: string;
  color: string;
  dashes: string | undefined;
  /** null where the point has none. */
  value(point: P): number | null;
}

interface TimeChartProps<P> {
  id: string;
  title: string;
  /** What the title's words mean. */
  term?: TermName;
  /** What the numbers are. */
  hint: string;
  /** What will be seen here, while there is nothing. */
  promise: string;
  /** Of the numbers. */
  unit: string;
  store: ViewStore;
  points: P[];
  /** The same array for the same lines. */
  lines: TimeLine<P>[];
  level?: Level | null;
  /** The rows seen at what is looked at beside the chart. */
  at?: number | null;
}

/** What was measured now and then while a run was trained, over the rows seen. */
export function TimeChart<P extends TimePoint>(props: TimeChartProps<P>) {
  const { id, title, term, hint, promise, unit, store, points, lines, level = ZERO, at = null } = props;
  const { view, onView } = useView(store);
  const make = useCallback(
    () => ({
      series: lines.map((line) => seriesOf(line, points)),
      extent: extentOf(points),
      cuts: at === null ? [] : [{ at, word: "table" }],
    }),
    [points, lines, at],
  );
  return (
    <Chart
      id={id}
      title={title}
      term={term}
      hint={hint}
      unit={unit}
      view={view}
      onView={onView}
      make={make}
      promise={promise}
      level={level}
      subscribe={never}
    />
  );
}

const ZERO: Level = { value: 0, label: "" };

/** Another point makes another `points`. */
function never(): () => void {
  return () => {};
}

function extentOf(points: TimePoint[]): Window {
  return [0, Math.max(1, points.at(-1)?.rowsSeen ?? 1)];
}

function seriesOf<P extends TimePoint>({ label, value, ...look }: TimeLine<P>, points: P[]): Series {
  const known = points.flatMap((point) => {
    const y = value(point);
    return y === null ? [] : [{ x: point.rowsSeen, y }];
  });
  return markedSeries(
    { ...look, id: label, row: label, name: label, column: "", width: 1.75, mark: "circle" },
    { x: Float64Array.from(known, ({ x }) => x), y: Float64Array.from(known, ({ y }) => y) },
  );
}
