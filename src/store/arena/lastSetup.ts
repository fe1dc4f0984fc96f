// Who was put together for an arena, there again when the page comes back.

import { type Member, MOST_MEMBERS } from "../../arena/questions.ts";
import { z } from "../../base/zod.ts";
import { memberSchema } from "../../runs/arenaRecord.ts";

const KEY = "final-studio/arena-setup";

const setupSchema = z.strictObject({
  question: z.string().max(80).nullable(),
  members: z.array(memberSchema).max(MOST_MEMBERS),
  seeds: z.number().int().min(1).max(100),
});

interface Setup {
  /** The ready question that made the members. */
  question: string | null;
  members: Member[];
  /** How many. */
  seeds: number;
}

/** A browser that keeps nothing starts without members. */
export function noteSetup({ question, members, seeds }: Setup): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ question, members, seeds }));
  } catch {
    // Private windows and full storages refuse.
  }
}

export function lastSetup(): Setup | null {
  try {
    return setupSchema.nullable().parse(JSON.parse(localStorage.getItem(KEY) ?? "null"));
  } catch {
    return null;
  }
}
