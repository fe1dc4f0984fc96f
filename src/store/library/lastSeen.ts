// Where runs stood at their last event on the page, kept beside what is saved: the difference is what a crash cost.

import type { Position } from "../../runs/events.ts";

type Seen = Pick<Position, "step" | "activeSeconds">;

export interface LastSeen {
  note(runId: string, position: Position): void;
  read(runId: string): Seen | null;
}

const KEY = "final-studio/last-seen";
const NOTE_MS = 1000;

/** One run is kept: only one trains at a time. A browser that keeps nothing costs nothing but this figure. */
export function createLastSeen(): LastSeen {
  let noted = Number.NEGATIVE_INFINITY;
  return {
    note(runId, { step, activeSeconds }) {
      if (performance.now() - noted < NOTE_MS) return;
      noted = performance.now();
      try {
        localStorage.setItem(KEY, JSON.stringify({ runId, step, activeSeconds }));
      } catch {
        // Private windows and full storages refuse; the offer then does not say what was lost.
      }
    },
    read(runId) {
      try {
        const seen = JSON.parse(localStorage.getItem(KEY) ?? "null") as (Seen & { runId: string }) | null;
        return seen?.runId === runId && Number.isFinite(seen.step) && Number.isFinite(seen.activeSeconds)
          ? seen
          : null;
      } catch {
        return null;
      }
    },
  };
}
