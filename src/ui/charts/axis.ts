// How positions are written.

import type { PositionName } from "../../runs/points.ts";
import { count, duration, short } from "../format.ts";

/** At an axis' tick. */
export function tickOf(x: PositionName): (value: number) => string {
  switch (x) {
    case "activeSeconds":
      return duration;
    case "time":
      return clock;
    default:
      return short;
  }
}

/** At the crosshair, and in a table. */
export function positionText(x: PositionName, value: number): string {
  switch (x) {
    case "rowsSeen":
      return `${count(value)} rows`;
    case "step":
      return `step ${count(value)}`;
    default:
      return tickOf(x)(value);
  }
}

function clock(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString("en-GB");
}
