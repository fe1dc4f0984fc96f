import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { isArenaActive } from "../../store/arena/arenaState.ts";
import { isRacing } from "../../store/race/raceState.ts";
import type { Change } from "../../store/studio.ts";
import { isActive } from "../../store/training/runState.ts";
import { useArenaState } from "../arena/useArena.ts";
import { count } from "../format.ts";
import { useRaceState } from "../race/useRace.ts";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";

/** Asks before a change ends what is training. */
export function StopFirst() {
  const studio = useStudio();
  const wanted = useStudioState((state) => state.wanted);
  return (
    <Modal
      opened={wanted !== null}
      onClose={studio.dismissWanted}
      title={wanted && `Stop training and ${wordsFor(wanted).what}?`}
      closeButtonProps={{ "aria-label": "Keep training" }}
    >
      <Stack gap="sm">
        <WhatEnds />
        <Group justify="end" gap="xs">
          <Button data-autofocus onClick={studio.dismissWanted}>
            Keep training
          </Button>
          {wanted?.type === "job" && !wanted.paused && (
            <Button onClick={studio.queueWanted}>Add to the queue</Button>
          )}
          <Button variant="filled" onClick={() => void studio.changeAsWanted()}>
            Stop and {wanted && wordsFor(wanted).short}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function wordsFor(wanted: Change): { what: string; short: string } {
  switch (wanted.type) {
    case "dataset":
      return { what: "open another data set", short: "open" };
    case "saved":
      return { what: `resume “${wanted.name}”`, short: "resume" };
    case "checkpoint":
      return { what: "resume where the checkpoint was", short: "resume" };
    case "weights":
      return { what: "start a new run from the checkpoint’s weights", short: "start" };
    case "job":
      return {
        what: wanted.job.type === "run" ? `train “${wanted.job.name}”` : `start the ${wanted.job.type}`,
        short: "start",
      };
  }
}

function WhatEnds() {
  const run = useStudioState((state) => (isActive(state.run) ? state.run : null));
  const arenaActive = useArenaState(({ arena }) => isArenaActive(arena));
  const raceActive = useRaceState(({ race }) => isRacing(race));
  const isSaved = useRunsState(({ usage }) => usage !== null);
  if (!run && !arenaActive && !raceActive)
    return <Text size="sm">Training has come to its end meanwhile: nothing is cut off.</Text>;
  if (!run && raceActive)
    return (
      <Text size="sm">
        The race ends where it stands. What its trials came to stays, and it can be resumed later: trials that
        still compete then train from their beginning.
      </Text>
    );
  if (!run)
    return (
      <Text size="sm">
        The arena ends where it stands. Its verdicts so far stay; its seed under way cannot be resumed later.
      </Text>
    );
  return (
    <Text size="sm">
      “{run.name}” stops at step {count(run.position.step)} of {count(run.totalSteps)} on {run.datasetName}.{" "}
      {isSaved
        ? "It is saved, and can be resumed from “Runs” whenever you like."
        : "This browser keeps no runs: download its checkpoint first to resume later."}
    </Text>
  );
}
