// What the overview leads with, whatever this page has trained since it was opened.

import { expect, it } from "vitest";
import type { LibraryRun } from "../../src/library/requests.ts";
import { fromStoredArena, type KeptArena, type StoredArena } from "../../src/runs/arenaRecord.ts";
import type { ArenaState } from "../../src/store/arena/arenaState.ts";
import { latestResult, type ResultsInputs } from "../../src/store/library/latestResult.ts";
import type { RaceState } from "../../src/store/race/raceState.ts";
import { madeRun } from "../runs/madeRun.ts";

const nothing: ResultsInputs = { records: [], arenas: [], run: null, arena: null, race: null };

function keptRun(runId: string, startedAt: number, changes: Partial<LibraryRun> = {}): LibraryRun {
  return { ...madeRun(1).record, runId, startedAt, checkpoint: null, isOpen: false, ...changes };
}

function arenaOf(arenaId: string, startedAt: number, isJudged = true): ArenaState {
  const heldOut = isJudged ? { overview: "A is better than B." } : null;
  return { arenaId, startedAt, recorded: null, heldOut } as ArenaState;
}

const kept = (arena: ArenaState) => ({ record: arena }) as unknown as KeptArena;
const idOf = (inputs: Partial<ResultsInputs>) => {
  const found = latestResult({ ...nothing, ...inputs });
  if (found?.type === "race") return found.race.raceId;
  return found && (found.type === "run" ? found.run.runId : found.arena.arenaId);
};

it("is the newest run or arena that was judged on held-out rows", () => {
  expect(idOf({})).toBeNull();
  const records = [
    keptRun("unjudged", 40, { results: { best: null, last: null, testAuc: null } }),
    keptRun("member", 30, { arenaId: "arena-1" }),
    keptRun("later", 20),
    keptRun("earlier", 10),
  ];
  expect(idOf({ records })).toBe("later");
  expect(idOf({ records, arenas: [kept(arenaOf("arena-1", 30))] })).toBe("arena-1");
  expect(idOf({ records, arenas: [kept(arenaOf("stopped", 30, false))] })).toBe("later");
  const { heldOut: _, ...ofFirstVersion } = arenaOf("old", 30);
  const stored = { record: ofFirstVersion, members: [], tests: [], pairs: [] } as unknown as StoredArena;
  expect(idOf({ records, arenas: [fromStoredArena(stored)] })).toBe("later");
  expect(idOf({ records, arena: arenaOf("arena-2", 50) })).toBe("arena-2");
  const recorded = { ...arenaOf("recorded", 50), recorded: { on: "2026-11-24", datasetName: "demo" } };
  expect(idOf({ records, arena: recorded })).toBe("later");
  const raceOf = (outcome: object | null) =>
    ({ raceId: "race", startedAt: 45, progress: { outcome } }) as unknown as RaceState;
  expect(idOf({ records, race: raceOf({}) })).toBe("race");
  expect(idOf({ records, race: raceOf(null) })).toBe("later");
  // Resumed in this page.
  expect(idOf({ records, run: { runId: "earlier", startedAt: 60 } })).toBe("earlier");
});
