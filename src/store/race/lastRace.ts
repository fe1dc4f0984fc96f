// The race that was set up and the one on show, there again when the page comes back.

import { z } from "../../base/zod.ts";
import { FIRST_SETUP, isRacing, type RaceSetup, type RaceState, raceSetupSchema } from "./raceState.ts";

const SETUP_KEY = "final-studio/race-setup";
const RACE_KEY = "final-studio/race";
const VERSION = 1;

/** What the page itself wrote; of another version it is left alone. */
const noted = z.object({ version: z.literal(VERSION), race: z.custom<RaceState>(isRace) });

function isRace(value: unknown): boolean {
  const race = value as Partial<RaceState> | null;
  return (
    typeof race?.raceId === "string" &&
    Array.isArray(race.plan?.trials) &&
    Array.isArray(race.progress?.results)
  );
}

export function lastRaceSetup(): RaceSetup {
  try {
    return raceSetupSchema.parse(JSON.parse(localStorage.getItem(SETUP_KEY) ?? "null"));
  } catch {
    return FIRST_SETUP;
  }
}

export function noteRaceSetup(setup: RaceSetup): void {
  note(SETUP_KEY, setup);
}

/** The race of the last visit: one that was under way was interrupted with its page. */
export function lastRace(): RaceState | null {
  try {
    const { race } = noted.parse(JSON.parse(localStorage.getItem(RACE_KEY) ?? "null"));
    return {
      ...race,
      training: null,
      pace: null,
      ...(isRacing(race) && { status: { type: "interrupted" } }),
    };
  } catch {
    return null;
  }
}

export function noteRace(race: RaceState): void {
  note(RACE_KEY, { version: VERSION, race });
}

function note(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Private windows and full storages refuse: it then lasts as long as the page.
  }
}
