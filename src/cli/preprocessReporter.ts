// What preprocessing says while it works.

import { createPacer } from "../preprocess/pace.ts";
import type { Progress } from "../preprocess/preprocess.ts";
import { say } from "./log.ts";

const TITLES = { count: "counting", order: "ordering", encode: "encoding" };
const REPORT_EVERY_MS = 1000;

export interface Reporter {
  /** Hears how many bytes of the input are read in this stage. */
  bytes(read: number): void;
  progress(now: Progress): void;
  /** For the result: seconds by stage, and lines per second over all. */
  figures(): { seconds: number; countSeconds: number; encodeSeconds: number; rowsPerSecond: number };
}

export function createReporter(totalBytes: number, lineLimit?: number): Reporter {
  const began = performance.now();
  const pacer = createPacer(totalBytes, lineLimit);
  let reportedAt = began;
  let lines = 0;

  return {
    bytes: pacer.bytes,
    progress(now) {
      lines = now.lines;
      const { stage, share, linesPerSecond, secondsLeft } = pacer.lines(now);
      if (performance.now() - reportedAt < REPORT_EVERY_MS) return;
      reportedAt = performance.now();
      const speed = Math.round(linesPerSecond).toLocaleString("en");
      const done = `${lines.toLocaleString("en")} lines, ${Math.floor(share * 100)} %`;
      const left = secondsLeft === null ? "" : `, ${Math.ceil(secondsLeft)} s left`;
      say(`${TITLES[stage]}: ${done}, ${speed} lines/s${left}`);
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
