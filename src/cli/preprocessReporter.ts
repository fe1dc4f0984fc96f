// What preprocessing says while it works.

import { createPacer, type Pace } from "../preprocess/pace.ts";
import type { Progress } from "../preprocess/preprocess.ts";
import { progressLog } from "./log.ts";

const TITLES = { count: "counting", order: "ordering", encode: "encoding" };

export interface Reporter {
  /** Takes how many bytes of the input have been read in this stage. */
  bytes(read: number): void;
  progress(now: Progress): void;
  /** For the result: seconds by stage, and lines per second over all. */
  figures(): { seconds: number; countSeconds: number; encodeSeconds: number; rowsPerSecond: number };
}

export function createReporter(totalBytes: number, lineLimit?: number): Reporter {
  const began = performance.now();
  const pacer = createPacer(totalBytes, lineLimit);
  let lines = 0;

  const sayPace = progressLog(({ stage, share, linesPerSecond, secondsLeft }: Pace) => {
    const speed = Math.round(linesPerSecond).toLocaleString("en");
    const done = `${lines.toLocaleString("en")} lines, ${Math.floor(share * 100)} %`;
    const left = secondsLeft === null ? "" : `, ${Math.ceil(secondsLeft)} s left`;
    return `${TITLES[stage]}: ${done}, ${speed} lines/s${left}`;
  });

  return {
    bytes: pacer.bytes,
    progress(now) {
      lines = now.lines;
      sayPace(pacer.lines(now));
    },
    figures() {
      const all = (performance.now() - began) / 1000;
      return {
        seconds: round(all),
        countSeconds: round(pacer.seconds.count),
        encodeSeconds: round(pacer.seconds.encode),
        rowsPerSecond: Math.round(lines / all),
      };
    },
  };
}

function round(seconds: number): number {
  return Number(seconds.toFixed(2));
}
