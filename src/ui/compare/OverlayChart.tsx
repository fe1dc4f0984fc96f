import { Button } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { CartesianGrid, LineChart, XAxis, YAxis } from "recharts";
import type { CompareView, Window } from "../../store/runsView.ts";
import classes from "../charts/charts.module.css";
import type { ChartDefinition } from "../charts/definitions.ts";
import { niceTicks, tickText } from "../charts/ticks.ts";
import { useRedraw } from "../charts/useRedraw.ts";
import { metric, setting } from "../format.ts";
import { useRuns } from "../runs/RunsContext.tsx";
import { save } from "../save.ts";
import { tickOf } from "./axis.ts";
import { ChartTable } from "./ChartTable.tsx";
import { chartPng, chartSvg, offerPicture } from "./chartPicture.ts";
import own from "./compare.module.css";
import { PlotLayers } from "./PlotLayers.tsx";
import { logTicks } from "./scales.ts";
import { type DrawnRun, extentOf, type Series, seriesOf, valueRange } from "./series.ts";

const MARGIN = { top: 6, right: 10, bottom: 0, left: 0 };
const TICK = { fontSize: 11, fill: "var(--mantine-color-dimmed)" };
const AXIS = {
  tick: TICK,
  tickLine: false,
  niceTicks: "none",
  interval: 0,
  allowDataOverflow: true,
} as const;
const MOST_NAMED = 9;

interface OverlayChartProps {
  definition: ChartDefinition;
  view: CompareView;
  /** The runs to draw now; the same function for the same runs. */
  runs(): DrawnRun[];
  /** Called back when curves have grown; never while the view is frozen. */
  subscribe(listener: () => void): () => void;
}

interface Drawing {
  series: Series[];
  x: Window;
  y: Window;
  extent: Window;
}

/** One chart with the lines of all runs on show. */
export function OverlayChart({ definition, view, runs, subscribe }: OverlayChartProps) {
  const { id, title, hint, level } = definition;
  const library = useRuns();
  const card = useRef<HTMLElement>(null);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [asTable, setAsTable] = useState(false);
  const logarithmic = view.logarithmic.includes(id);
  useEffect(() => {
    if (card.current && drawing) offerPicture(card.current, title, drawing.series);
  }, [title, drawing]);
  const draw = useCallback(
    () => setDrawing(makeDrawing(definition, runs(), view, logarithmic)),
    [definition, runs, view, logarithmic],
  );
  useRedraw(card, subscribe, draw);

  function toggleLog(): void {
    const others = view.logarithmic.filter((chart) => chart !== id);
    library.setView({ logarithmic: logarithmic ? others : [...others, id] });
  }
  return (
    <section ref={card} className={classes.card} aria-labelledby={`overlay-${id}`} data-overlay={id}>
      <div className={own.head}>
        <h2 id={`overlay-${id}`} className={classes.title}>
          {title}
        </h2>
        <div>
          <HeadButton
            label="Log"
            about={`${title}: logarithmic axis`}
            pressed={logarithmic}
            onClick={toggleLog}
          />
          <HeadButton
            label="Table"
            about={`${title}: as a table`}
            pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          />
          <HeadButton
            label="SVG"
            about={`${title}: save as SVG`}
            disabled={!drawing || asTable}
            onClick={() => save(`${id}.svg`, new Blob([chartSvg(card.current!)], { type: "image/svg+xml" }))}
          />
          <HeadButton
            label="PNG"
            about={`${title}: save as PNG`}
            disabled={!drawing || asTable}
            onClick={() => {
              void chartPng(card.current!).then((blob) => save(`${id}.png`, blob));
            }}
          />
        </div>
      </div>
      <p className={classes.hint} title={hint}>
        {hint}
      </p>
      {!drawing ? (
        <div className={classes.empty}>
          <p>{logarithmic ? "There is no value above 0 to draw." : definition.promise}</p>
        </div>
      ) : asTable ? (
        <ChartTable title={title} series={drawing.series} window={drawing.x} x={view.x} />
      ) : (
        <div>
          <Plot {...{ drawing, logarithmic, level }} chart={id} title={title} hint={hint} x={view.x} />
          <Names series={drawing.series} />
        </div>
      )}
    </section>
  );
}

function makeDrawing(
  definition: ChartDefinition,
  runs: DrawnRun[],
  view: CompareView,
  logarithmic: boolean,
): Drawing | null {
  const series = seriesOf(definition, runs, view);
  const extent = extentOf(runs, view.x);
  const whole = view.window === null;
  const y = valueRange(series, { level: definition.level?.value ?? null, whole, logarithmic });
  return y && { series, x: view.window ?? extent, y, extent };
}

interface HeadButtonProps {
  label: string;
  about: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick(): void;
}

function HeadButton({ label, about, pressed, disabled, onClick }: HeadButtonProps) {
  return (
    <Button
      size="compact-xs"
      variant={pressed ? "filled" : "subtle"}
      color={pressed ? undefined : "gray"}
      aria-label={about}
      title={about}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}

interface PlotProps {
  drawing: Drawing;
  logarithmic: boolean;
  level: ChartDefinition["level"];
  chart: string;
  title: string;
  hint: string;
  x: CompareView["x"];
}

function Plot({ drawing, logarithmic, level, chart, title, hint, x }: PlotProps) {
  const under = useRef<HTMLDivElement>(null);
  const over = useRef<HTMLDivElement>(null);
  // recharts draws the frame; the lines are of different lengths and lie in the layers.
  const frame = useMemo(() => drawing.x.map((end) => ({ x: end })), [drawing.x]);
  const yTicks = logarithmic ? logTicks(drawing.y) : niceTicks(drawing.y, 4);
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
          dataKey="x"
          type="number"
          domain={drawing.x}
          ticks={niceTicks(drawing.x, 3)}
          tickFormatter={tickOf(x)}
          stroke="var(--hairline)"
          height={20}
          {...AXIS}
        />
        <YAxis
          type="number"
          scale={logarithmic ? "log" : "linear"}
          domain={drawing.y}
          ticks={yTicks}
          tickFormatter={logarithmic ? setting : tickText(yTicks)}
          axisLine={false}
          width={48}
          {...AXIS}
        />
        <PlotLayers {...drawing} {...{ chart, title, logarithmic, level, under, over }} />
      </LineChart>
      <div ref={over} />
    </div>
  );
}

/** Progressive lines by name, with their newest value within the window. */
function Names({ series }: { series: Series[] }) {
  const lines = series.filter(({ split }) => split === null);
  return (
    <ul className={own.names}>
      {lines.slice(0, MOST_NAMED).map(({ key, label, color, dashes, width, points }) => (
        <li key={key}>
          <svg width="22" height="8" aria-hidden="true">
            <line x2="22" y1="4" y2="4" stroke={color} strokeWidth={width} strokeDasharray={dashes} />
          </svg>
          <span title={label}>{label}</span>
          <b>{metric(points.y.at(-1))}</b>
        </li>
      ))}
      {lines.length > MOST_NAMED && <li>and {lines.length - MOST_NAMED} more, in the table</li>}
    </ul>
  );
}
