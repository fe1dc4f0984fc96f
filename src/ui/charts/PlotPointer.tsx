import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { moved, type Window, zoomed } from "../../store/charts/chartView.ts";
import { metric } from "../format.ts";
import { positionText } from "./axis.ts";
import classes from "./charts.module.css";
import { crosshair } from "./crosshair.ts";
import type { Drawing, PlotProps } from "./Plot.tsx";
import { type Reading, readAt } from "./reading.ts";
import { Swatch } from "./Swatch.tsx";
import type { Scales } from "./scales.ts";
import { labelOf } from "./series.ts";

/** A tooltip with more rows would hide what it is about. */
const MOST_ROWS = 12;
/** Shorter drags are clicks. */
const LEAST_DRAG = 5;

interface PlotPointerProps extends Pick<PlotProps, "chart" | "title" | "drawing" | "onWindow"> {
  scales: Scales;
  place: { left: number; top: number; width: number; height: number };
}

/**
 * Crosshair, zoom and pan, by pointer and by keyboard. Dragging chooses a stretch, with Shift it moves the window, as
 * does the wheel with Alt or Ctrl; arrows move the crosshair, with Shift the window; + − 0 zoom.
 */
export function PlotPointer({ chart, title, drawing, scales, place, onWindow }: PlotPointerProps) {
  const { x, extent } = drawing;
  const element = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number; pans: boolean; window: Window } | null>(null);

  function place2d(event: PointerEvent): { left: number; top: number } {
    const { left, top } = element.current!.getBoundingClientRect();
    return { left: Math.min(Math.max(event.clientX - left, 0), place.width), top: event.clientY - top };
  }
  function press(event: PointerEvent): void {
    if (event.button !== 0) return;
    element.current!.setPointerCapture(event.pointerId);
    const { left } = place2d(event);
    setDrag({ from: left, to: left, pans: event.shiftKey, window: x });
  }
  function move(event: PointerEvent): void {
    const { left, top } = place2d(event);
    crosshair.setState({ x: scales.xAt(left), chart, top, byKeyboard: false });
    if (!drag) return;
    if (drag.pans) onWindow(() => moved(drag.window, (drag.from - left) / place.width, extent));
    setDrag({ ...drag, to: left });
  }
  function release(): void {
    if (drag && !drag.pans && Math.abs(drag.to - drag.from) >= LEAST_DRAG)
      onWindow(() => [scales.xAt(Math.min(drag.from, drag.to)), scales.xAt(Math.max(drag.from, drag.to))]);
    setDrag(null);
  }
  function type(event: KeyboardEvent): void {
    const share = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "+" || event.key === "=") onWindow((window) => zoomed(window ?? extent, 0.5, extent));
    else if (event.key === "-") onWindow((window) => zoomed(window ?? extent, 2, extent));
    else if (event.key === "0") onWindow(() => null);
    else if (event.key === "Escape") crosshair.setState({ x: null });
    else if (share && event.shiftKey) onWindow((window) => moved(window ?? extent, 0.2 * share, extent));
    else if (share) {
      const before = crosshair.getState().x ?? (x[0] + x[1]) / 2;
      const at = Math.min(Math.max(before + 0.01 * share * (x[1] - x[0]), x[0]), x[1]);
      crosshair.setState({ x: at, chart, top: 0, byKeyboard: true });
    } else return;
    event.preventDefault();
  }

  // React's own wheel listener is passive and could not keep the page from scrolling.
  useEffect(() => {
    const target = element.current!;
    function turn(event: WheelEvent): void {
      if (!event.altKey && !event.ctrlKey) return;
      event.preventDefault();
      const at = (event.clientX - target.getBoundingClientRect().left) / target.clientWidth;
      onWindow((window) => zoomed(window ?? extent, event.deltaY > 0 ? 1.25 : 0.8, extent, at));
    }
    target.addEventListener("wheel", turn, { passive: false });
    return () => target.removeEventListener("wheel", turn);
  }, [onWindow, extent]);

  return (
    <div
      ref={element}
      className={classes.pointer}
      style={place}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: role application takes keys
      tabIndex={0}
      aria-label={`${title}: arrows move the crosshair, Shift and arrows the window, plus and minus zoom, 0 shows all`}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerLeave={() => !drag && crosshair.setState({ x: null })}
      onDoubleClick={() => onWindow(() => null)}
      onKeyDown={type}
      onBlur={() => crosshair.setState({ x: null })}
    >
      {drag && !drag.pans && (
        <div
          className={classes.selection}
          style={{ left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from) }}
        />
      )}
      <CrosshairLine chart={chart} drawing={drawing} scales={scales} width={place.width} />
    </div>
  );
}

interface CrosshairLineProps {
  chart: string;
  drawing: Drawing;
  scales: Scales;
  width: number;
}

function CrosshairLine({ chart, drawing: { series, x, xName }, scales, width }: CrosshairLineProps) {
  const at = useStore(crosshair);
  if (at.x === null || at.x < x[0] || at.x > x[1]) return null;
  const left = scales.left(at.x);
  const line = <div className={classes.crosshair} style={{ left }} data-crosshair="" />;
  if (at.chart !== chart) return line;
  const { lines, marks, marksAt } = readAt(series, at.x, x);
  const distance = ({ value }: Reading) => Math.abs(scales.top(value) - at.top);
  // Beside the crosshair, on the side that has space.
  const side = left > width / 2 ? { right: width - left + 12 } : { left: left + 12 };
  return (
    <>
      {line}
      <div className={classes.tooltip} style={side} role={at.byKeyboard ? "status" : undefined}>
        <div className={classes.tooltipHead}>{positionText(xName, at.x)}</div>
        <TooltipRows readings={lines} distance={distance} />
        {marksAt !== null && (
          <>
            <div className={classes.tooltipHead}>Evaluated at {positionText(xName, marksAt)}</div>
            <TooltipRows readings={marks} distance={distance} />
          </>
        )}
      </div>
    </>
  );
}

interface TooltipRowsProps {
  readings: readonly Reading[];
  /** How far a reading is from the pointer. */
  distance(reading: Reading): number;
}

/** The readings by falling value; of too many those nearest to the pointer. */
function TooltipRows({ readings, distance }: TooltipRowsProps) {
  const rows = readings.toSorted((a, b) => distance(a) - distance(b)).slice(0, MOST_ROWS);
  return (
    <>
      {rows
        .sort((a, b) => b.value - a.value)
        .map(({ series, value }) => (
          <div key={series.id} className={classes.tooltipRow}>
            <Swatch {...series} />
            <span>{labelOf(series)}</span>
            <b>{metric(value)}</b>
          </div>
        ))}
      {readings.length > MOST_ROWS && (
        <div className={classes.tooltipHead}>and {readings.length - MOST_ROWS} more, in the table</div>
      )}
    </>
  );
}
