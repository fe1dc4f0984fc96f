import { Switch } from "@mantine/core";
import { type ReactNode, useCallback, useMemo } from "react";
import { unitOfColumn } from "../../runs/points.ts";
import type { DatasetSummary } from "../../train/requests.ts";
import { Chart } from "./Chart.tsx";
import classes from "./charts.module.css";
import { type ChartDefinition, chartsOf } from "./definitions.ts";
import { cutsOf, type DrawnRun, drawsBranches, extentOf, seriesOf } from "./runSeries.ts";
import { Toolbar, useFreeze } from "./Toolbar.tsx";
import type { ViewProps } from "./views.ts";

interface RunChartsProps extends ViewProps {
  label: string;
  /** The runs to draw now; the same function for the same runs. */
  runs(): DrawnRun[];
  /** Calls back when their curves have grown. */
  subscribe(listener: () => void): () => void;
  /** The most branches that a run has. */
  branches: number;
  /** Whether every run sums its branches' logits. */
  summed: boolean;
  /** Data that all of the runs are on; null where they are not. */
  summary: DatasetSummary | null;
  /** Whether a run is under way, so that curves are on their way. */
  started: boolean;
  note?: ReactNode;
}

/** The charts of one run or of many, over a common window with a common crosshair. */
export function RunCharts({
  label,
  runs,
  branches,
  summed,
  summary,
  started,
  note,
  ...props
}: RunChartsProps) {
  const { view, onView } = props;
  const extent = useCallback(() => extentOf(runs(), view.x), [runs, view.x]);
  const { frozenAt, onFreeze, subscribe } = useFreeze(props, extent, props.subscribe);
  const charts = useMemo(() => chartsOf(branches, summary, summed), [branches, summary, summed]);
  return (
    <section aria-label={label}>
      <Toolbar
        view={view}
        onView={onView}
        extent={extent}
        frozenAt={frozenAt}
        onFreeze={onFreeze}
        hasPositions
      >
        {branches > 1 && (
          <Switch
            label="Branches"
            checked={drawsBranches(view, runs().length)}
            onChange={(event) => onView({ branches: event.currentTarget.checked })}
          />
        )}
      </Toolbar>
      {note}
      <div className={classes.grid}>
        {charts.map((definition) => (
          <RunChart
            key={definition.id}
            definition={definition}
            runs={runs}
            view={view}
            onView={onView}
            subscribe={subscribe}
            started={started}
          />
        ))}
      </div>
    </section>
  );
}

interface RunChartProps extends ViewProps, Pick<RunChartsProps, "runs" | "subscribe" | "started"> {
  definition: ChartDefinition;
}

function RunChart({ definition, runs, started, ...props }: RunChartProps) {
  const { view } = props;
  const make = useCallback(() => {
    const drawn = runs();
    const series = seriesOf(definition, drawn, view);
    return { series, extent: extentOf(drawn, view.x), cuts: cutsOf(drawn, view.x) };
  }, [definition, runs, view]);
  const { id, title, term, hint, promise, level } = definition;
  const words = started ? "The first points are on their way." : promise;
  return (
    <Chart
      id={id}
      title={title}
      term={term}
      hint={hint}
      level={level}
      unit={unitOfColumn(definition.lines[0]!.column) ?? title}
      make={make}
      promise={words}
      {...props}
    />
  );
}
