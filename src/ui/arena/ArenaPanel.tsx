import { ArenaCharts } from "./ArenaCharts.tsx";
import { ArenaSetup } from "./ArenaSetup.tsx";
import classes from "./arena.module.css";
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
          <ArenaCharts key={arenaId} measures={recorded ? ["logLoss"] : ["logLoss", "auc"]}>
            <MembersTable />
          </ArenaCharts>
        </>
      )}
    </div>
  );
}
