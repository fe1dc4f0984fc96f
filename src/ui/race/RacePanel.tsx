import { LEAST_FOR_EFFECTS } from "../../race/effects.ts";
import { EffectsTable } from "./EffectsTable.tsx";
import { OpenedRace } from "./OpenRaceReport.tsx";
import { ParallelPlot } from "./ParallelPlot.tsx";
import { RaceSetup } from "./RaceSetup.tsx";
import { RaceVerdict } from "./RaceVerdict.tsx";
import classes from "./race.module.css";
import { TrialsTable } from "./TrialsTable.tsx";
import { useRaceState } from "./useRace.ts";

/** Many configurations, the worst dropped early, the last few judged on rows that chose none of them. */
export function RacePanel() {
  const race = useRaceState((state) => state.opened ?? state.race);
  const came =
    race?.progress.results.filter(({ rung, logLoss }) => rung === 0 && logLoss !== null).length ?? 0;
  return (
    <div className={classes.panel}>
      <RaceSetup />
      <OpenedRace />
      {race && (
        <>
          <RaceVerdict race={race} />
          <TrialsTable race={race} />
          {came >= LEAST_FOR_EFFECTS && (
            <>
              <ParallelPlot race={race} />
              <EffectsTable race={race} />
            </>
          )}
        </>
      )}
    </div>
  );
}
