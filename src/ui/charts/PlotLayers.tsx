import { type RefObject, useEffect, useId, useMemo, useRef } from "react";
import { createPortal } from "react-dom";
import { usePlotArea } from "recharts";
import type { PositionName } from "../../runs/points.ts";
import { CutLines } from "./CutLines.tsx";
import classes from "./charts.module.css";
import { MarkShape } from "./MarkShape.tsx";
import type { Level, PlotProps } from "./Plot.tsx";
import { PlotPointer } from "./PlotPointer.tsx";
import {
  bandOf,
  type PlotArea,
  pathOf,
  plotScales,
  type Scales,
  signsOf,
  strokePoints,
  whiskersOf,
} from "./scales.ts";
import type { Series } from "./series.ts";

/** Marks on the frame are drawn whole. */
const BLEED = 4;
/** Where the axes' names lie. */
const X_NAME_TOP = 31;
const Y_NAME_TOP = -8;
const X_NAMES: Record<PositionName, string> = {
  rowsSeen: "rows seen",
  step: "steps",
  activeSeconds: "time training",
  time: "time of day",
};
/** What a level's name takes above its line. */
const NAME_HEIGHT = 14;

interface PlotLayersProps extends Omit<PlotProps, "hint"> {
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

function Layers({ area, drawing, level, unit, under, over, ...rest }: PlotLayersProps & { area: PlotArea }) {
  const clip = useId();
  const { width, height } = area;
  const { x, y, logarithmic, series } = drawing;
  const scales = useMemo(
    () => plotScales({ width, height }, { x, y, logarithmic }),
    [width, height, x, y, logarithmic],
  );
  const place = { left: area.x, top: area.y, width, height };
  return (
    <g transform={`translate(${area.x} ${area.y})`} data-plot={`${width} ${height}`}>
      <clipPath id={clip}>
        <rect x={-BLEED} y={-BLEED} width={width + 2 * BLEED} height={height + 2 * BLEED} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        <CutLines cuts={drawing.cuts} scales={scales} width={width} height={height} />
        {level && <LevelLine {...level} top={scales.top(level.value)} width={width} />}
        <Lines series={series} scales={scales} />
      </g>
      <text className={classes.axisName} x={width} y={height + X_NAME_TOP} textAnchor="end">
        {X_NAMES[drawing.xName]}
      </text>
      {unit && (
        <text className={classes.axisName} x={-area.x + 2} y={Y_NAME_TOP}>
          {unit}
        </text>
      )}
      {createPortal(<Outlines series={series} scales={scales} place={place} />, under.current!)}
      {createPortal(<PlotPointer drawing={drawing} scales={scales} place={place} {...rest} />, over.current!)}
    </g>
  );
}

function LevelLine({ label, top, width }: Level & { top: number; width: number }) {
  if (!Number.isFinite(top)) return null;
  return (
    <g className={classes.level}>
      <line x2={width} y1={top} y2={top} strokeDasharray="1 4" />
      <text x={width - 4} y={top} dy={top > NAME_HEIGHT ? "-0.4em" : "1.1em"} textAnchor="end">
        {label}
      </text>
    </g>
  );
}

/** The last line drawn is on top: the fused one, which charts name last. */
function Lines({ series, scales }: { series: Series[]; scales: Scales }) {
  return series.map(({ id, points, color, width, dashes, sign, mark, band }) => (
    <g key={id}>
      {band && !mark && <path d={bandOf(band, scales)} fill={color} fillOpacity={0.18} data-band="" />}
      {band && mark && <path d={whiskersOf(band, scales)} stroke={color} strokeWidth={1.25} data-band="" />}
      <path
        className="line"
        d={pathOf(points, scales)}
        fill="none"
        stroke={color}
        strokeWidth={width}
        strokeDasharray={dashes}
        strokeLinejoin="round"
      />
      {sign && !mark && (
        <path d={signsOf(points, scales, sign)} fill="var(--surface)" stroke={color} strokeWidth={1.5} />
      )}
      {mark && <Marks mark={mark} points={points} scales={scales} color={color} />}
    </g>
  ));
}

type MarksProps = Pick<Series, "points" | "color"> & { mark: NonNullable<Series["mark"]>; scales: Scales };

function Marks({ mark, points, scales, color }: MarksProps) {
  return Array.from(points.x, (x, i) => {
    const top = scales.top(points.y[i]!);
    return Number.isFinite(top) && <MarkShape key={x} mark={mark} x={scales.left(x)} y={top} color={color} />;
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
    context.globalAlpha = series.length > 12 ? 0.1 : 0.2;
    const style = getComputedStyle(canvas.current);
    for (const { outline, color } of series) {
      if (!outline) continue;
      context.strokeStyle = style.getPropertyValue(color.slice(4, -1));
      strokePoints(context, outline, scales);
    }
  });
  return <canvas ref={canvas} className={classes.outlines} style={place} />;
}
