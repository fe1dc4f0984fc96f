import { ArenaCharts } from "./ArenaCharts.tsx";
import { ArenaSetup } from "./ArenaSetup.tsx";
import classes from "./arena.module.css";
import { MembersTable } from "./MembersTable.tsx";
import { useArenaState } from "./useArena.ts";
import { Verdicts } from "./Verdicts.tsx";

/** Configurations against each other on the very same batches: set up, run, verdict. */
export function ArenaPanel() {
  // The recorded example is the overview's: here it would pass for the verdict on the members that are set up.
  const arenaId = useArenaState(({ arena }) => (arena?.recorded === null ? arena.arenaId : null));
  return (
    <div className={classes.panel}>
      <ArenaSetup />
      {arenaId !== null && (
        <>
          <Verdicts />
          <ArenaCharts key={arenaId} measures={["logLoss", "auc"]}>
            <MembersTable />
          </ArenaCharts>
        </>
      )}
    </div>
  );
}
