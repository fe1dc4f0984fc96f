import { Text } from "@mantine/core";
import { useEffect, useMemo } from "react";
import { type LatestResult, latestResult } from "../../store/library/latestResult.ts";
import { note, noted } from "../../store/noted.ts";
import { useArenaState } from "../arena/useArena.ts";
import { count } from "../format.ts";
import { useRaceState } from "../race/useRace.ts";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudioState } from "../StudioContext.tsx";
import { ArenaResult } from "./ArenaResult.tsx";
import { Introduction } from "./Introduction.tsx";
import classes from "./overview.module.css";
import { RaceResult } from "./RaceResult.tsx";
import { RunResult } from "./RunResult.tsx";
import { ViewLink } from "./ViewLink.tsx";

/** What the last visit left, so that the page keeps its place free until it is read. */
const HAS_RESULT = "final-studio/has-result";
const hadResult = noted(HAS_RESULT, Boolean, false);

/** What was found last, before or after a reload; what to do first where nothing was. */
export function Result() {
  const latest = useLatestResult();
  const hasRun = useStudioState(({ run }) => run !== null);
  const loaded = useRunsState((state) => state.loaded);
  const kept = useRunsState(({ records }) => records.length);
  useEffect(() => {
    if (loaded) note(HAS_RESULT, latest !== null);
  }, [loaded, latest]);
  if (latest?.type === "run") return <RunResult key={latest.run.runId} run={latest.run} />;
  if (latest?.type === "arena") return <ArenaResult arena={latest.arena} />;
  if (latest?.type === "race") return <RaceResult race={latest.race} />;
  if (hadResult && !loaded) return <div className={classes.coming} aria-busy="true" />;
  if (hasRun) return null;
  return (
    <>
      <Introduction />
      {kept > 0 && (
        <Text size="sm" component="p" m={0} data-testid="kept-only">
          {count(kept)} {kept === 1 ? "run is" : "runs are"} kept here, none of them evaluated on held-out
          rows yet: <ViewLink view="runs">see the list</ViewLink>.
        </Text>
      )}
    </>
  );
}

export function useLatestResult(): LatestResult | null {
  const records = useRunsState((state) => state.records);
  const arenas = useRunsState((state) => state.arenas);
  const runId = useStudioState(({ run }) => run?.runId ?? null);
  const startedAt = useStudioState(({ run }) => run?.startedAt ?? 0);
  const arena = useArenaState(({ arena: shown }) => (shown?.heldOut ? shown : null));
  const race = useRaceState(({ race: shown }) => (shown?.progress.outcome ? shown : null));
  return useMemo(() => {
    const run = runId === null ? null : { runId, startedAt };
    return latestResult({ records, arenas, arena, race, run });
  }, [records, arenas, arena, race, runId, startedAt]);
}

/** Whether a recorded example helps: as long as nothing was found here. */
export function useIsFirstVisit(): boolean {
  const latest = useLatestResult();
  const hasRun = useStudioState(({ run }) => run !== null);
  const loaded = useRunsState((state) => state.loaded);
  return latest === null && !hasRun && (loaded || !hadResult);
}
