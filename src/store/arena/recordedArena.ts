// The arena that a first visitor sees: `npm run record` made its file.

import { orThrow } from "../../base/result.ts";
import { parseConfig } from "../../model/config.ts";
import { type ArenaCurves, addDifference, createArenaCurves, pairsOf } from "../../runs/arenaCurves.ts";
import type { RecordedArena } from "../../runs/arenaEvents.ts";
import { type ArenaState, type MemberState, newArena } from "./arenaState.ts";

/** Beside the page, wherever it lies. */
const FILE = "./recorded-arena.json";

/** Fetches the recording; null where it cannot be had, since the page does without. */
export async function loadRecordedArena(): Promise<RecordedArena | null> {
  try {
    const response = await fetch(FILE);
    if (!response.ok) return null;
    const recorded = (await response.json()) as RecordedArena;
    return recorded.version === 2 ? recorded : null;
  } catch {
    return null;
  }
}

/** The recording as an arena that is over, and its curves. */
export function replay(recorded: RecordedArena): { arena: ArenaState; curves: ArenaCurves } {
  const { seeds, verdicts, overview, heldOut, results, recordedOn, datasetName } = recorded;
  // Recordings are kept for long: what a configuration has had since then gets its default.
  const members = recorded.members.map((member) => ({
    ...member,
    config: orThrow(parseConfig(member.config)),
  }));
  const curves = createArenaCurves(members.length, pairsOf(members.length).length);
  for (const kind of ["progress", "tests"] as const)
    for (const [member, points] of recorded[kind].entries())
      for (const [rowsSeen, logLoss, auc] of points)
        (kind === "progress" ? curves.members : curves.tests)[member]!.push({
          rowsSeen,
          logLoss,
          ...(auc === null ? {} : { auc }),
        });
  for (const [pair, points] of recorded.differences.entries())
    for (const [rowsSeen, difference, mean, radius] of points)
      addDifference(curves.pairs[pair]!, { rowsSeen, difference, mean, radius });
  const last = results.at(-1)?.tests ?? [];
  const states = members.map((_, m): MemberState => {
    const { logLoss = null, auc = null } = last[m] ?? {};
    const newest = recorded.progress[m]?.at(-1)?.[1] ?? null;
    return { status: "finished", problem: null, logLoss: newest, testLogLoss: logLoss, testAuc: auc };
  });
  const arena: ArenaState = {
    ...newArena({ arenaId: "recorded", members, seeds, data: null }),
    status: { type: "finished" },
    recorded: { on: recordedOn, datasetName },
    seedIndex: seeds.length - 1,
    states,
    verdicts,
    seedVerdicts: results.map((seed) => seed.verdicts),
    overview,
    heldOut,
    seedHeldOut: results.map((seed) => seed.heldOut),
    seedTests: results.map(({ tests }) => tests),
  };
  return { arena, curves };
}
