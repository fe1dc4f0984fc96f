import type { ColumnInspection } from "../../preprocess/inspection.ts";
import { count } from "../format.ts";
import classes from "./data.module.css";

const WIDTH = 120;
const HEIGHT = 22;
const MOST_BARS = 60;

/** Rows by bucket, the lowest bucket first, on a scale of square roots so that rare ones show. */
export function Histogram({ column }: { column: ColumnInspection & { kind: "integer" } }) {
  const { name, histogram, minimum, maximum } = column;
  if (minimum === null || maximum === null) return "–";
  const bars = histogram.slice(0, MOST_BARS);
  const most = Math.max(...bars.map((bar) => bar.count));
  const step = WIDTH / Math.max(bars.length, 12);
  const words = `${name}: ${count(minimum)} to ${count(maximum)}`;
  return (
    <span className={classes.histogram}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img" aria-label={words}>
        {bars.map(({ bucket, count: rows }, i) => {
          const height = HEIGHT * Math.sqrt(rows / most);
          return (
            <rect key={bucket} x={i * step} width={Math.max(1, step - 1)} y={HEIGHT - height} height={height}>
              <title>{`bucket ${bucket}: ${count(rows)} rows`}</title>
            </rect>
          );
        })}
      </svg>
      {count(minimum)} to {count(maximum)}
    </span>
  );
}
