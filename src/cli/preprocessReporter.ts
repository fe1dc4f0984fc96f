// What preprocessing says while it works: how far a stage is, how fast, and how long it still takes.

import type { Progress } from "../preprocess/preprocess.ts";
import { say } from "./log.ts";

const TITLES = { count: "counting", order: "ordering", encode: "encoding" };
const TELL_EVERY_MS = 1000;

export interface Reporter {
  /** Hears how many bytes of the input are read in this stage. */
  bytes(read: number): void;
  progress(now: Progress): void;
  /** For the result: seconds by stage, and lines per second over all. */
  figures(): { seconds: number; countSeconds: number; encodeSeconds: number; rowsPerSecond: number };
}

export function createReporter(totalBytes: number): Reporter {
  const began = performance.now();
  const seconds = { count: 0, order: 0, encode: 0 };
  let stage: Progress["stage"] = "count";
  let stageBegan = began;
  let told = began;
  let bytesRead = 0;
  let lines = 0;

  return {
    bytes(read) {
      bytesRead = read;
    },
    progress(now) {
      const time = performance.now();
      if (now.stage !== stage) {
        stage = now.stage;
        stageBegan = told = time;
      }
      lines = now.lines;
      seconds[stage] = (time - stageBegan) / 1000;
      if (time - told < TELL_EVERY_MS) return;
      told = time;
      const done = totalBytes === 0 ? 1 : Math.min(1, bytesRead / totalBytes);
      const left = done > 0 ? Math.ceil((seconds[stage] * (1 - done)) / done) : 0;
      const speed = Math.round(lines / seconds[stage]).toLocaleString("en");
      say(
        `${TITLES[stage]}: ${lines.toLocaleString("en")} lines, ${Math.floor(done * 100)} %, ${speed} lines/s, ${left} s left`,
      );
    },
    figures() {
      const all = (performance.now() - began) / 1000;
      return {
        seconds: round(all),
        countSeconds: round(seconds.count),
        encodeSeconds: round(seconds.encode),
        rowsPerSecond: Math.round(lines / all),
      };
    },
  };
}

function round(seconds: number): number {
  return Number(seconds.toFixed(2));
}
