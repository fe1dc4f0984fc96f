// A piece of work that takes its time: it can be cancelled, and says how far it is.

import { problemError } from "../base/result.ts";
import { throttled } from "../base/throttled.ts";
import type { Pace } from "../preprocess/pace.ts";
import type { DataJob, DataProgress } from "./requests.ts";

const REPORT_EVERY_MS = 250;

export interface Job {
  /** Throws a ProblemError once it has been cancelled. */
  check(): void;
  cancel(): void;
  /** Reports how far it is, not too often. */
  pace(stage: string, pace: Pace, pass: DataProgress["pass"]): void;
  /** The same of `done` of `total` bytes or rows. */
  report(stage: string, done: number, total: number, unit: "bytes" | "rows"): void;
}

/** Work on what is called `name`. */
export function createJob(job: DataJob, name: string, emit: (progress: DataProgress) => void): Job {
  const began = performance.now();
  let cancelled = false;

  const say = throttled(REPORT_EVERY_MS, (progress: () => Omit<DataProgress, "job">) =>
    emit({ job, ...progress() }),
  );
  return {
    check() {
      if (cancelled) throw problemError("import-cancelled", { name });
    },
    cancel() {
      cancelled = true;
    },
    pace: (stage, { lines, linesPerSecond, share, secondsLeft }, pass) =>
      say(() => ({ stage, pass, share, rows: lines, rowsPerSecond: linesPerSecond, secondsLeft })),
    report: (stage, done, total, unit) =>
      say(() => {
        const seconds = (performance.now() - began) / 1000;
        return {
          stage,
          pass: null,
          share: total > 0 ? done / total : 0,
          rows: unit === "rows" ? done : null,
          rowsPerSecond: unit === "rows" && seconds > 0 ? done / seconds : null,
          secondsLeft: done > 0 ? (seconds * (total - done)) / done : null,
        };
      }),
  };
}
