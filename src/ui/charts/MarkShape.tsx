import type { Mark } from "./series.ts";

interface MarkShapeProps {
  mark: Mark;
  x: number;
  y: number;
  color: string;
  /** Its radius. */
  size?: number | undefined;
}

/** The mark of a point that was measured by itself. */
export function MarkShape({ mark, x, y, color, size = 3.5 }: MarkShapeProps) {
  const paint = { fill: "var(--surface)", stroke: color, strokeWidth: size > 3 ? 2 : 1 };
  return mark === "circle" ? (
    <circle cx={x} cy={y} r={size} {...paint} />
  ) : (
    <rect x={x - 0.9 * size} y={y - 0.9 * size} width={1.8 * size} height={1.8 * size} {...paint} />
  );
}
