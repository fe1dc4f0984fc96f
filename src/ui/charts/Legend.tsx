import type { EvaluatedSplit } from "../../store/runCurves.ts";
import type { DrawnPoint } from "../../store/thin.ts";
import { metric } from "../format.ts";
import classes from "./charts.module.css";
import { colorOf, DASHES, type Line } from "./definitions.ts";
import { MarkShape } from "./MarkShape.tsx";

interface LegendProps {
  lines: Line[];
  splits: EvaluatedSplit[];
  points: DrawnPoint[];
  /** Index of the point under the crosshair; null: the newest values. */
  index: number | null;
}

/** The lines' names with their numbers: the newest ones, or those under the crosshair. */
export function Legend({ lines, splits, points, index }: LegendProps) {
  const at = index ?? points.length - 1;
  const evaluated = splits.filter(
    (split) => lastValue(points, `${split}:${lines[0]!.column}`, points.length - 1) !== null,
  );
  return (
    <table className={classes.legend}>
      <thead>
        <tr>
          <td />
          <th scope="col">train</th>
          {evaluated.map((split) => (
            <th scope="col" key={split}>
              <Mark split={split} /> {split}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map(({ role, label, column }) => (
          <tr key={column}>
            <th scope="row">
              <svg width="22" height="8" aria-hidden="true">
                <line
                  x1="0"
                  x2="22"
                  y1="4"
                  y2="4"
                  stroke={colorOf(role)}
                  strokeWidth={role === "fused" ? 3 : 2}
                  strokeDasharray={DASHES[role]}
                />
              </svg>
              {label}
            </th>
            <td>{metric(lastValue(points, column, at))}</td>
            {evaluated.map((split) => (
              <td key={split}>{metric(lastValue(points, `${split}:${column}`, at))}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The mark of a split's evaluations, as in the charts. */
function Mark({ split }: { split: EvaluatedSplit }) {
  return (
    <svg width="10" height="10" viewBox="-5 -5 10 10" aria-hidden="true">
      <MarkShape split={split} x={0} y={0} color="currentColor" />
    </svg>
  );
}

/** The value of `column` at `index`, or the last one before it. */
function lastValue(points: DrawnPoint[], column: string, index: number): number | null {
  for (let i = Math.min(index, points.length - 1); i >= 0; i--) {
    const value = points[i]![column];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}
