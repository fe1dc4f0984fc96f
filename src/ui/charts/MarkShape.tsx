import type { EvaluatedSplit } from "../../store/runCurves.ts";

interface MarkShapeProps {
  split: EvaluatedSplit;
  x: number;
  y: number;
  color: string;
}

/** The mark of an evaluation: a circle for test, a square for valid. */
export function MarkShape({ split, x, y, color }: MarkShapeProps) {
  const paint = { fill: "var(--surface)", stroke: color, strokeWidth: 2 };
  return split === "test" ? (
    <circle cx={x} cy={y} r={3.5} {...paint} />
  ) : (
    <rect x={x - 3.2} y={y - 3.2} width={6.4} height={6.4} {...paint} />
  );
}
