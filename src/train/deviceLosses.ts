// How often a GPU may be lost before it is no longer trusted.

const MOST_LOSSES = 3;
const WITHIN_MS = 5 * 60_000;

/** Counts losses of a GPU. */
export interface DeviceLosses {
  /** Notes a loss; returns how many there were within the last five minutes, and whether these are too many. */
  add(): { losses: number; tooMany: boolean };
}

export function countDeviceLosses(): DeviceLosses {
  let times: number[] = [];
  return {
    add() {
      const now = Date.now();
      times = [...times.filter((time) => now - time < WITHIN_MS), now];
      return { losses: times.length, tooMany: times.length >= MOST_LOSSES };
    },
  };
}
