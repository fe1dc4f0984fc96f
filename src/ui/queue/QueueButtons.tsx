import { Button, Tooltip } from "@mantine/core";
import { isArenaActive } from "../../store/arena/arenaState.ts";
import { isRacing } from "../../store/race/raceState.ts";
import { canTrain } from "../../store/studio.ts";
import { isActive } from "../../store/training/runState.ts";
import { useArenaState } from "../arena/useArena.ts";
import { Icon } from "../Icon.tsx";
import { useRaceState } from "../race/useRace.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";

export function useIsTraining(): boolean {
  const hasRun = useStudioState(({ run }) => isActive(run));
  const hasArena = useArenaState(({ arena }) => isArenaActive(arena));
  const hasRace = useRaceState(({ race }) => isRacing(race));
  return hasRun || hasArena || hasRace;
}

/** While something trains, the configuration that is set up can wait for its end. */
export function RunQueueButton() {
  const studio = useStudio();
  const isReady = useStudioState((state) => canTrain(state) && state.configuration.config !== null);
  if (!useIsTraining()) return null;
  return (
    <Tooltip label="Trains this configuration after what is training now">
      <Button size="sm" leftSection={<Icon name="queue" />} disabled={!isReady} onClick={studio.queueRun}>
        Add to queue
      </Button>
    </Tooltip>
  );
}

/** The members as an arena that waits, or as runs, one after the other. */
export function ArenaQueueButtons({ isReady }: { isReady: boolean }) {
  const studio = useStudio();
  const isTraining = useIsTraining();
  return (
    <>
      {isTraining && (
        <Button size="sm" leftSection={<Icon name="queue" />} disabled={!isReady} onClick={studio.queueArena}>
          Add arena to queue
        </Button>
      )}
      <Tooltip label="Each member as a run of its own, without a comparison batch by batch">
        <Button
          size="sm"
          leftSection={<Icon name="queue" />}
          disabled={!isReady}
          onClick={studio.queueMembers}
        >
          Train one after the other
        </Button>
      </Tooltip>
    </>
  );
}
