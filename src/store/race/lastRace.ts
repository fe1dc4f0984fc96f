// The race that was set up and the one on show, there again when the page comes back.

import { z } from "../../base/zod.ts";
import { note, noted } from "../noted.ts";
import { FIRST_SETUP, isRacing, type RaceSetup, type RaceState, raceSetupSchema } from "./raceState.ts";

const SETUP_KEY = "final-studio/race-setup";
const RACE_KEY = "final-studio/race";
const VERSION = 1;

/** What the page itself wrote; of another version it is left alone. */
const raceSchema = z.object({ version: z.literal(VERSION), race: z.custom<RaceState>(isRace) });

function isRace(value: unknown): boolean {
  const race = value as Partial<RaceState> | null;
  return (
    typeof race?.raceId === "string" &&
    Array.isArray(race.plan?.trials) &&
    Array.isArray(race.progress?.results)
  );
}

export function lastRaceSetup(): RaceSetup {
  return noted(SETUP_KEY, raceSetupSchema.parse, FIRST_SETUP);
}

export function noteRaceSetup(setup: RaceSetup): void {
  note(SETUP_KEY, setup);
}

/** The race of the last visit: one that was under way was interrupted with its page. */
export function lastRace(): RaceState | null {
  const race = noted(RACE_KEY, (value) => raceSchema.parse(value).race, null);
  if (!race) return null;
  return { ...race, training: null, pace: null, ...(isRacing(race) && { status: { type: "interrupted" } }) };
}

export function noteRace(race: RaceState): void {
  note(RACE_KEY, { version: VERSION, race });
}
