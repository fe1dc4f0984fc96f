// How long looking into a model may take: a share of training's time at an evaluation, some seconds more at the end.

/** Of training's time; with what gradients take (gradients.ts) it stays below 5 %. */
const SHARE = 0.028;
const LEAST_SECONDS_AT_END = 2.5;

/**
 * "share": within its share of training's time; "end": also for as long again as training took, a few seconds at most; "all":
 * without a limit.
 */
export type TimeLimit = "share" | "end" | "all";

export interface TimeShare {
  /** Seconds that were spent while training waited. */
  readonly seconds: number;
  /** Begins a look; returns how many seconds it has left whenever it is called. */
  begin(limit: TimeLimit): () => number;
  /** Does work and counts its time. */
  timed<T>(work: () => Promise<T>): Promise<T>;
}

/** `trainedSeconds`: of training so far. */
export function createTimeShare(trainedSeconds: () => number): TimeShare {
  let seconds = 0;
  /** Not at training's expense: after its end, or where a person asked. */
  let otherSeconds = 0;
  let current: TimeLimit = "share";

  return {
    get seconds() {
      return seconds;
    },
    begin(limit) {
      current = limit;
      const began = otherSeconds;
      return () => {
        if (limit === "all") return Number.POSITIVE_INFINITY;
        const share = SHARE * trainedSeconds() - seconds;
        if (limit === "share") return share;
        const atEnd = Math.min(LEAST_SECONDS_AT_END, trainedSeconds());
        return Math.max(share, atEnd) - (otherSeconds - began);
      };
    },
    async timed(work) {
      const began = performance.now();
      try {
        return await work();
      } finally {
        const passed = (performance.now() - began) / 1000;
        if (current === "share") seconds += passed;
        else otherSeconds += passed;
      }
    },
  };
}
