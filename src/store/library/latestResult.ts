// What was found last: the run, the arena or the race that a person wants to see first when the page opens.

import type { LibraryRun } from "../../library/requests.ts";
import type { ArenaRecord } from "../../runs/arenaRecord.ts";
import type { ArenaState } from "../arena/arenaState.ts";
import type { RaceState } from "../race/raceState.ts";
import type { RunState } from "../training/runState.ts";
import type { RunsState } from "./runsState.ts";

/** An arena as it is kept, or as it is trained. */
export type JudgedArena = Pick<
  ArenaRecord | ArenaState,
  "arenaId" | "startedAt" | "members" | "seeds" | "data" | "overview" | "heldOut" | "seedTests"
>;

export type LatestResult =
  | { type: "run"; run: LibraryRun }
  | { type: "arena"; arena: JudgedArena }
  | { type: "race"; race: RaceState };

export interface ResultsInputs extends Pick<RunsState, "records" | "arenas"> {
  /** The run of this page, and the arena on show. */
  run: Pick<RunState, "runId" | "startedAt"> | null;
  arena: ArenaState | null;
  /** The race that is kept. */
  race: RaceState | null;
}

/**
 * The newest of the runs that were evaluated on held-out rows and the arenas and the race that came to a verdict; null where there
 * is none. A member of an arena is judged with it.
 */
export function latestResult({ records, arenas, run, arena, race }: ResultsInputs): LatestResult | null {
  // A run that was resumed is as new as its last start.
  const startOf = ({ runId, startedAt }: LibraryRun) => (runId === run?.runId ? run.startedAt : startedAt);
  const judged: JudgedArena[] = arenas.map(({ record }) => record);
  if (arena?.recorded === null) judged.push(arena);
  const results: (LatestResult & { startedAt: number })[] = [
    ...records
      .filter(({ arenaId, results: { last } }) => arenaId === null && last !== null)
      .map((found) => ({ type: "run" as const, run: found, startedAt: startOf(found) })),
    ...judged
      .filter(({ heldOut }) => heldOut !== null)
      .map((found) => ({ type: "arena" as const, arena: found, startedAt: found.startedAt })),
  ];
  if (race?.progress.outcome) results.push({ type: "race", race, startedAt: race.startedAt ?? 0 });
  if (results.length === 0) return null;
  return results.reduce((newest, found) => (found.startedAt >= newest.startedAt ? found : newest));
}
