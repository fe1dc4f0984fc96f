import { type RefObject, useEffect, useId, useMemo, useRef } from "react";
import { createPortal } from "react-dom";
import { usePlotArea } from "recharts";
import type { EvaluatedSplit } from "../../store/runCurves.ts";
import type { Window } from "../../store/runsView.ts";
import { MarkShape } from "../charts/MarkShape.tsx";
import classes from "./compare.module.css";
import { PlotPointer } from "./PlotPointer.tsx";
import { type PlotArea, pathOf, plotScales, type Scales } from "./scales.ts";
import type { Series } from "./series.ts";

interface PlotLayersProps {
  chart: string;
  title: string;
  series: Series[];
  /** What the axes span. */
  x: Window;
  y: Window;
  /** All that there is of x. */
  extent: Window;
  logarithmic: boolean;
  level: { value: number; label: string } | null;
  /** Where the canvas goes: under the chart's SVG; and what takes the pointer, above it. */
  under: RefObject<HTMLDivElement | null>;
  over: RefObject<HTMLDivElement | null>;
}

/** Everything between the axes: whole curves on a canvas, thinned lines and marks in the SVG, the crosshair above. */
export function PlotLayers(props: PlotLayersProps) {
  const area = usePlotArea();
  const { under, over } = props;
  if (!area || !under.current || !over.current) return null;
  return <Layers {...props} area={area} />;
}

function Layers({
  area,
  x,
  y,
  logarithmic,
  series,
  level,
  under,
  over,
  ...rest
}: PlotLayersProps & { area: PlotArea }) {
  const clip = useId();
  const { width, height } = area;
  const scales = useMemo(
    () => plotScales({ x: 0, y: 0, width, height }, x, y, logarithmic),
    [width, height, x, y, logarithmic],
  );
  const place = { left: area.x, top: area.y, width, height };
  return (
    <g
      transform={`translate(${area.x} ${area.y})`}
      data-plot=""
      data-domain={JSON.stringify({ x, y, logarithmic })}
    >
      <clipPath id={clip}>
        <rect width={width} height={height} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        {level && Number.isFinite(scales.top(level.value)) && (
          <Level {...level} top={scales.top(level.value)} width={width} />
        )}
        <Lines series={series} scales={scales} />
      </g>
      {createPortal(<Outlines {...{ series, scales, place }} />, under.current!)}
      {createPortal(<PlotPointer {...{ series, scales, place, x, ...rest }} />, over.current!)}
    </g>
  );
}

function Level({ label, top, width }: { label: string; top: number; width: number }) {
  return (
    <>
      <line x2={width} y1={top} y2={top} stroke="var(--mantine-color-dimmed)" strokeDasharray="1 4" />
      <text x={width - 4} y={top - 4} textAnchor="end" fontSize={10} fill="var(--mantine-color-dimmed)">
        {label}
      </text>
    </>
  );
}

/** The last line drawn is on top: fused ones. */
function Lines({ series, scales }: { series: Series[]; scales: Scales }) {
  return series.toReversed().map(({ key, points, color, width, dashes, split, marked }) => (
    <g key={key}>
      <path
        className="line"
        d={pathOf(points, scales)}
        fill="none"
        stroke={color}
        strokeWidth={width}
        strokeDasharray={dashes}
        strokeLinejoin="round"
      />
      {split && marked && <Marks {...{ split, points, scales, color }} />}
    </g>
  ));
}

type MarksProps = Pick<Series, "points" | "color"> & { split: EvaluatedSplit; scales: Scales };

function Marks({ split, points, scales, color }: MarksProps) {
  return Array.from(points.x, (px, i) => {
    const top = scales.top(points.y[i]!);
    return (
      Number.isFinite(top) && <MarkShape key={px} split={split} x={scales.left(px)} y={top} color={color} />
    );
  });
}

interface OutlinesProps {
  series: Series[];
  scales: Scales;
  place: { left: number; top: number; width: number; height: number };
}

/** The whole curves, faintly. */
function Outlines({ series, scales, place }: OutlinesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = place;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!canvas.current || !context) return;
    const ratio = window.devicePixelRatio;
    canvas.current.width = Math.round(width * ratio);
    canvas.current.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    context.lineWidth = 1;
    context.globalAlpha = series.length > 12 ? 0.1 : 0.25;
    const style = getComputedStyle(canvas.current);
    for (const { outline, color } of series) {
      if (!outline) continue;
      context.strokeStyle = style.getPropertyValue(color.slice(4, -1));
      context.stroke(new Path2D(pathOf(outline, scales)));
    }
  });
  return <canvas ref={canvas} className={classes.outlines} style={place} />;
}
