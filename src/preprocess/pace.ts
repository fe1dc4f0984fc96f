// How far a stage of preprocessing is, how fast, and how long it still takes.

import type { Progress } from "./preprocess.ts";

export interface Pace {
  stage: Progress["stage"];
  lines: number;
  /** 0 to 1. */
  share: number;
  linesPerSecond: number;
  /** Of this stage; null before anything is done. */
  secondsLeft: number | null;
}

export interface Pacer {
  /** Takes how many bytes of the input have been read in this stage. */
  bytes(read: number): void;
  lines(now: Progress): Pace;
  /** By stage; 0 for those that were not needed. */
  readonly seconds: Record<Progress["stage"], number>;
}

/** `lineLimit`: lines after which the work stops, however many there are. */
export function createPacer(totalBytes: number, lineLimit = Number.POSITIVE_INFINITY): Pacer {
  const seconds = { count: 0, order: 0, encode: 0 };
  let stage: Progress["stage"] | null = null;
  let began = 0;
  let bytesRead = 0;
  return {
    seconds,
    bytes(read) {
      bytesRead = read;
    },
    lines(now) {
      const time = performance.now();
      if (now.stage !== stage) {
        stage = now.stage;
        began = time;
        bytesRead = 0;
      }
      seconds[stage] = (time - began) / 1000;
      const byBytes = totalBytes === 0 ? 1 : bytesRead / totalBytes;
      const share = Math.min(1, Math.max(byBytes, now.lines / lineLimit));
      const { lines } = now;
      const secondsLeft = share > 0 && lines > 0 ? (seconds[stage] * (1 - share)) / share : null;
      return { stage, lines, share, linesPerSecond: lines / (seconds[stage] || 1), secondsLeft };
    },
  };
}
