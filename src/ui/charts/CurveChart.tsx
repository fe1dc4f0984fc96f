import { useEffect, useMemo, useRef, useState } from "react";
import {
  CartesianGrid,
  Line as ChartLine,
  LineChart,
  Tooltip,
  useActiveTooltipDataPoints,
  useIsTooltipActive,
  XAxis,
  YAxis,
} from "recharts";
import type { PositionName } from "../../store/runCurves.ts";
import type { DrawnPoint } from "../../store/thin.ts";
import { duration, short } from "../format.ts";
import { XAxisTick, YAxisTick } from "./AxisTick.tsx";
import classes from "./charts.module.css";
import { type ChartDefinition, colorOf, DASHES, rangeOf } from "./definitions.ts";
import { EvaluationMarks } from "./EvaluationMarks.tsx";
import { Legend } from "./Legend.tsx";
import { LevelLine } from "./LevelLine.tsx";
import { RawCurves } from "./RawCurves.tsx";
import { niceTicks, tickText } from "./ticks.ts";
import { useCurvePoints, type View } from "./useCurvePoints.ts";

const MARGIN = { top: 6, right: 10, bottom: 0, left: 0 };

/** A chart with its legend: thinned lines over the full curves, and marks for evaluations. */
export function CurveChart({ definition, view }: { definition: ChartDefinition; view: View }) {
  const { id, title, hint, promise } = definition;
  const card = useRef<HTMLElement>(null);
  const { curves, points } = useCurvePoints(view, card);
  const [crosshair, setCrosshair] = useState<DrawnPoint | null>(null);
  const columns = columnsOf(definition);
  const isEmpty = points.every((point) => columns.every((column) => (point[column] ?? null) === null));
  const index = crosshair ? points.indexOf(crosshair) : -1;
  return (
    <section ref={card} className={classes.card} aria-labelledby={`chart-${id}`} data-chart={id}>
      <h2 id={`chart-${id}`} className={classes.title}>
        {title}
      </h2>
      <p className={classes.hint} title={hint}>
        {hint}
      </p>
      {isEmpty || !curves ? (
        <EmptyChart promise={promise} started={curves !== null} />
      ) : (
        <div className={classes.body}>
          <Plot {...{ definition, curves, points }} x={view.x} onCrosshair={setCrosshair} />
          <Legend {...definition} points={points} index={index >= 0 ? index : null} />
        </div>
      )}
    </section>
  );
}

/** Progressive columns and those of the evaluations. */
function columnsOf({ lines, splits }: Pick<ChartDefinition, "lines" | "splits">): string[] {
  return lines.flatMap(({ column }) => [column, ...splits.map((split) => `${split}:${column}`)]);
}

function EmptyChart({ promise, started }: { promise: string; started: boolean }) {
  return (
    <div className={classes.empty}>
      <svg viewBox="0 0 120 44" aria-hidden="true" className={classes.sketch}>
        <path d="M4 6C20 30 46 33 116 36" strokeDasharray="6 3" stroke="var(--branch-0)" />
        <path d="M4 4C22 25 50 30 116 33" strokeDasharray="2 2" stroke="var(--branch-1)" />
        <path d="M4 9C20 34 46 37 116 40" stroke="var(--fused)" />
      </svg>
      <p>{started ? "The first points are on their way." : promise}</p>
    </div>
  );
}

interface PlotProps {
  definition: ChartDefinition;
  x: PositionName;
  curves: NonNullable<ReturnType<typeof useCurvePoints>["curves"]>;
  points: DrawnPoint[];
  onCrosshair(point: DrawnPoint | null): void;
}

function Plot({ definition, x, curves, points, onCrosshair }: PlotProps) {
  const { title, lines, splits, level } = definition;
  const host = useRef<HTMLDivElement>(null);
  const range = useMemo(() => {
    return rangeOf(
      columnsOf({ lines, splits }).map((column) =>
        points.map((point) => point[column]).filter((value) => value !== undefined),
      ),
      level?.value ?? null,
    );
  }, [points, lines, splits, level]);
  if (!range) return null;
  const end = points.at(-1)![x]!;
  const yTicks = niceTicks(range, 4);
  return (
    <div className={classes.plot}>
      <div ref={host} className={classes.underlay} aria-hidden="true" />
      <LineChart
        responsive
        className={classes.chart}
        data={points}
        margin={MARGIN}
        syncId="run"
        title={title}
        desc={`${definition.hint} The same numbers are under "Numbers".`}
      >
        <CartesianGrid stroke="var(--hairline)" vertical={false} />
        <XAxis
          dataKey={x}
          type="number"
          domain={[0, end]}
          ticks={niceTicks([0, end], 4)}
          tickFormatter={x === "activeSeconds" ? duration : short}
          tick={XAxisTick}
          tickLine={false}
          stroke="var(--hairline)"
          height={20}
          niceTicks="none"
          interval={0}
        />
        <YAxis
          domain={range}
          allowDataOverflow
          ticks={yTicks}
          tickFormatter={tickText(yTicks)}
          tick={YAxisTick}
          tickLine={false}
          axisLine={false}
          width={48}
          niceTicks="none"
          interval={0}
        />
        <RawCurves curves={curves} lines={lines} x={x} host={host} />
        {level && <LevelLine {...level} />}
        {/* The last line drawn is on top, and the fused one is the widest. */}
        {lines.toReversed().map(({ column, role, label }) => (
          <ChartLine
            key={column}
            dataKey={column}
            name={label}
            stroke={colorOf(role)}
            strokeWidth={role === "fused" ? 2.5 : 1.75}
            strokeDasharray={DASHES[role]}
            dot={false}
            activeDot={false}
            connectNulls
            isAnimationActive={false}
          />
        ))}
        <EvaluationMarks {...{ curves, lines, splits, x }} />
        <Tooltip
          content={() => null}
          cursor={{ stroke: "var(--mantine-color-dimmed)", strokeWidth: 1 }}
          isAnimationActive={false}
        />
        <CrosshairReader onCrosshair={onCrosshair} />
      </LineChart>
    </div>
  );
}

/** Tells which point the crosshair is on: this chart's own, or one that another chart shares. */
function CrosshairReader({ onCrosshair }: { onCrosshair(point: DrawnPoint | null): void }) {
  const active = useIsTooltipActive();
  const point = useActiveTooltipDataPoints<DrawnPoint>()?.[0] ?? null;
  useEffect(() => onCrosshair(active ? point : null), [active, point, onCrosshair]);
  return null;
}
