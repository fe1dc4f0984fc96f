import { Alert, Button, Group, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useArenaState } from "../arena/useArena.ts";
import { count } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useRaceState } from "../race/useRace.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { useSessions } from "../sessions/useSessions.ts";

/** A step, an evaluation or a save may still have to come to its end. */
const PATIENCE_MS = 15_000;
const ASKED = { stopping: "stop", pausing: "pause" } as const;

/** The way out where what trains does not stop or pause: another worker. */
export function NoAnswer() {
  const studio = useStudio();
  const run = useStudioState((state) => state.run?.status.type);
  const arena = useArenaState((state) => state.arena?.status.type);
  const race = useRaceState((state) => state.race?.status.type);
  const waiting = [run, arena, race].find((status) => status === "stopping" || status === "pausing");
  const isOverdue = useOverdue(waiting !== undefined);
  const lastSave = useSessions((state) => state.lastSave);
  const runId = useStudioState((state) => state.run?.runId);
  if (!isOverdue || waiting === undefined) return null;
  const saved = lastSave?.runId === runId ? `, at step ${count(lastSave!.step)}` : "";
  const lost =
    run === waiting
      ? `what was trained since the last save${saved}`
      : arena === waiting
        ? "the seed under way"
        : "the trials under way";
  return (
    <Alert
      color="yellow"
      variant="light"
      p="xs"
      mb={10}
      icon={<Icon name="warning" />}
      data-testid="no-answer"
    >
      <Group justify="space-between" gap="xs">
        <Text size="sm" flex={1} miw={240} c="var(--mantine-color-text)">
          It did not {ASKED[waiting]} within {PATIENCE_MS / 1000} seconds. A large model may take longer.
          Ending the worker loses {lost}.
        </Text>
        <Button variant="default" onClick={() => void studio.replaceWorker(ASKED[waiting])}>
          End the worker
        </Button>
      </Group>
    </Alert>
  );
}

/** Whether `isWaiting` has held for longer than one waits without a word. */
function useOverdue(isWaiting: boolean): boolean {
  const [isOverdue, setIsOverdue] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => setIsOverdue(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setIsOverdue(false);
    };
  }, [isWaiting]);
  return isOverdue;
}
