import { useComputedColorScheme } from "@mantine/core";
import { type RefObject, useEffect, useMemo, useRef } from "react";
import { createPortal } from "react-dom";
import { usePlotArea, useXAxisScale, useYAxisScale } from "recharts";
import type { Column } from "../../store/curve.ts";
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
  const colors = useColors(lines);
  const canvas = useRef<HTMLCanvasElement>(null);

  // Draws anew whenever the chart does: scales and curves have moved.
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    const toLeft = xScale && linear(xScale, area?.x ?? 0);
    const toTop = yScale && linear(yScale, area?.y ?? 0);
    if (!element || !context || !area || !toLeft || !toTop) return;
    const ratio = window.devicePixelRatio;
    element.width = Math.round(area.width * ratio);
    element.height = Math.round(area.height * ratio);
    context.scale(ratio, ratio);
    context.lineWidth = 1;
    context.globalAlpha = 0.2;
    const positions = curves.progress.column(x);
    for (const [i, { column }] of lines.entries()) {
      context.strokeStyle = colors[i]!;
      strokeCurve(context, positions, curves.progress.column(column), toLeft, toTop);
    }
  });

  if (!area || !host.current) return null;
  const { x: left, y: top, width, height } = area;
  return createPortal(
    <canvas ref={canvas} style={{ position: "absolute", left, top, width, height }} />,
    host.current,
  );
}

/** The lines' colours as a canvas needs them; reading them makes the browser compute styles, so it is done rarely. */
function useColors(lines: Line[]): string[] {
  const scheme = useComputedColorScheme("light");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the style sheet follows the scheme
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    return lines.map(({ role }) => style.getPropertyValue(`--${role}`));
  }, [lines, scheme]);
}

/** Value → pixels from the plot's edge. Both axes are linear, and asking recharts for each point takes long. */
function linear(
  scale: (value: unknown) => number | undefined,
  edge: number,
): ((value: number) => number) | null {
  const zero = scale(0);
  const one = scale(1);
  return zero === undefined || one === undefined ? null : (value) => zero - edge + (one - zero) * value;
}

/** Strokes a curve; of the points above one pixel it draws the lowest and the highest, which looks the same. */
function strokeCurve(
  context: CanvasRenderingContext2D,
  positions: Column,
  values: Column,
  toLeft: (value: number) => number,
  toTop: (value: number) => number,
): void {
  let pixel = Number.NaN;
  let low = 0;
  let high = 0;
  function draw(): void {
    if (Number.isNaN(pixel)) return;
    context.lineTo(pixel, toTop(low));
    if (high !== low) context.lineTo(pixel, toTop(high));
  }
  context.beginPath();
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    const left = Math.round(toLeft(positions[i]!));
    if (left === pixel) {
      low = Math.min(low, value);
      high = Math.max(high, value);
      continue;
    }
    draw();
    pixel = left;
    low = value;
    high = value;
  }
  draw();
  context.stroke();
}
