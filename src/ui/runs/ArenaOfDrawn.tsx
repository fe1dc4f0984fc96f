import { Button } from "@mantine/core";
import { LEAST_MEMBERS, MOST_MEMBERS } from "../../arena/questions.ts";
import { membersOf } from "../../runs/seedGroups.ts";
import { drawnGroups } from "../../store/library/runsState.ts";
import { useStudio } from "../StudioContext.tsx";
import { showView } from "../tab.ts";
import { useRuns, useRunsState } from "./RunsContext.tsx";

/** Makes the configurations of the runs that are drawn the members of the next arena, with as many seeds as are set up there. */
export function ArenaOfDrawn() {
  const { arena } = useStudio();
  const runs = useRuns();
  const configurations = useRunsState((state) => membersOf(drawnGroups(state)).length);
  const fits = configurations >= LEAST_MEMBERS && configurations <= MOST_MEMBERS;
  return (
    <Button
      variant="default"
      disabled={!fits}
      title={
        fits
          ? "The configurations of the runs that are drawn become the members of the next arena."
          : `Draw runs of ${LEAST_MEMBERS} to ${MOST_MEMBERS} different configurations; now it is ${configurations}.`
      }
      onClick={() => {
        const members = membersOf(drawnGroups(runs.store.getState()));
        arena.setUp(members, arena.store.getState().setup.seeds);
        showView("arena");
      }}
    >
      Compare in the arena
    </Button>
  );
}
