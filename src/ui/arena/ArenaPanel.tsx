import { ArenaSetup } from "./ArenaSetup.tsx";
import classes from "./arena.module.css";
import { DifferenceChart } from "./DifferenceChart.tsx";
import { MemberChart } from "./MemberChart.tsx";
import { MembersTable } from "./MembersTable.tsx";
import { useArenaState } from "./useArena.ts";
import { Verdicts } from "./Verdicts.tsx";

/** Configurations against each other on the very same batches: set up, run, verdict. */
export function ArenaPanel() {
  const arenaId = useArenaState(({ arena }) => arena?.arenaId ?? null);
  const recorded = useArenaState(({ arena }) => arena?.recorded !== null);
  return (
    <div className={classes.panel}>
      <ArenaSetup />
      {arenaId !== null && (
        <>
          <Verdicts />
          <div className={classes.charts} key={arenaId}>
            <DifferenceChart />
            <MemberChart measure="logLoss" />
            <MemberChart measure="auc" />
            {!recorded && <MembersTable />}
          </div>
        </>
      )}
    </div>
  );
}
