// Files of the studio's own that were dropped on the page, known by what is in them.

import { fileText, parsedFile } from "../../base/fileText.ts";
import { problem } from "../../base/problem.ts";
import { parseRaceFile, RACE_FORMAT } from "../../race/raceFile.ts";
import { ARENA_FORMAT, parseArenaFile } from "../../runs/arenaRecord.ts";
import { formatOf } from "../../runs/dataFile.ts";
import { RUNS_FORMAT } from "../../runs/runsFile.ts";
import { isArenaActive } from "../../store/arena/arenaState.ts";
import { shownArena } from "../../store/library/keptArena.ts";
import type { Runs } from "../../store/library/runs.ts";
import type { Studio } from "../../store/studio.ts";
import { showView } from "../tab.ts";

const FORMATS = [RACE_FORMAT, ARENA_FORMAT, RUNS_FORMAT] as const;
/** A longer JSON file is no configuration. */
const MOST_CONFIGURATION_BYTES = 1_000_000;
const HEAD_BYTES = 65_536;

/** Opens a configuration, or a report or a JSON file of runs, an arena or a race; false where it is none of them. */
export async function openStudioFile(studio: Studio, runs: Runs, file: File): Promise<boolean> {
  const { name, size } = file;
  const isReport = /\.html?$/i.test(name);
  // A log can be JSON too, and long.
  const isShort = size <= MOST_CONFIGURATION_BYTES;
  const text = await fileText(isReport || isShort ? file : new File([file.slice(0, HEAD_BYTES)], name));
  if (!text.ok) {
    studio.notify(text.problem);
    return true;
  }
  switch (formatOf(text.value, FORMATS)) {
    case RACE_FORMAT:
      await openRace(studio, file);
      return true;
    case ARENA_FORMAT:
      await openArena(studio, runs, file);
      return true;
    case RUNS_FORMAT:
      await runs.importFile(file);
      showView("runs");
      return true;
    default:
      if (isReport || !isShort || !isConfiguration(text.value)) return false;
      studio.importConfiguration(text.value, name);
      return true;
  }
}

async function openRace({ race, notify }: Studio, file: File): Promise<void> {
  const parsed = await parsedFile(file, parseRaceFile);
  if (!parsed.ok) return notify(parsed.problem);
  race.open(parsed.value, file.name);
  showView("race");
}

async function openArena({ arena, notify }: Studio, runs: Runs, file: File): Promise<void> {
  const parsed = await parsedFile(file, parseArenaFile);
  if (!parsed.ok) return notify(parsed.problem);
  runs.keepArena(parsed.value);
  if (isArenaActive(arena.store.getState().arena))
    return notify(problem("arena-not-shown", { name: file.name }));
  arena.show(shownArena(parsed.value));
  showView("arena");
}

/** Whether somebody means it to be one, right or wrong: an object with branches. */
function isConfiguration(text: string): boolean {
  try {
    const input: unknown = JSON.parse(text);
    return typeof input === "object" && input !== null && "branches" in input;
  } catch {
    return false;
  }
}
