import type { Mark } from "./series.ts";

interface MarkShapeProps {
  mark: Mark;
  x: number;
  y: number;
  color: string;
}

/** The mark of a point that was measured by itself. */
export function MarkShape({ mark, x, y, color }: MarkShapeProps) {
  const paint = { fill: "var(--surface)", stroke: color, strokeWidth: 2 };
  return mark === "circle" ? (
    <circle cx={x} cy={y} r={3.5} {...paint} />
  ) : (
    <rect x={x - 3.2} y={y - 3.2} width={6.4} height={6.4} {...paint} />
  );
}
