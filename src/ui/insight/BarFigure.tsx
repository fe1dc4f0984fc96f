import { scaleLinear } from "d3-scale";
import type { RefObject } from "react";
import type { Measured } from "../../insight/fieldImportance.ts";
import { headLook } from "../branches/heads.ts";
import { TICKS } from "../charts/scales.ts";
import { useWidth } from "../charts/useWidth.ts";
import classes from "./insight.module.css";

/** A value with its interval. */
interface Bar {
  value: number;
  low: number;
  high: number;
}

export interface BarRow {
  label: string;
  /** Each branch's, then the fused one's; null where there is none. */
  bars: (Bar | null)[];
}

/** A mean with its interval. */
export function barOf({ mean, radius }: Measured): Bar {
  return { value: mean, low: mean - radius, high: mean + radius };
}

interface BarFigureProps {
  rows: BarRow[];
  /** What is drawn, in words. */
  label: string;
  /** Where bars begin; 0 unless said. */
  origin?: number;
  svg: RefObject<SVGSVGElement | null>;
}

const BAR = 7;
const ROW_GAP = 7;
const LABELS = 132;
const TOP = 20;

/** Heads beside each other, a group of bars a row, with their intervals. */
export function BarFigure({ rows, label, origin = 0, svg }: BarFigureProps) {
  const { ref, width: measured } = useWidth();
  const width = Math.max(280, measured);
  const heads = rows[0]?.bars.length ?? 0;
  const bars = rows.flatMap((row) => row.bars).filter((bar) => bar !== null);
  const low = Math.min(origin, ...bars.map((bar) => bar.low));
  const high = Math.max(origin, ...bars.map((bar) => bar.high));
  const span = high > low ? high - low : 1;
  const x = scaleLinear([low, low + span], [LABELS, width - 14]);
  const rowHeight = heads * BAR + ROW_GAP;
  const height = TOP + rows.length * rowHeight + 4;
  const text = x.tickFormat(TICKS);
  return (
    <div ref={ref}>
      <svg ref={svg} width={width} height={height} role="img" aria-label={label} className={classes.bars}>
        {x.ticks(TICKS).map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={TOP - 4} y2={height} className={classes.gridLine} />
            <text x={x(tick)} y={11} textAnchor="middle" className={classes.tick}>
              {text(tick)}
            </text>
          </g>
        ))}
        {rows.map((row, r) => (
          <g key={row.label} transform={`translate(0 ${TOP + r * rowHeight})`}>
            <text x={LABELS - 8} y={(heads * BAR) / 2 + 4} textAnchor="end" className={classes.rowLabel}>
              {shortened(row.label)}
              <title>{row.label}</title>
            </text>
            {row.bars.map((bar, h) => {
              if (!bar) return null;
              const { color, label: head } = headLook(h, heads);
              const [from, to] = [x(Math.min(origin, bar.value)), x(Math.max(origin, bar.value))];
              const middle = h * BAR + BAR / 2;
              return (
                <g key={head}>
                  <rect x={from} y={h * BAR} width={Math.max(0.5, to - from)} height={BAR - 1} fill={color}>
                    <title>{`${row.label}, ${head}: ${bar.value.toPrecision(3)} (${bar.low.toPrecision(3)} to ${bar.high.toPrecision(3)})`}</title>
                  </rect>
                  <line
                    x1={x(bar.low)}
                    x2={x(bar.high)}
                    y1={middle}
                    y2={middle}
                    stroke="var(--surface)"
                    strokeWidth={3}
                    strokeOpacity={0.6}
                  />
                  <line
                    x1={x(bar.low)}
                    x2={x(bar.high)}
                    y1={middle}
                    y2={middle}
                    stroke="var(--reference)"
                    strokeWidth={1}
                  />
                </g>
              );
            })}
          </g>
        ))}
        <line x1={x(origin)} x2={x(origin)} y1={TOP - 4} y2={height} stroke="var(--reference)" />
      </svg>
    </div>
  );
}

function shortened(label: string): string {
  return label.length > 20 ? `${label.slice(0, 19)}…` : label;
}
