// Where runs stood at their last event on the page, kept beside what is saved: the difference is what a crash cost.

import { throttled } from "../../base/throttled.ts";
import { z } from "../../base/zod.ts";
import type { Position } from "../../runs/events.ts";
import { note, noted } from "../noted.ts";

type Seen = Pick<Position, "step" | "activeSeconds">;

export interface LastSeen {
  note(runId: string, position: Position): void;
  read(runId: string): Seen | null;
}

const KEY = "final-studio/last-seen";
const seenSchema = z.object({ runId: z.string(), step: z.number(), activeSeconds: z.number() });
const NOTE_MS = 1000;

/** One run is kept: only one trains at a time. A browser that keeps nothing costs nothing but this figure. */
export function createLastSeen(): LastSeen {
  return {
    note: throttled(NOTE_MS, (runId: string, { step, activeSeconds }: Position) =>
      note(KEY, { runId, step, activeSeconds }),
    ),
    read(runId) {
      const seen = noted(KEY, seenSchema.parse, null);
      return seen?.runId === runId ? seen : null;
    },
  };
}
