// The arena on show, and the same as it is kept.

import type { ArenaCurves } from "../../runs/arenaCurves.ts";
import type { ArenaRecord, KeptArena } from "../../runs/arenaRecord.ts";
import { type ArenaState, isArenaActive } from "../arena/arenaState.ts";

/** The arena as it would be found again if the page closed now. */
export function recordOf(arena: ArenaState): ArenaRecord {
  const { recorded: _, curvesVersion: __, memberSeconds: ___, status, ...record } = arena;
  const { type } = status;
  return { ...record, status: type === "finished" || type === "stopped" ? type : "interrupted" };
}

/** A kept arena as the one on show. */
export function shownArena({ record, curves }: KeptArena): { arena: ArenaState; curves: ArenaCurves } {
  const { status, ...arena } = record;
  const memberSeconds = record.members.map(() => 0);
  return {
    arena: { ...arena, memberSeconds, recorded: null, status: { type: status }, curvesVersion: 0 },
    curves,
  };
}

/** Whether there is something to keep of an arena. */
export function isKeepable(arena: ArenaState | null): arena is ArenaState {
  return arena !== null && arena.recorded === null && (arena.step > 0 || !isArenaActive(arena));
}
