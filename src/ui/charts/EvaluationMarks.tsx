import { useXAxisScale, useYAxisScale } from "recharts";
import type { EvaluatedSplit, PositionName, RunCurves } from "../../store/runCurves.ts";
import { colorOf, type Line } from "./definitions.ts";
import { MarkShape } from "./MarkShape.tsx";

interface EvaluationMarksProps {
  curves: RunCurves;
  lines: Line[];
  splits: EvaluatedSplit[];
  x: PositionName;
}

/** A mark for each evaluation, joined by thin lines. It belongs inside a chart. */
export function EvaluationMarks({ curves, lines, splits, x }: EvaluationMarksProps) {
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (!xScale || !yScale) return null;
  return splits.map((split) => {
    const curve = curves.evaluations[split];
    const positions = curve.column(x);
    return lines.toReversed().map(({ column, role }) => {
      const values = curve.column(column);
      const places = Array.from(
        positions,
        (position, i) => [xScale(position), yScale(values[i])] as const,
      ).filter((place): place is readonly [number, number] => place.every(Number.isFinite));
      return (
        <g key={`${split} ${column}`}>
          <polyline points={places.join(" ")} fill="none" stroke={colorOf(role)} strokeWidth={1} />
          {places.map(([left, top]) => (
            <MarkShape key={left} split={split} x={left} y={top} color={colorOf(role)} />
          ))}
        </g>
      );
    });
  });
}
