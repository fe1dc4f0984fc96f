import { usePlotArea, useYAxisScale } from "recharts";
import classes from "./charts.module.css";

/** A level to compare with, and its name. It belongs inside a chart; recharts' own measures its text at every drawing. */
export function LevelLine({ value, label }: { value: number; label: string }) {
  const area = usePlotArea();
  const y = useYAxisScale()?.(value);
  if (!area || y === undefined || y < area.y || y > area.y + area.height) return null;
  const end = area.x + area.width;
  return (
    <g className={classes.level}>
      <line x1={area.x} x2={end} y1={y} y2={y} strokeDasharray="1 4" />
      <text x={end - 4} y={y} dy={y - area.y > 14 ? "-0.4em" : "1.1em"} textAnchor="end">
        {label}
      </text>
    </g>
  );
}
