import { ticks } from "d3-array";
import { tickFormat } from "d3-scale";
import { memo, useMemo, useRef } from "react";
import { CartesianGrid, LineChart, XAxis, YAxis } from "recharts";
import type { ChartView, Window } from "../../store/charts/chartView.ts";
import { setting } from "../format.ts";
import { XAxisTick, YAxisTick } from "./AxisTick.tsx";
import { tickOf } from "./axis.ts";
import type { Cut } from "./CutLines.tsx";
import classes from "./charts.module.css";
import { PlotLayers } from "./PlotLayers.tsx";
import { logTicks, TICKS } from "./scales.ts";
import type { Series } from "./series.ts";

export const MARGIN = { top: 20, right: 20, bottom: 0, left: 0 };
export const AXIS = {
  type: "number",
  tickLine: false,
  niceTicks: "none",
  interval: 0,
  allowDataOverflow: true,
} as const;
/** A digit's width, and what lies between the numbers and the plot. */
const DIGIT_WIDTH = 6.8;
const AXIS_GAP = 10;

/** 1, 2 or 5 times a power of ten, which are far from each other. */
const isPower = (tick: number) =>
  [1, 2, 5].includes(Number((tick / 10 ** Math.floor(Math.log10(tick) + 1e-9)).toFixed(6)));

/** A level to compare with, and its name. */
export interface Level {
  value: number;
  label: string;
  /** Even where it is far from the curves. */
  isAlwaysSeen?: boolean;
}

/** What a chart shows at one moment. */
export interface Drawing {
  series: Series[];
  cuts: Cut[];
  /** What the axes span. */
  x: Window;
  y: Window;
  /** All that there is of x. */
  extent: Window;
  /** What x is. */
  xName: ChartView["x"];
  logarithmic: boolean;
}

export interface PlotProps {
  chart: string;
  title: string;
  hint: string;
  drawing: Drawing;
  level: Level | null;
  /** At the vertical axis; null for nothing. */
  unit: string | null;
  /** Zooms and pans all charts of the view: `change` makes the next window of the present one; null is all of x. */
  onWindow(change: (window: Window | null) => Window | null): void;
}

/** Axes by recharts; between them lines, marks and the crosshair in layers of our own. Every chart is drawn here. */
export const Plot = memo(function Plot({ chart, title, hint, drawing, level, unit, onWindow }: PlotProps) {
  const { x, y, xName, logarithmic } = drawing;
  const under = useRef<HTMLDivElement>(null);
  const over = useRef<HTMLDivElement>(null);
  // The lines are of different lengths, so recharts gets the frame alone.
  const frame = useMemo(() => x.map((end) => ({ x: end })), [x]);
  const yTicks = logarithmic ? logTicks(y) : ticks(...y, TICKS);
  const yText = logarithmic && yTicks.every(isPower) ? setting : tickFormat(...y, TICKS);
  const longest = Math.max(5, ...yTicks.map((tick) => yText(tick).length));
  return (
    <div className={classes.plot}>
      <div ref={under} className={classes.underlay} aria-hidden="true" />
      <LineChart
        responsive
        className={classes.chart}
        data={frame}
        margin={MARGIN}
        accessibilityLayer={false}
        title={title}
        desc={`${hint} “Table” shows the same numbers.`}
      >
        <CartesianGrid stroke="var(--hairline)" vertical={false} />
        <XAxis
          {...AXIS}
          dataKey="x"
          domain={x}
          ticks={ticks(...x, TICKS)}
          tick={XAxisTick}
          tickFormatter={tickOf(xName)}
          stroke="var(--hairline)"
          height={34}
        />
        <YAxis
          {...AXIS}
          scale={logarithmic ? "log" : "linear"}
          domain={y}
          ticks={yTicks}
          tick={YAxisTick}
          tickFormatter={yText}
          axisLine={false}
          width={Math.ceil(longest * DIGIT_WIDTH + AXIS_GAP)}
        />
        <PlotLayers
          chart={chart}
          title={title}
          drawing={drawing}
          level={level}
          unit={unit}
          onWindow={onWindow}
          under={under}
          over={over}
        />
      </LineChart>
      <div ref={over} />
    </div>
  );
});
