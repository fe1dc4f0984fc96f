import classes from "./charts.module.css";

/** The part of recharts' tick properties that these need. */
interface AxisTickProps {
  x: number | string;
  y: number | string;
  index: number;
  payload: { value: number };
  tickFormatter: ((value: number, index: number) => string) | undefined;
}

/** A number below an axis. Recharts' own tick measures its text in the page at every drawing; these need not wrap. */
export function XAxisTick({ x, y, index, payload, tickFormatter }: AxisTickProps) {
  return (
    <text className={classes.tick} x={x} y={y} dy="0.75em" textAnchor="middle">
      {tickFormatter?.(payload.value, index)}
    </text>
  );
}

/** A number left of an axis. */
export function YAxisTick({ x, y, index, payload, tickFormatter }: AxisTickProps) {
  return (
    <text className={classes.tick} x={x} y={y} dy="0.35em" textAnchor="end">
      {tickFormatter?.(payload.value, index)}
    </text>
  );
}
