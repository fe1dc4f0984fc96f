import { type ScaleLinear, scaleLinear } from "d3-scale";
import { type KeyboardEvent, type RefObject, useState } from "react";
import { TICKS } from "../charts/scales.ts";
import { type RateColor, useRateColor } from "../charts/useRateColor.ts";
import { useWidth } from "../charts/useWidth.ts";
import classes from "./insight.module.css";

export interface Dot {
  name: string;
  /** What is said of it. */
  text: string;
  x: number;
  y: number;
  /** Its area's share of the largest one's. */
  size: number;
  /** Its click rate: 0 to 1 on the scale of colours. */
  shade: number;
}

interface ScatterFigureProps {
  /** The largest first: they are drawn beneath the others. */
  dots: Dot[];
  /** What is drawn, in words. */
  label: string;
  axes: [x: string, y: string];
  /** What the two ends of the scale of colours stand for. */
  ends: [low: string, high: string];
  svg: RefObject<SVGSVGElement | null>;
}

const HEIGHT = 420;
const MARGIN = { left: 46, right: 14, top: 30, bottom: 34 };
const RADIUS = { least: 3, most: 16 };
const NAMED = 8;
const LONGEST_NAME = 14;

/** Dots on a plane. The pointer says what each is, and so do the arrow keys, from the largest on. */
export function ScatterFigure({ dots, label, axes, ends, svg }: ScatterFigureProps) {
  const { ref, width: measured } = useWidth();
  const [looked, look] = useState<number | null>(null);
  const width = Math.max(280, measured);
  const { x, y } = scalesOf(dots, width);
  const colorOf = useRateColor();
  const current = looked === null ? null : (dots[looked] ?? null);
  function onKey(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    look(looked === null ? 0 : Math.min(dots.length - 1, Math.max(0, looked + by)));
  }
  return (
    <div ref={ref}>
      <svg
        ref={svg}
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${label}. Arrow keys go through the dots, the largest first.`}
        className={classes.scatter}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go through the dots
        tabIndex={0}
        onKeyDown={onKey}
        onPointerLeave={() => look(null)}
      >
        <Axes x={x} y={y} width={width} names={axes} />
        <Scale ends={ends} width={width} colorOf={colorOf} />
        {dots.map(({ name, text, size, shade, ...dot }, i) => (
          <circle
            // biome-ignore lint/suspicious/noArrayIndexKey: two ids may have one name
            key={i}
            cx={x(dot.x)}
            cy={y(dot.y)}
            r={RADIUS.least + (RADIUS.most - RADIUS.least) * Math.sqrt(size)}
            fill={colorOf(shade)}
            fillOpacity={0.75}
            stroke={i === looked ? "var(--mantine-color-text)" : "var(--surface)"}
            strokeWidth={i === looked ? 2 : 0.75}
            onPointerEnter={() => look(i)}
          >
            <title>{`${name}: ${text}`}</title>
          </circle>
        ))}
        {namedDots(dots, x, y).map(({ text, left, top }) => (
          <text key={`${left} ${top}`} x={left} y={top} textAnchor="middle" className={classes.dotName}>
            {text}
          </text>
        ))}
      </svg>
      <p className={classes.looked} aria-live="polite" data-testid="looked">
        {current ? (
          <>
            <strong>{current.name}</strong>: {current.text}
          </>
        ) : (
          "Point at a dot, or use the arrow keys, to see what it is."
        )}
      </p>
    </div>
  );
}

type LinearScale = ScaleLinear<number, number>;

/** Scales over all dots, with space for the largest at the ends; a unit is as long on both axes. */
function scalesOf(dots: Dot[], width: number): { x: LinearScale; y: LinearScale } {
  const right = width - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const [xs, ys] = [dots.map((dot) => dot.x), dots.map((dot) => dot.y)];
  const inner = (pixels: number) => pixels - 2 * RADIUS.most;
  const pixels = Math.min(inner(right - MARGIN.left) / spanOf(xs), inner(bottom - MARGIN.top) / spanOf(ys));
  return { x: scaleOf(xs, MARGIN.left, right, pixels), y: scaleOf(ys, bottom, MARGIN.top, pixels) };
}

function spanOf(values: number[]): number {
  return Math.max(...values) - Math.min(...values) || 1;
}

/** A scale from one pixel to another, with the values in the middle. */
function scaleOf(values: number[], from: number, to: number, pixels: number): LinearScale {
  const middle = (Math.max(...values) + Math.min(...values)) / 2;
  const half = Math.abs(to - from) / 2 / pixels;
  return scaleLinear([middle - half, middle + half], [from, to]);
}

const NAME_HEIGHT = 12;
const LETTER_WIDTH = 6.5;

/** Of the largest dots, those whose names do not cover each other's. */
function namedDots(
  dots: Dot[],
  x: LinearScale,
  y: LinearScale,
): { text: string; left: number; top: number }[] {
  const named: ReturnType<typeof namedDots> = [];
  for (const { name, ...dot } of dots.slice(0, NAMED)) {
    const text = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
    const place = { text, left: x(dot.x), top: y(dot.y) + 4 };
    const isFree = named.every(
      (other) =>
        Math.abs(other.top - place.top) > NAME_HEIGHT ||
        Math.abs(other.left - place.left) > ((other.text.length + text.length) / 2) * LETTER_WIDTH,
    );
    if (isFree) named.push(place);
  }
  return named;
}

function Axes({
  x,
  y,
  width,
  names,
}: {
  x: LinearScale;
  y: LinearScale;
  width: number;
  names: [string, string];
}) {
  const [xText, yText] = [x.tickFormat(TICKS), y.tickFormat(TICKS)];
  const bottom = HEIGHT - MARGIN.bottom;
  return (
    <g>
      {x.ticks(TICKS).map((tick) => (
        <g key={tick}>
          <line x1={x(tick)} x2={x(tick)} y1={MARGIN.top} y2={bottom} className={classes.gridLine} />
          <text x={x(tick)} y={bottom + 14} textAnchor="middle" className={classes.tick}>
            {xText(tick)}
          </text>
        </g>
      ))}
      {y.ticks(TICKS).map((tick) => (
        <g key={tick}>
          <line
            x1={MARGIN.left}
            x2={width - MARGIN.right}
            y1={y(tick)}
            y2={y(tick)}
            className={classes.gridLine}
          />
          <text x={MARGIN.left - 6} y={y(tick) + 4} textAnchor="end" className={classes.tick}>
            {yText(tick)}
          </text>
        </g>
      ))}
      <text x={width - MARGIN.right} y={HEIGHT - 4} textAnchor="end" className={classes.tick}>
        {names[0]}
      </text>
      <text x={2} y={MARGIN.top - 8} className={classes.tick}>
        {names[1]}
      </text>
    </g>
  );
}

const STEPS = 9;
const STEP_WIDTH = 14;

interface ScaleProps {
  width: number;
  colorOf: RateColor;
}

/** What the colours mean. */
function Scale({ ends: [low, high], width, colorOf }: Pick<ScatterFigureProps, "ends"> & ScaleProps) {
  const left = width - MARGIN.right - STEPS * STEP_WIDTH - 44;
  return (
    <g>
      <text x={left - 6} y={13} textAnchor="end" className={classes.tick}>
        {low}
      </text>
      {Array.from({ length: STEPS }, (_, i) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have nothing else
          key={i}
          x={left + i * STEP_WIDTH}
          y={4}
          width={STEP_WIDTH}
          height={11}
          fill={colorOf(i / (STEPS - 1))}
        />
      ))}
      <text x={left + STEPS * STEP_WIDTH + 6} y={13} className={classes.tick}>
        {high}
      </text>
    </g>
  );
}
