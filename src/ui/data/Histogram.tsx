import type { ColumnInspection } from "../../preprocess/inspection.ts";
import { count } from "../format.ts";
import classes from "./data.module.css";

const WIDTH = 120;
const HEIGHT = 22;
const MOST_BARS = 60;

/** Rows by bucket, the lowest first, on a scale of square roots so that rare ones show. */
export function Histogram({ column }: { column: ColumnInspection & { kind: "integer" } }) {
  const { name, histogram, minimum, maximum } = column;
  if (minimum === null || maximum === null) return "–";
  const bars = barsOf(histogram);
  const most = Math.max(...bars.map((bar) => bar.rows));
  const step = WIDTH / Math.max(bars.length, 12);
  const words = `${name}: ${count(minimum)} to ${count(maximum)}`;
  return (
    <span className={classes.histogram}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img" aria-label={words}>
        {bars.map(({ name: bucket, rows }, i) => {
          const height = HEIGHT * Math.sqrt(rows / most);
          return (
            <rect key={bucket} x={i * step} width={Math.max(1, step - 1)} y={HEIGHT - height} height={height}>
              <title>{`${bucket}: ${count(rows)} rows`}</title>
            </rect>
          );
        })}
      </svg>
      {count(minimum)} to {count(maximum)}
    </span>
  );
}

/** A bar a bucket, or, where there are many, one for some neighbours. */
function barsOf(histogram: { bucket: number; count: number }[]): { name: string; rows: number }[] {
  const buckets = Math.ceil(histogram.length / MOST_BARS);
  return Array.from({ length: Math.ceil(histogram.length / buckets) }, (_, bar) => {
    const inside = histogram.slice(bar * buckets, (bar + 1) * buckets);
    const [first, last] = [inside[0]!.bucket, inside.at(-1)!.bucket];
    return {
      name: first === last ? `bucket ${first}` : `buckets ${first} to ${last}`,
      rows: inside.reduce((sum, bucket) => sum + bucket.count, 0),
    };
  });
}
