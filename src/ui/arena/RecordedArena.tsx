import { Button, Group } from "@mantine/core";
import { Suspense, useEffect } from "react";
import { loadRecordedArena, replay } from "../../store/arena/recordedArena.ts";
import type { Studio } from "../../store/studio.ts";
import { Icon } from "../Icon.tsx";
import { loadLater } from "../loadLater.ts";
import { useStudio } from "../StudioContext.tsx";
import classes from "./arena.module.css";
import { MembersTable } from "./MembersTable.tsx";
import { useArenaState, useReady } from "./useArena.ts";
import { Verdicts } from "./Verdicts.tsx";

const LogLossCharts = loadLater(async () => {
  const { ArenaCharts } = await import("./ArenaCharts.tsx");
  return () => (
    <ArenaCharts measures={["logLoss"]}>
      <MembersTable />
    </ArenaCharts>
  );
});

/** What an arena looks like, before anything has been trained here: a recorded one. */
export function RecordedArena() {
  const studio = useStudio();
  const { arena } = studio;
  const recorded = useArenaState((state) => state.arena?.recorded ?? null);
  const seeds = useArenaState((state) => state.arena?.seeds.length ?? 0);
  const ready = useReady();
  useEffect(() => {
    if (arena.store.getState().arena) return;
    void loadRecordedArena().then((found) => found && arena.show(replay(found)));
  }, [arena]);
  if (!recorded) return null;
  return (
    <div className={classes.panel}>
      <section className={classes.card} aria-labelledby="recorded-title">
        <Group justify="space-between" gap="sm">
          <div>
            <h2 id="recorded-title" className={classes.title}>
              An example: which order, 1, 2 or 3? A recorded arena
            </h2>
            <p className={classes.hint}>
              Trained with this studio on {recorded.datasetName} data on {recorded.on}, over {seeds} seeds;
              the charts show the last of them. It is an example: nothing of it was trained here.
            </p>
          </div>
          <Button
            size="sm"
            leftSection={<Icon name="play" />}
            disabled={!ready}
            onClick={() => void trainShown(studio)}
          >
            Train this arena here
          </Button>
        </Group>
      </section>
      <Verdicts />
      <Suspense fallback={<div className={classes.chartComing} />}>
        <LogLossCharts />
      </Suspense>
    </div>
  );
}

/** What is set up stays as it is, and what trains is asked for first. */
async function trainShown({ arena, startArena }: Studio): Promise<void> {
  const { arena: shown } = arena.store.getState();
  if (shown) await startArena({ members: shown.members, seeds: shown.seeds.length });
}
