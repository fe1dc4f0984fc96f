// Who was put together for an arena, there again when the page comes back.

import { type Member, MOST_MEMBERS } from "../../arena/questions.ts";
import { z } from "../../base/zod.ts";
import { memberSchema } from "../../runs/arenaRecord.ts";
import { note, noted } from "../noted.ts";

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

export function noteSetup({ question, members, seeds }: Setup): void {
  note(KEY, { question, members, seeds });
}

export function lastSetup(): Setup | null {
  return noted(KEY, setupSchema.parse, null);
}
