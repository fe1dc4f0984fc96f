import { type RefObject, useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { usePlotArea, useXAxisScale, useYAxisScale } from "recharts";
import type { PositionName, RunCurves } from "../../store/runCurves.ts";
import type { Line } from "./definitions.ts";

interface RawCurvesProps {
  curves: RunCurves;
  lines: Line[];
  x: PositionName;
  /** Where the canvas goes: under the chart's SVG. */
  host: RefObject<HTMLDivElement | null>;
}

/** Every point of the curves, faintly, on a canvas beneath the thinned lines. It belongs inside a chart. */
export function RawCurves({ curves, lines, x, host }: RawCurvesProps) {
  const area = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  const canvas = useRef<HTMLCanvasElement>(null);

  // Draws anew whenever the chart does: scales and curves have moved.
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || !area || !xScale || !yScale) return;
    const ratio = window.devicePixelRatio;
    element.width = Math.round(area.width * ratio);
    element.height = Math.round(area.height * ratio);
    context.scale(ratio, ratio);
    context.lineWidth = 1;
    context.globalAlpha = 0.28;
    const style = getComputedStyle(element);
    const positions = curves.progress.column(x);
    for (const { column, role } of lines) {
      const values = curves.progress.column(column);
      context.strokeStyle = style.getPropertyValue(`--${role}`);
      context.beginPath();
      let drawing = false;
      for (let i = 0; i < values.length; i++) {
        const left = xScale(positions[i]);
        const top = Number.isNaN(values[i]) ? undefined : yScale(values[i]);
        if (left === undefined || top === undefined) continue;
        if (drawing) context.lineTo(left - area.x, top - area.y);
        else context.moveTo(left - area.x, top - area.y);
        drawing = true;
      }
      context.stroke();
    }
  });

  if (!area || !host.current) return null;
  const { x: left, y: top, width, height } = area;
  return createPortal(
    <canvas ref={canvas} style={{ position: "absolute", left, top, width, height }} />,
    host.current,
  );
}
