import { scaleLinear } from "d3-scale";
import type { Inspection } from "../../preprocess/inspection.ts";
import { MarkShape } from "../charts/MarkShape.tsx";
import { MARKS } from "../charts/runSeries.ts";
import { TICKS } from "../charts/scales.ts";
import { count, percent } from "../format.ts";
import classes from "./data.module.css";

const HEIGHT = 132;
const TOP = 18;
const BOTTOM = 20;
const LEFT = 46;
/** Between shards that have space for their numbers, and the width of all where they have not. */
const LABELLED_STEP = 54;
const FULL_WIDTH = 980;
const LEAST_STEP = 5;

/** Half a 95 % interval, in standard errors. */
const HALF_INTERVAL = 1.96;

const COLOR = "var(--reference)";

interface SplitMarkProps {
  split: string;
  x: number;
  y: number;
  isSmall?: boolean;
}

interface ShardPlotProps {
  shards: Inspection["shards"];
  title: string;
}

/** A dot a shard, with the interval within which chance alone moves it; the axis begins near the lowest. */
export function ShardPlot({ shards, title }: ShardPlotProps) {
  const points = shards.map(({ file, rows, clickRate }) => {
    const half = HALF_INTERVAL * Math.sqrt((clickRate * (1 - clickRate)) / rows);
    const split = file.split("-")[0]!;
    return { file, rows, clickRate, split, low: Math.max(0, clickRate - half), high: clickRate + half };
  });
  const splits = [...new Set(points.map(({ split }) => split))];
  const low = Math.min(...points.map((point) => point.low));
  const high = Math.max(...points.map((point) => point.high), low + 1e-4);
  const isLabelled = points.length * LABELLED_STEP <= FULL_WIDTH;
  const step = isLabelled ? LABELLED_STEP : Math.max(LEAST_STEP, FULL_WIDTH / points.length);
  const width = LEFT + step * points.length + 4;
  const y = scaleLinear([low, high], [HEIGHT - BOTTOM, TOP]);
  const written = y.tickFormat(TICKS, "%");
  return (
    <figure className={classes.shards}>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} role="img" aria-label={title}>
        {y.ticks(TICKS).map((tick) => (
          <g key={tick} className={classes.tick}>
            <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 3} textAnchor="end">
              {written(tick).replace("%", " %")}
            </text>
          </g>
        ))}
        {points.map((point, i) => {
          const x = LEFT + step * (i + 0.5);
          return (
            <g key={point.file} className={classes.shard}>
              <title>{`${point.file}: ${percent(point.clickRate)} of ${count(point.rows)} rows`}</title>
              <line x1={x} x2={x} y1={y(point.low)} y2={y(point.high)} />
              <SplitMark split={point.split} x={x} y={y(point.clickRate)} isSmall={!isLabelled} />
              {isLabelled && (
                <>
                  <text x={x} y={y(point.high) - 5} textAnchor="middle">
                    {percent(point.clickRate)}
                  </text>
                  <text x={x} y={HEIGHT - 5} textAnchor="middle">
                    {shortName(point.file)}
                  </text>
                </>
              )}
            </g>
          );
        })}
      </svg>
      <figcaption>
        {splits.map((split) => (
          <span key={split} className={classes.shardSplit}>
            <svg width="10" height="10" aria-hidden="true">
              <SplitMark split={split} x={5} y={5} />
            </svg>
            {split}
          </span>
        ))}
        Lines: 95 % intervals. The axis does not begin at 0.
      </figcaption>
    </figure>
  );
}

/** The mark that a split has in every chart. */
function SplitMark({ split, x, y, isSmall = false }: SplitMarkProps) {
  if (split === "valid" || split === "test")
    return <MarkShape mark={MARKS[split]} x={x} y={y} color={COLOR} size={isSmall ? 2 : undefined} />;
  return <circle cx={x} cy={y} r={isSmall ? 2 : 4} fill={COLOR} />;
}

/** "train-00003.parquet" → "train 3". */
function shortName(file: string): string {
  const [split, number] = file.replace(/\.\w+$/, "").split("-");
  return number === undefined ? file : `${split} ${Number(number)}`;
}
